using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// A t test of a difference of means, with the number of further repeats that a test of them alone needs. Values are scaled by
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
        (StandardError, DegreesOfFreedom) = ErrorOf(first.Count, second?.Count ?? 0);
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

    /// <summary>
    /// The standard deviation of a pair's difference; unpaired, of the difference between a run of each side. Scaled.
    /// </summary>
    public double DeviationOfOne => Math.Sqrt(_first.Variance + (_second?.Variance ?? 0));

    /// <inheritdoc/>
    public override (double Low, double High)? IntervalAt(double alpha)
    {
        var margin = StudentDistribution.TwoSidedQuantile(alpha, DegreesOfFreedom) * StandardError;
        return (Difference - margin, Difference + margin);
    }

    /// <summary>
    /// How many further pairs, or further repeats on each side, show a true difference with a given power when they are tested alone,
    /// although the spread is only estimated. Null when the limit is not enough.
    /// </summary>
    /// <remarks>The power is averaged over the estimates of the spread, as in <see cref="Power.DetectableErrors"/>.</remarks>
    public int? MoreRepeatsFor(double difference, double power, double alpha, int limit)
    {
        var step = Math.Min(0.13, 0.45 / Math.Sqrt(DegreesOfFreedom));
        return SmallestFor(difference, power, alpha, limit, chance => SpreadRatio.Expect(DegreesOfFreedom, step, 1e-10, chance));
    }

    /// <summary>
    /// The number of further repeats that show the observed difference when they are tested alone, at the ends of the 80 % confidence
    /// interval of the spread. Twice as much spread has the effect of half the difference.
    /// </summary>
    public RepeatRange MoreRepeatsRange(double power, double alpha, int limit)
    {
        return new(At(0.9) ?? limit, At(0.1));

        int? At(double quantile)
        {
            var spread = Math.Sqrt(DegreesOfFreedom / ChiSquared.InvCDF(DegreesOfFreedom, quantile));
            return SmallestFor(Difference, power, alpha, limit, chance => chance(1 / spread));
        }
    }

    // The chance is a function of the estimated spread over the true one. It is averaged over what that ratio may be.
    private int? SmallestFor(double difference, double power, double alpha, int limit, Func<Func<double, double>, double> average)
    {
        if (difference == 0) return null;
        // With a known spread the test is normal: cheap to compute and slightly more powerful. It gives a close lower bound.
        var normalQuantile = -Normal.InvCDF(0, 1, alpha / 2);
        if (!SufficesForKnownSpread(limit)) return null;
        var least = (int)Math.Ceiling(2 / _kept);
        var more = SmallestThat(SufficesForKnownSpread, least - 1, limit);
        // Search upwards with doubling strides, then bisect the last stride.
        var (low, stride) = (more - 1, 1);
        while (!Suffices(more))
        {
            if (more == limit) return null;
            (low, more, stride) = (more, Math.Min(limit, more + stride), stride * 2);
        }

        return SmallestThat(Suffices, low, more);

        bool SufficesForKnownSpread(int count)
        {
            var errors = Math.Abs(difference) / Alone(count).StandardError;
            return average(ratio => Normal.CDF(0, 1, errors * ratio - normalQuantile)) >= power - alpha;
        }

        bool Suffices(int count)
        {
            var (standardError, degrees) = Alone(count);
            var quantile = StudentDistribution.TwoSidedQuantile(alpha, degrees);
            var errors = Math.Abs(difference) / standardError;
            return average(ratio => Power.Beyond(errors * ratio, degrees, quantile)) >= power;
        }
    }

    // The standard error and degrees of freedom of a test of further repeats of this spread.
    private (double StandardError, double DegreesOfFreedom) Alone(int repeats) => ErrorOf(repeats * _kept, repeats * _kept);

    private (double StandardError, double DegreesOfFreedom) ErrorOf(double count, double otherCount)
    {
        var first = _first.Variance * (1 / count + _overlap);
        if (_second is not { } other) return (Math.Sqrt(first), count - 1);
        var second = other.Variance * (1 / otherCount + _overlap);
        // This form of Satterthwaite's formula can't overflow or underflow, however small the variances are.
        var share = first + second > 0 ? first / (first + second) : 0.5;
        var degrees = 1 / (share * share / (count - 1) + (1 - share) * (1 - share) / (otherCount - 1));
        return (Math.Sqrt(first + second), degrees);
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
