using Tenfold.Numerics.Statistics;

namespace Tenfold.Bench.Statistics;

/// <summary>Simulates differences of skewed values whose sides are unlike in spread or number.</summary>
/// <param name="cases">How many cases a row has.</param>
/// <param name="row">Writes a row.</param>
internal sealed class UnlikeSidesBench(int cases, Action<string, double, double?, double?, int> row)
{
    private static readonly ComparisonOptions TestsOnly = new() { PermutationDraws = 0, Plans = false };

    private static readonly (string Name, Side One, Side Other)[] Kinds =
    [
        ("exp(1) against exp(0.1)", Side.Exponential(1), Side.Exponential(0.1)),
        ("exp(1) against exp(0.3)", Side.Exponential(1), Side.Exponential(0.3)),
        ("lognormal, σ = 0.5 against 0.2", Side.Lognormal(0.5), Side.Lognormal(0.2)),
        ("lognormal, σ = 1 against 0.5", Side.Lognormal(1), Side.Lognormal(0.5)),
        ("normal, σ = 1 against 3", Side.Normal(1), Side.Normal(3)),
    ];

    /// <summary>Runs all rows.</summary>
    public void Run()
    {
        foreach (var (name, one, other) in Kinds)
        {
            // So few values of the longer tail seldom show it: then a note says that the interval may be too narrow.
            var hasBound = !name.StartsWith("lognormal, σ = 1", StringComparison.Ordinal);
            Row(name, one, other, 10, 10, isPaired: true, hasBound);
            Row(name, one, other, 10, 10, isPaired: false, hasBound);
            Row(name, one, other, 20, 20, isPaired: false, hasBound);
        }

        Row("exponential, unlike sizes", Side.Exponential(1), Side.Exponential(1), 10, 40, isPaired: false, hasBound: false);
    }

    private void Row(string name, Side one, Side other, int n, int m, bool isPaired, bool hasBound = true)
    {
        var (random, covered) = (new SimulatedRuns(91 + n), 0);
        for (var i = 0; i < cases; i++)
        {
            var interval = Comparison.Between(
                Runs(random.Values(n, one.Next), 0), Runs(random.Values(m, other.Next), isPaired ? 0 : 1000), MetricGoal.Maximize,
                TestsOnly).Interval!;
            covered += interval.Contains(one.Mean - other.Mean) ? 1 : 0;
        }

        var sizes = isPaired ? $"{n} pairs" : $"{n} against {m}";
        row($"a difference's interval covers: {name}, {sizes}", covered / (double)cases, hasBound ? 0.93 : null, null, cases);
    }

    private static SeedValue[] Runs(double[] values, int seed) => [.. values.Select((value, i) => new SeedValue(seed + i, value))];

    private sealed record Side(Func<SimulatedRuns, double> Next, double Mean)
    {
        public static Side Normal(double spread) => new(random => spread * random.Normal(), 0);

        public static Side Exponential(double mean) => new(random => -mean * Math.Log(1 - random.Uniform()), mean);

        public static Side Lognormal(double sigma) => new(random => Math.Exp(sigma * random.Normal()), Math.Exp(sigma * sigma / 2));
    }
}
