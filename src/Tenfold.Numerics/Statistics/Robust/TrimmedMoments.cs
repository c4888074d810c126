namespace Tenfold.Numerics.Statistics.Robust;

/// <summary>
/// The moments of a trimmed mean, in a form that makes the t test of them Yuen's test: Count is the number of values kept, h; Mean is the
/// trimmed mean; Variance is the sum of squares of the Winsorized values over h − 1.
/// </summary>
/// <remarks>
/// Sources: J. W. Tukey and D. H. McLaughlin, Sankhya A 25 (1963), for one sample; K. K. Yuen, "The two-sample trimmed t for unequal
/// population variances", Biometrika 61 (1974), 165–170; R. R. Wilcox, "Introduction to Robust Estimation and Hypothesis Testing", 3rd ed.
/// (2012), section 5.9.5, for pairs.
/// </remarks>
internal static class TrimmedMoments
{
    /// <summary>The share that <see cref="LocationStatistic.Trimmed"/> cuts at each end.</summary>
    public const double Cut = 0.2;

    /// <summary>The share that <see cref="LocationStatistic.Iqm"/> cuts at each end.</summary>
    public const double QuarterCut = 0.25;

    /// <summary>How many of n values are cut at each end.</summary>
    public static int CutOf(int n, double share) => (int)(share * n + 1e-9);

    /// <summary>The share of n values that is kept.</summary>
    public static double KeptOf(int n, double share) => (n - 2.0 * CutOf(n, share)) / n;

    /// <summary>The moments of one sample of at least two values.</summary>
    public static Moments Of(ReadOnlySpan<double> values, double share)
    {
        var (h, mean, low, high) = Trim(values, share);
        var winsorized = new double[values.Length];
        for (var i = 0; i < values.Length; i++) winsorized[i] = Math.Clamp(values[i], low, high);
        return new(h, mean, SquaresOf(winsorized) / (h - 1));
    }

    /// <summary>
    /// The moments of pairs: Mean is the difference of the two trimmed means, and the variance counts the covariance of the Winsorized
    /// values. Each side is trimmed by itself.
    /// </summary>
    public static Moments OfPairs(ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, double share)
    {
        var (h, mean, low, high) = Trim(candidate, share);
        var (_, otherMean, otherLow, otherHigh) = Trim(baseline, share);
        var differences = new double[candidate.Length];
        for (var i = 0; i < candidate.Length; i++)
            differences[i] = Math.Clamp(candidate[i], low, high) - Math.Clamp(baseline[i], otherLow, otherHigh);
        return new(h, mean - otherMean, SquaresOf(differences) / (h - 1));
    }

    private static (int Kept, double Mean, double Low, double High) Trim(ReadOnlySpan<double> values, double share)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var cut = CutOf(values.Length, share);
        var kept = sorted.AsSpan(cut..^cut);
        return (kept.Length, Moments.Of(kept).Mean, kept[0], kept[^1]);
    }

    private static double SquaresOf(ReadOnlySpan<double> values) => Moments.Of(values).Variance * (values.Length - 1);
}
