using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// A t test of a difference of means, with its projection to more repeats of the same spread. Values are scaled by
/// <see cref="Magnitude"/>.
/// </summary>
internal sealed class TTest : DifferenceTest
{
    private readonly Moments _first;
    private readonly Moments? _second;
    private readonly double _overlap;
    private readonly double _kept;

    private TTest(Moments first, Moments? second, double overlap, double kept = 1)
    {
        _overlap = overlap;
        _kept = kept;
        _first = first;
        _second = second;
        Difference = first.Mean - (second?.Mean ?? 0);
        (StandardError, DegreesOfFreedom) = Projected(0);
        HasSpread = Math.Sqrt(Math.Max(first.Variance, second?.Variance ?? 0)) > Magnitude.RoundingError;
    }

    /// <inheritdoc/>
    public override double Difference { get; }

    /// <summary>The standard error of the difference, scaled.</summary>
    public double StandardError { get; }

    /// <summary>Pairs − 1, or Welch–Satterthwaite's approximation.</summary>
    public double DegreesOfFreedom { get; }

    /// <inheritdoc/>
    public override bool HasSpread { get; }

    /// <summary>The t statistic.</summary>
    public double Statistic => Difference / StandardError;

    /// <inheritdoc/>
    public override double PValue => StudentDistribution.TwoSidedPValue(Statistic, DegreesOfFreedom);

    /// <inheritdoc/>
    public override TTest Projection => this;

    /// <inheritdoc/>
    public override double PValueAbove(double bound) => StudentT.CDF(0, 1, DegreesOfFreedom, (bound - Difference) / StandardError);

    /// <inheritdoc/>
    public override double PValueBelow(double bound) => StudentT.CDF(0, 1, DegreesOfFreedom, (Difference - bound) / StandardError);

    /// <summary>The test of trimmed means, from the moments that <see cref="Robust.TrimmedMoments"/> gives.</summary>
    /// <param name="first">The candidate's moments, or those of the differences.</param>
    /// <param name="second">The baseline's moments; null for pairs.</param>
    /// <param name="kept">The share of the values that trimming keeps: further repeats add only so many degrees of freedom.</param>
    public static TTest Trimmed(Moments first, Moments? second, double kept) => new(first, second, 0, kept);

    /// <summary>The paired test of at least two differences.</summary>
    /// <param name="differences">The differences.</param>
    /// <param name="overlap">What the overlap of resampled splits adds to 1/n; 0 for independent values.</param>
    public static TTest Paired(ReadOnlySpan<double> differences, double overlap = 0) => new(Moments.Of(differences), null, overlap);

    /// <summary>The test for unequal variances, of at least two values on each side.</summary>
    /// <remarks>
    /// Source: B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
    /// Biometrika 34 (1947), 28–35; degrees of freedom: F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110–114.
    /// </remarks>
    public static TTest Welch(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, double overlap = 0) =>
        new(Moments.Of(candidate), Moments.Of(baseline), overlap);

    /// <summary>The standard error and degrees of freedom with more pairs, or more repeats on each side, of the same spread.</summary>
    public (double StandardError, double DegreesOfFreedom) Projected(int repeats)
    {
        var more = repeats * _kept;
        var first = _first.Variance * (1.0 / (_first.Count + more) + _overlap);
        if (_second is not { } other) return (Math.Sqrt(first), _first.Count + more - 1);
        var second = other.Variance * (1.0 / (other.Count + more) + _overlap);
        // This form of Satterthwaite's formula can't overflow or underflow, however small the variances are.
        var share = first + second > 0 ? first / (first + second) : 0.5;
        var degrees = 1 / (share * share / (_first.Count + more - 1) + (1 - share) * (1 - share) / (other.Count + more - 1));
        return (Math.Sqrt(first + second), degrees);
    }

    /// <inheritdoc/>
    public override (double Low, double High)? IntervalAt(double alpha)
    {
        var margin = StudentDistribution.TwoSidedQuantile(alpha, DegreesOfFreedom) * StandardError;
        return (Difference - margin, Difference + margin);
    }

    /// <summary>
    /// How many more pairs, or more repeats on each side, are needed to show a true difference with a given power. Null when the limit is
    /// not enough.
    /// </summary>
    public int? MoreRepeatsFor(double difference, double power, double alpha, int limit)
    {
        if (difference == 0) return null;
        // With a known spread the test is normal: cheap to compute and slightly more powerful. It gives a close lower bound.
        var normalQuantile = -Normal.InvCDF(0, 1, alpha / 2);
        if (!SufficesForKnownSpread(limit)) return null;
        var more = SmallestThat(SufficesForKnownSpread, 0, limit);
        // Search upwards with doubling strides, then bisect the last stride.
        var (low, stride) = (more - 1, 1);
        while (!Suffices(more))
        {
            if (more == limit) return null;
            (low, more, stride) = (more, Math.Min(limit, more + stride), stride * 2);
        }

        return SmallestThat(Suffices, low, more);

        bool SufficesForKnownSpread(int count) =>
            Normal.CDF(0, 1, Math.Abs(difference) / Projected(count).StandardError - normalQuantile) >= power - alpha;

        bool Suffices(int count)
        {
            var (standardError, degreesOfFreedom) = Projected(count);
            return Power.Of(Math.Abs(difference) / standardError, degreesOfFreedom, alpha) >= power;
        }
    }

    /// <summary>
    /// <see cref="MoreRepeatsFor"/> the observed difference, at the ends of the 80 % confidence interval of the spread. Twice as much
    /// spread has the effect of half the difference.
    /// </summary>
    public RepeatRange MoreRepeatsRange(double power, double alpha, int limit)
    {
        return new(At(0.9) ?? limit, At(0.1));

        int? At(double quantile)
        {
            var spread = Math.Sqrt(DegreesOfFreedom / ChiSquared.InvCDF(DegreesOfFreedom, quantile));
            return MoreRepeatsFor(Difference / spread, power, alpha, limit);
        }
    }

    /// <summary>
    /// Bisects for the smallest number for which the condition holds. It holds for <paramref name="high"/>, not for <paramref name="low"/>.
    /// </summary>
    private static int SmallestThat(Func<int, bool> holds, int low, int high)
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
