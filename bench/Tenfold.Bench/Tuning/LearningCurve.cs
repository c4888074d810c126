using Tenfold.Numerics.Statistics;

namespace Tenfold.Bench.Tuning;

/// <summary>How a simulated trial comes to its final value.</summary>
internal enum CurveKind
{
    /// <summary>All curves have one shape, so that the best trial is the best at every step.</summary>
    NeverCrossing,

    /// <summary>The larger the first parameter, the more slowly a trial learns, as with the width of a network.</summary>
    WidthDependent,

    /// <summary>The better a trial's final value, the more slowly it learns: the best trials look worst at first.</summary>
    Crossing,

    /// <summary>As <see cref="NeverCrossing"/>, with noise at every step, the last included.</summary>
    Noisy,
}

/// <summary>The learning curves of a test function: values that rise to that of the function in 27 steps. The regret has unit 1.</summary>
/// <param name="Function">The function, which gives the final value.</param>
/// <param name="Kind">The shape.</param>
/// <param name="Scale">The difference of the function's values that counts as 1.</param>
internal sealed record LearningCurve(TestFunction Function, CurveKind Kind, double Scale)
{
    /// <summary>The steps of a whole trial.</summary>
    public const int Steps = 27;

    private const double NoiseDeviation = 0.03;

    /// <summary>The difference that counts as 1: about the range of the function's values, or of the better ones.</summary>
    public static double ScaleOf(TestFunction function) => function.Name switch
    {
        "Hartmann3" => 3.86,
        "Hartmann6" => 3.32,
        _ => 20,
    };

    /// <summary>The regret of a point after all steps, without noise.</summary>
    public double Regret(double[] point) => (Function.Optimum - Function.Value(Function.Space.Decode(point))) / Scale;

    /// <summary>A trial's value at each step; larger is better, and the best possible is 0.</summary>
    /// <param name="point">The trial's snapped point.</param>
    /// <param name="seed">The seed of its noise.</param>
    public double[] Values(double[] point, long seed)
    {
        var regret = Regret(point);
        var random = new SplitMix64(seed);
        var height = Kind switch
        {
            CurveKind.WidthDependent => 0.3 + (1.5 * point[0]),
            CurveKind.Crossing => 0.3 + (1.5 * Math.Exp(-3 * regret)),
            _ => 1,
        };
        return
        [
            .. Enumerable.Range(1, Steps).Select(step =>
                -regret - (height * (Math.Pow(step, -0.7) - Math.Pow(Steps, -0.7)))
                + (Kind == CurveKind.Noisy ? NoiseDeviation * Gaussian(random) : 0)),
        ];
    }

    // Box and Muller 1958.
    private static double Gaussian(SplitMix64 random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
