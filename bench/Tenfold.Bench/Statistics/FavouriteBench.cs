using Tenfold.Bench.Tuning;
using Tenfold.Numerics.Tuning;
using Tenfold.Numerics.Tuning.Model;
using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench.Statistics;

/// <summary>Simulates sweeps, and counts how often the favourite's true value lies within two of the deviations that are printed.</summary>
/// <param name="studies">How many studies a scenario has.</param>
/// <param name="trials">How many trials a study has.</param>
/// <param name="row">Writes a row.</param>
internal sealed class FavouriteBench(int studies, int trials, Action<string, double, double?, double?, int> row)
{
    private static readonly (double, double)[] Square = [(0, 1), (0, 1)];

    private static readonly TestFunction[] Scenarios =
    [
        TestFunction.OfNumbers("bowl", 0, Square, x => -4 * (Sq(x[0] - 0.6) + Sq(x[1] - 0.3))) with { Noise = 0.1 },
        TestFunction.OfNumbers("rugged", 0, Square, x => -2 * Sq(x[0] - 0.5) + 0.3 * Math.Cos(20 * x[0]) * Math.Cos(15 * x[1]))
            with { Noise = 0.1 },
        TestFunction.OfNumbers("cliff", 0, Square, x => x[0] > 0.7 ? -3 : 2 * x[0] - Sq(x[1] - 0.5)) with { Noise = 0.1 },
        TestFunction.OfNumbers("flat", 0, Square, _ => 0) with { Noise = 0.1 },
        new("category", new OrderedDictionary<string, SearchDimension>
        {
            ["x1"] = new RangeDimension { Min = 0, Max = 1, Whole = false },
            ["x2"] = new ChoiceDimension([new TextValue("a"), new TextValue("b"), new TextValue("c")], Ordered: false),
        }, 0, settings => -Sq(((NumberValue)settings["x1"]).Value - 0.4)
            + (settings["x2"] is TextValue { Value: "b" } ? 0.3 : 0), 0.1),
    ];

    // No bound is promised for these. The method was chosen without the last two.
    private static readonly TestFunction[] Others =
    [
        TestFunction.OfNumbers("a ridge in four parameters", 0, [(0, 1), (0, 1), (0, 1), (0, 1)], x => -3 * Math.Abs(x[0] - 0.37))
            with { Noise = 0.15 },
        TestFunction.OfNumbers("two hills", 0, Square, x => Math.Max(
            Math.Exp(-20 * (Sq(x[0] - 0.2) + Sq(x[1] - 0.2))), 0.9 * Math.Exp(-8 * (Sq(x[0] - 0.7) + Sq(x[1] - 0.8)))))
            with { Noise = 0.1 },
        TestFunction.OfNumbers("a bent valley", 0, Square, x => -2 * Sq(x[1] - Sq(x[0])) - 0.5 * Sq(1 - x[0])) with { Noise = 0.1 },
    ];

    /// <summary>Runs all scenarios.</summary>
    /// <param name="others">Whether also those that no bound names.</param>
    public void Run(bool others = false)
    {
        foreach (var function in Scenarios) Run(function, value => value, value => value);
        foreach (var function in others ? Others : []) Run(function, value => value, value => value);
        // A loss whose logarithm is normal: smaller is better, so the search sees its negative.
        Run(Scenarios[0] with { Name = "lognormal loss", Noise = 0.3 }, value => -Math.Exp(-value), value => -Math.Exp(-value + 0.045));
    }

    private static double Sq(double x) => x * x;

    private void Run(TestFunction function, Func<double, double> observe, Func<double, double> truth)
    {
        var (within, bias) = (0, 0.0);
        for (var seed = 1001; seed <= 1000 + studies; seed++)
        {
            var (told, method, random) = (new List<Observation>(), SearchMethods.Create(SweepMethod.Auto), new SimulatedRuns(seed));
            while (told.Count < trials)
            {
                var point = method.Suggest(new TuningHistory
                {
                    Space = function.Space,
                    Observations = told,
                    Running = [],
                    Number = told.Count + 1,
                    Seed = seed,
                    Parallel = 1,
                    Trials = trials,
                })!.Point;
                var value = function.Value(function.Space.Decode(point)) + function.Noise * random.Normal();
                told.Add(new Observation(told.Count + 1, point, observe(value)));
            }

            var model = Surrogate.Fit(function.Space, told)!;
            var favourite = model.Incumbent(told)!;
            var (mean, deviation) = model.Predict(favourite.Point);
            var error = (mean - truth(function.Value(function.Space.Decode(favourite.Point)))) / deviation;
            within += Math.Abs(error) <= 2 ? 1 : 0;
            bias += error / studies;
        }

        row($"the favourite lies within EXPECTED ± 2: {function.Name} (bias {bias:+0.0;-0.0} deviations)", within / (double)studies,
            Others.Contains(function) ? null : 0.93, Others.Contains(function) ? null : 0.97, studies);
    }
}
