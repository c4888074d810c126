using Tenfold.Numerics.Statistics.Variance;

namespace Tenfold.Bench.Statistics;

/// <summary>Simulates groups that vary two sources, and counts how often their intervals cover and their checks are wrong.</summary>
/// <param name="cases">How many cases a row has.</param>
/// <param name="row">Writes a row.</param>
internal sealed class VarianceBench(int cases, Action<string, double, double?, double?, int> row)
{
    private static readonly double[] Spreads = [1, 0.7];

    // Each kind with the variance of its draws.
    private static readonly (string Name, Func<SimulatedRuns, double> Next, double Variance)[] Kinds =
    [
        ("normal", random => random.Normal(), 1),
        ("exponential", random => -Math.Log(1 - random.Uniform()), 1),
        ("lognormal, σ = 0.5", random => Math.Exp(0.5 * random.Normal()), (Math.Exp(0.25) - 1) * Math.Exp(0.25)),
    ];

    /// <summary>Writes all rows.</summary>
    public void Run()
    {
        foreach (var (name, next, variance) in Kinds)
        {
            var (least, most) = name == "normal" ? (0.94, (double?)0.965) : (0.93, null);
            foreach (var n in new[] { 5, 10, 20 })
            {
                var made = Simulate(n, next, joint: 0);
                foreach (var source in new[] { 0, 1 })
                {
                    var deviation = Spreads[source] * Math.Sqrt(variance);
                    row($"`--vary`: the interval of source {source + 1} covers: {name}, {n} repeats",
                        Rate(made, one => one.Sources[source].Interval!.Contains(deviation)), least, most, cases);
                }

                var together = Math.Sqrt(variance * Spreads.Sum(spread => spread * spread));
                row($"`--vary`: the interval of all together covers: {name}, {n} repeats",
                    Rate(made, one => one.Together.Interval!.Contains(together)), least, most, cases);
                row($"`--vary`: a joint effect is claimed where there is none: {name}, {n} repeats",
                    Rate(made, one => one.IsSumTooLarge), null, 0.055, cases);
            }
        }

        foreach (var n in new[] { 5, 10, 20 })
        {
            row($"`--vary`: one of two equal sources is called the largest: {n} repeats",
                Rate(Simulate(n, Kinds[0].Next, 0, [1, 1]), one => one.Largest is not null), null, 0.055, cases);
            foreach (var effect in new[] { 0.4, 0.7 })
            {
                var joint = Simulate(n, Kinds[0].Next, effect);
                foreach (var source in new[] { 0, 1 })
                {
                    var deviation = Math.Sqrt(Spreads[source] * Spreads[source] + effect * effect);
                    row($"`--vary`: the interval of source {source + 1} covers with a joint effect of {effect}: {n} repeats",
                        Rate(joint, one => one.Sources[source].Interval!.Contains(deviation)), null, null, cases);
                }
            }
        }
    }

    private static double Rate(VarianceComponents[] made, Func<VarianceComponents, bool> holds) => made.Count(holds) / (double)made.Length;

    private VarianceComponents[] Simulate(int blocks, Func<SimulatedRuns, double> next, double joint, double[]? spreads = null)
    {
        var random = new SimulatedRuns(81 + blocks);
        var (first, second) = spreads is { } given ? (given[0], given[1]) : (Spreads[0], Spreads[1]);
        return
        [
            .. Enumerable.Range(0, cases).Select(_ => VarianceComponents.Of(["first", "second"],
            [
                .. Enumerable.Range(0, blocks).Select(_ =>
                {
                    var (a, b) = (next(random), next(random));
                    return new VarianceBlock(Value(a, b), [Value(next(random), b), Value(a, next(random))]);
                }),
            ])),
        ];

        double Value(double a, double b) => first * a + second * b + joint * a * b;
    }
}
