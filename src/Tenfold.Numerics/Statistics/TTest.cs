using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// A t test of a difference of means, with the number of further repeats that a test of them alone needs. Values are scaled by
/// <see cref="Magnitude"/>.
/// </summary>
/// <remarks>
/// <para>Student's and Welch's tests assume that T is symmetric. The skewness of two sides cancels when they are alike. When one side
/// contributes much more variance than the other and the difference is skewed, their intervals miss it on the side of the long tail: ten
/// values of exp(1) against ten of exp(0.1) in 10 % of cases. There the interval also covers Hall's, and the p-values are the largest of
/// both, so that they agree with the interval; see <see cref="HallTransform"/>.</para>
/// </remarks>
internal sealed class TTest : DifferenceTest
{
    // By simulation: alike sides of normal values seldom differ so much, and the unlike sides of skewed ones mostly do.
    private const double Unlike = 2;

    // Fewer repeats seldom show their tail, and to allow for what they show would cost normal values power.
    private const int Least = Summary.FewSkewed;

    private readonly Moments _first;
    private readonly Moments? _second;
    private readonly double _overlap;
    private readonly double _kept;
    private readonly Skew _skew;

    private TTest(Moments first, Moments? second, double overlap, double kept = 1, Skew? skew = null)
    {
        _overlap = overlap;
        _kept = kept;
        _skew = skew ?? new([], 0);
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

    /// <summary>True when the interval and the p-values allow for skewed values.</summary>
    public bool AllowsForSkew => _skew.Counted.Length > 0;

    /// <summary>True when that few normal samples, 5 % of them, look so skewed.</summary>
    public bool IsClearlySkewed => _skew.Deviations > 2;

    /// <inheritdoc/>
    public override double PValue =>
        Statistics(Difference).Max(statistic => StudentDistribution.TwoSidedPValue(statistic, DegreesOfFreedom));

    /// <inheritdoc/>
    public override TTest Projection => this;

    /// <inheritdoc/>
    public override double PValueAbove(double bound) =>
        Statistics(Difference - bound).Max(statistic => StudentT.CDF(0, 1, DegreesOfFreedom, -statistic));

    /// <inheritdoc/>
    public override double PValueBelow(double bound) =>
        Statistics(Difference - bound).Max(statistic => StudentT.CDF(0, 1, DegreesOfFreedom, statistic));

    /// <summary>The test of trimmed means, from the moments that <see cref="Robust.TrimmedMoments"/> gives.</summary>
    /// <param name="first">The candidate's moments, or those of the differences.</param>
    /// <param name="second">The baseline's moments; null for pairs.</param>
    /// <param name="kept">The share of the values that trimming keeps: further repeats add only so many degrees of freedom.</param>
    public static TTest Trimmed(Moments first, Moments? second, double kept) => new(first, second, 0, kept);

    /// <summary>The paired test of at least two differences.</summary>
    /// <param name="differences">The differences.</param>
    /// <param name="overlap">What the overlap of resampled splits adds to 1/n; 0 for independent values.</param>
    /// <param name="ratio">How many times the variance of one side is that of the other; 1 when it is not known.</param>
    public static TTest Paired(ReadOnlySpan<double> differences, double overlap = 0, double ratio = 1)
    {
        var moments = Moments.Of(differences);
        var mayBeSkewed = overlap == 0 && moments.Count >= MeanInterval.Least && IsUnlike(ratio);
        if (!mayBeSkewed) return new(moments, null, overlap);
        var (skewness, root) = (HallTransform.SkewnessOf(differences, moments), Math.Sqrt(moments.Count));
        var skew = Skew.Of(skewness / root, HallTransform.NormalSpreadOf(moments.Count) / root, moments.Count);
        return new(moments, null, overlap, skew: skew);
    }

    /// <summary>The test for unequal variances, of at least two values on each side.</summary>
    /// <remarks>
    /// Source: B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
    /// Biometrika 34 (1947), 28–35; degrees of freedom: F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110–114.
    /// </remarks>
    public static TTest Welch(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, double overlap = 0)
    {
        var (first, second) = (Moments.Of(candidate), Moments.Of(baseline));
        var (error, otherError) = (first.Variance / first.Count, second.Variance / second.Count);
        var plain = new TTest(first, second, overlap);
        if (overlap > 0 || Math.Min(first.Count, second.Count) < MeanInterval.Least || !IsUnlike(error / otherError)) return plain;
        var (weight, otherWeight) = (WeightOf(first), WeightOf(second));
        var skewness = HallTransform.SkewnessOf(candidate, first) * weight - HallTransform.SkewnessOf(baseline, second) * otherWeight;
        var (spread, otherSpread) =
            (HallTransform.NormalSpreadOf(first.Count) * weight, HallTransform.NormalSpreadOf(second.Count) * otherWeight);
        var normal = Math.Sqrt(spread * spread + otherSpread * otherSpread);
        return new(first, second, overlap, skew: Skew.Of(skewness, normal, plain.DegreesOfFreedom + 1));

        // What a side's skewness contributes to that of the difference.
        double WeightOf(Moments side) =>
            Math.Pow(side.Variance / side.Count / (error + otherError), 1.5) / Math.Sqrt(side.Count);
    }

    /// <summary>
    /// The standard deviation of a pair's difference; unpaired, of the difference between a run of each side. Scaled.
    /// </summary>
    public double DeviationOfOne => Math.Sqrt(_first.Variance + (_second?.Variance ?? 0));

    /// <inheritdoc/>
    public override (double Low, double High)? IntervalAt(double alpha)
    {
        var quantile = StudentDistribution.TwoSidedQuantile(alpha, DegreesOfFreedom);
        var (low, high) = (Difference - quantile * StandardError, Difference + quantile * StandardError);
        foreach (var skewness in _skew.Counted)
        {
            low = Math.Min(low, Difference - HallTransform.Inverse(quantile, skewness) * StandardError);
            high = Math.Max(high, Difference - HallTransform.Inverse(-quantile, skewness) * StandardError);
        }

        return (low, high);
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

    // Student's statistic of a distance, and its transformations.
    private IEnumerable<double> Statistics(double distance)
    {
        var plain = distance / StandardError;
        return _skew.Counted.Select(skewness => HallTransform.Of(plain, skewness)).Prepend(plain);
    }

    private static bool IsUnlike(double ratio) => ratio > Unlike || ratio < 1 / Unlike;

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

    /// <summary>How skewed the difference is, for a test that allows for it.</summary>
    /// <param name="Counted">The skewnesses that count; empty for none.</param>
    /// <param name="Deviations">How many standard deviations of normal samples' skewness it is.</param>
    private sealed record Skew(double[] Counted, double Deviations)
    {
        public static Skew Of(double skewness, double normal, double n)
        {
            var deviations = Math.Abs(skewness) / normal;
            return new(deviations > 1 && n >= Least ? HallTransform.Counted(skewness, n) : [], deviations);
        }
    }
}
