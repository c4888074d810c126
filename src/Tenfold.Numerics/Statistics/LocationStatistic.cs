namespace Tenfold.Numerics.Statistics;

/// <summary>The statistic of each side by which two sides are compared.</summary>
public enum LocationStatistic
{
    /// <summary>The mean of all values; the default.</summary>
    Mean,

    /// <summary>
    /// The mean without the highest and the lowest 20 % of the values (rounded down to whole values). It describes typical runs where some
    /// runs diverge. It is the mean itself for fewer than five values. Tested by Yuen's test.
    /// </summary>
    Trimmed,

    /// <summary>The median; for pairs, the median of the differences. Needs six pairs to show anything at 5 %.</summary>
    Median,

    /// <summary>
    /// The interquartile mean: the mean without the highest and the lowest quarter of the values. Tested by a bootstrap.
    /// </summary>
    Iqm,
}
