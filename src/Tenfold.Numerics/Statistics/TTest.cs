using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// A t test of a difference of means, and how it would look with more repeats of the same spread. Values are scaled
/// (<see cref="Magnitude"/>).
/// </summary>
internal sealed class TTest
{
    private readonly Moments _first;
    private readonly Moments? _second;

    private TTest(Moments first, Moments? second)
    {
        _first = first;
        _second = second;
        Difference = first.Mean - (second?.Mean ?? 0);
        (StandardError, DegreesOfFreedom) = With(0);
        HasSpread = Math.Sqrt(Math.Max(first.Variance, second?.Variance ?? 0)) > Magnitude.Rounding;
    }

    public double Difference { get; }

    public double StandardError { get; }

    public double DegreesOfFreedom { get; }

    /// <summary>False when the values differ by no more than rounding: then t means nothing.</summary>
    public bool HasSpread { get; }

    public double Statistic => Difference / StandardError;

    public double PValue => StudentDistribution.TwoSidedPValue(Statistic, DegreesOfFreedom);

    /// <summary>The paired test, on the differences of at least two pairs.</summary>
    public static TTest Paired(ReadOnlySpan<double> differences) => new(Moments.Of(differences), null);

    /// <summary>The test for unequal variances, at least two values a side.</summary>
    /// <remarks>
    /// Source: B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
    /// Biometrika 34 (1947), 28–35.
    /// </remarks>
    public static TTest Welch(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline) =>
        new(Moments.Of(candidate), Moments.Of(baseline));

    /// <summary>Standard error and degrees of freedom with so many more pairs, or repeats a side.</summary>
    public (double StandardError, double DegreesOfFreedom) With(int more)
    {
        var first = _first.Variance / (_first.Count + more);
        if (_second is not { } other) return (Math.Sqrt(first), _first.Count + more - 1);
        var second = other.Variance / (other.Count + more);
        // The share form can't overflow or vanish, however small the variances are.
        var share = first + second > 0 ? first / (first + second) : 0.5;
        var degrees = 1 / (share * share / (_first.Count + more - 1) + (1 - share) * (1 - share) / (other.Count + more - 1));
        return (Math.Sqrt(first + second), degrees);
    }

    /// <summary>Student's interval for the difference.</summary>
    public (double Low, double High) IntervalAt(double alpha)
    {
        var margin = StudentDistribution.TwoSidedQuantile(alpha, DegreesOfFreedom) * StandardError;
        return (Difference - margin, Difference + margin);
    }

    /// <summary>
    /// How many more pairs, or repeats a side, show the observed difference with the power, were it the true one; null above the limit.
    /// </summary>
    public int? MoreFor(double power, double alpha, int limit)
    {
        if (Difference == 0) return null;
        // Were the spread known, the test would be normal, at once reckoned and a little stronger: a lower bound that is close.
        var normalQuantile = -Normal.InvCDF(0, 1, alpha / 2);
        if (!WouldSuffice(limit)) return null;
        var more = First(WouldSuffice, 0, limit);
        // From there up in growing strides, then back to the first that does.
        var (low, stride) = (more - 1, 1);
        while (!Suffices(more))
        {
            if (more == limit) return null;
            (low, more, stride) = (more, Math.Min(limit, more + stride), stride * 2);
        }

        return First(Suffices, low, more);

        bool WouldSuffice(int count) =>
            Normal.CDF(0, 1, Math.Abs(Difference) / With(count).StandardError - normalQuantile) >= power - alpha;

        bool Suffices(int count)
        {
            var (standardError, degreesOfFreedom) = With(count);
            return Power.Of(Math.Abs(Difference) / standardError, degreesOfFreedom, alpha) >= power;
        }
    }

    /// <summary>The first whole number that holds, above one that doesn't and up to one that does.</summary>
    private static int First(Func<int, bool> holds, int low, int high)
    {
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (holds(middle)) high = middle;
            else low = middle;
        }

        return high;
    }
}
