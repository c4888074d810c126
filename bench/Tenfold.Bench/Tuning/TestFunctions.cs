using Tenfold.Numerics.Tuning.Spaces;

namespace Tenfold.Bench.Tuning;

/// <summary>Functions to compare search methods on.</summary>
/// <remarks>
/// Sources: Surjanovic and Bingham, "Virtual library of simulation experiments", negated where they are minimised there; CurrinExp and
/// Park1 as in Kandasamy et al., "Parallelised Bayesian optimisation via Thompson sampling", AISTATS 2018.
/// </remarks>
internal static class TestFunctions
{
    private static readonly double[][] A3 = [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]];

    private static readonly double[][] P3 =
        [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.0381, 0.5743, 0.8828]];

    private static readonly double[][] A6 =
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]];

    private static readonly double[][] P6 =
    [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, TestFunction> All { get; } = Every().ToDictionary(function => function.Name);

    private static IEnumerable<TestFunction> Every()
    {
        var hartmann3 = TestFunction.OfNumbers("Hartmann3", 3.8627798, Cube(3), x => Hartmann(x, A3, P3));
        var hartmann6 = TestFunction.OfNumbers("Hartmann6", 3.322368, Cube(6), x => Hartmann(x, A6, P6));
        yield return TestFunction.OfNumbers("Branin", -0.397887, [(-5, 10), (0, 15)], Branin);
        yield return TestFunction.OfNumbers("CurrinExp", 13.798722, Cube(2), CurrinExp);
        yield return TestFunction.OfNumbers("Park1", 25.589254, Cube(4), Park1);
        yield return hartmann6;
        yield return hartmann6 with { Name = "Hartmann6-noise0.2", Noise = 0.2 };
        yield return hartmann6 with { Name = "Hartmann6-noise0.6", Noise = 0.6 };
        yield return TestFunction.OfNumbers("Hartmann6-idle", 3.322368, Cube(7), x => Hartmann(x[..6], A6, P6));
        yield return hartmann3;
        yield return hartmann3 with { Name = "Hartmann3-noise0.1", Noise = 0.1 };
        // The optimum is not in the middle, which some methods try first.
        yield return TestFunction.OfNumbers("Ackley5", 0, [.. Enumerable.Repeat((-15.0, 30.0), 5)], Ackley);
        yield return TestFunction.OfNumbers("Rosenbrock4", 0, [.. Enumerable.Repeat((-5.0, 10.0), 4)], Rosenbrock);
        yield return TestFunction.OfNumbers("Levy4", 0, [.. Enumerable.Repeat((-10.0, 10.0), 4)], Levy);
        yield return TestFunction.OfNumbers("Ackley10", 0, [.. Enumerable.Repeat((-15.0, 30.0), 10)], Ackley);
        yield return TestFunction.OfNumbers("Sphere20", 0, [.. Enumerable.Repeat((-5.0, 10.0), 20)], x => -x.Sum(xj => xj * xj));
        yield return TestFunction.OfNumbers("Ackley20", 0, [.. Enumerable.Repeat((-15.0, 30.0), 20)], Ackley);
        yield return TestFunction.OfNumbers("Hartmann4-failing", 3.13449414122, Cube(4), FailingHartmann4);
        yield return TestFunction.OfNumbers(
            "Levy4-failing", 0, [.. Enumerable.Repeat((-10.0, 10.0), 4)], x => x[0] > 1.4 && x[1] > -4 ? double.NaN : Levy(x));
        yield return new TestFunction("Mixed", MixedSpace(), 0, Mixed);
    }

    private static (double Min, double Max)[] Cube(int dimensions) => [.. Enumerable.Repeat((0.0, 1.0), dimensions)];

    private static double Branin(double[] x) =>
        -Math.Pow(x[1] - (5.1 / (4 * Math.PI * Math.PI) * x[0] * x[0]) + (5 / Math.PI * x[0]) - 6, 2)
        - (10 * (1 - (1 / (8 * Math.PI))) * Math.Cos(x[0])) - 10;

    private static double CurrinExp(double[] x) =>
        (1 - (x[1] > 0 ? Math.Exp(-1 / (2 * x[1])) : 0))
        * ((2300 * Math.Pow(x[0], 3)) + (1900 * x[0] * x[0]) + (2092 * x[0]) + 60)
        / ((100 * Math.Pow(x[0], 3)) + (500 * x[0] * x[0]) + (4 * x[0]) + 20);

    // The first term is written so that it is defined at x1 = 0 too.
    private static double Park1(double[] x) =>
        ((Math.Sqrt((x[0] * x[0]) + ((x[1] + (x[2] * x[2])) * x[3])) - x[0]) / 2) + ((x[0] + (3 * x[3])) * Math.Exp(1 + Math.Sin(x[2])));

    private static double Hartmann(double[] x, double[][] a, double[][] p)
    {
        ReadOnlySpan<double> alpha = [1.0, 1.2, 3.0, 3.2];
        var sum = 0.0;
        for (var i = 0; i < alpha.Length; i++)
            sum += alpha[i] * Math.Exp(-x.Select((xj, j) => a[i][j] * (xj - p[i][j]) * (xj - p[i][j])).Sum());
        return sum;
    }

    // Fails in 32 % of the space, up to a distance of 0.05 from the optimum.
    private static double FailingHartmann4(double[] x) => x[2] > 0.7 - (0.1 * Math.Sin(3 * Math.PI * x[0])) ? double.NaN
        : (Hartmann(x, [.. A6.Select(row => row[..4])], [.. P6.Select(row => row[..4])]) - 1.1) / 0.839;

    private static double Ackley(double[] x) =>
        (20 * Math.Exp(-0.2 * Math.Sqrt(x.Average(xj => xj * xj)))) + Math.Exp(x.Average(xj => Math.Cos(2 * Math.PI * xj))) - 20 - Math.E;

    private static double Rosenbrock(double[] x) =>
        -Enumerable.Range(0, x.Length - 1).Sum(j => (100 * Math.Pow(x[j + 1] - (x[j] * x[j]), 2)) + Math.Pow(x[j] - 1, 2));

    private static double Levy(double[] x)
    {
        var w = x.Select(xj => 1 + ((xj - 1) / 4)).ToArray();
        var sum = Math.Pow(Math.Sin(Math.PI * w[0]), 2);
        for (var j = 0; j < w.Length - 1; j++) sum += Math.Pow(w[j] - 1, 2) * (1 + (10 * Math.Pow(Math.Sin((Math.PI * w[j]) + 1), 2)));
        return -(sum + (Math.Pow(w[^1] - 1, 2) * (1 + Math.Pow(Math.Sin(2 * Math.PI * w[^1]), 2))));
    }

    // Resembles tuning a network: the best learning rate depends on the optimiser, and two optimisers have a parameter of their own.
    private static OrderedDictionary<string, SearchDimension> MixedSpace() => new()
    {
        ["optimizer"] = new ChoiceDimension([new TextValue("adam"), new TextValue("rmsprop"), new TextValue("sgd")], Ordered: false),
        ["learning_rate"] = new RangeDimension { Min = 1e-5, Max = 1, Whole = false, Scale = RangeScale.Log },
        ["momentum"] = new RangeDimension
        {
            Min = 0,
            Max = 0.99,
            Whole = false,
            When = new OrderedDictionary<string, IReadOnlyList<ParameterValue>>
            {
                ["optimizer"] = [new TextValue("sgd"), new TextValue("rmsprop")],
            },
        },
        ["layers"] = new RangeDimension { Min = 1, Max = 8, Whole = true },
        ["width"] = new ChoiceDimension([.. new[] { 16L, 32, 64, 128, 256 }.Select(width => new IntegerValue(width))], Ordered: true),
    };

    // The optimum is 0: sgd, learning rate 10^-1.5, momentum 0.9, 5 layers of width 128. The best with adam is -0.05, with rmsprop -0.2.
    private static double Mixed(Parameters settings)
    {
        var optimizer = settings["optimizer"].Text;
        var rate = Math.Log10(((NumberValue)settings["learning_rate"]).Value);
        var layers = ((IntegerValue)settings["layers"]).Value;
        var width = Math.Log2(((IntegerValue)settings["width"]).Value);
        var momentum = settings.TryGetValue("momentum", out var value) ? ((NumberValue)value).Value : 0;
        var (best, at) = optimizer switch { "adam" => (-0.05, -3), "rmsprop" => (-0.2, -3.5), _ => (0.0, -1.5) };
        var size = (0.05 * Math.Pow(layers - 5, 2)) + (0.1 * Math.Pow(width - 7, 2)) + (0.04 * (layers - 5) * (width - 7));
        return best - (0.3 * Math.Pow(rate - at, 2)) - size - (optimizer == "adam" ? 0 : Math.Pow(momentum - 0.9, 2));
    }
}
