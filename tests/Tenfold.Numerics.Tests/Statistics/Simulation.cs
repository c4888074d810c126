using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>Simulates random data and counts outcomes.</summary>
internal static class Simulation
{
    public static readonly ComparisonOptions TestsOnly = new() { PermutationDraws = 0, Plans = false };

    public static Comparison Between(IEnumerable<double> candidate, IEnumerable<double> baseline, bool paired) =>
        Comparison.Between(
            SciPyReference.Repeats(candidate), SciPyReference.Repeats(baseline, paired ? 1 : 1000), MetricGoal.Maximize, TestsOnly);

    public static double Share(int times, Func<bool> holds)
    {
        var count = 0;
        for (var i = 0; i < times; i++) count += holds() ? 1 : 0;
        return count / (double)times;
    }
}

/// <summary>A seeded source of normal values.</summary>
internal sealed class NormalSource(long seed)
{
    private readonly SplitMix64 _random = new(seed);

    public double[] Values(int n, double mean, double deviation) =>
        [.. Enumerable.Range(0, n).Select(_ => mean + deviation * Next())];

    /// <summary>A uniform number from 0 up to 1.</summary>
    public double NextUniform() => _random.NextDouble();

    /// <summary>The next value, by Box and Muller's method.</summary>
    private double Next() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
