namespace Tenfold.Numerics.Statistics;

/// <summary>The interval for the mean of a sample of independent values.</summary>
/// <remarks>
/// <para>Student's interval is symmetric, and misses the mean of a skewed distribution on the side of its long tail: 16 % of the time for
/// ten values of a lognormal distribution with σ = 1, and 10 % for exponential ones. Where a sample of at least <see cref="Least"/> values
/// is skewed, the interval therefore also covers Hall's, which solves T + aT² + a²T³/3 + g/(6√n) = ±t for the mean, with a = g/(3√n),
/// where g is the sample's skewness times 1 + 5/n: a small sample seldom shows the tail. Source: P. Hall, "On the removal of skewness by
/// transformation", J. R. Stat. Soc. B 54 (1992), 221–228, transformation g₂; the factor by simulation.</para>
/// <para>From <see cref="Least"/> to less than <see cref="Enough"/> values often don't show their skewness at all. If all of them are above zero and their logarithms
/// vary by more than <see cref="Wide"/>, the interval also covers that of a lognormal distribution's mean, but at most three times as far
/// from the mean as Student's; and not if <see cref="Telling"/> values or more are clearly skewed the other way. Values from 0 up to 1 are
/// treated so by their distance from 1 as well, as an accuracy is. Source: U. Olsson, "Confidence intervals for the mean of a log-normal
/// distribution", Journal of Statistics Education 13 (2005), the modified Cox method.</para>
/// <para>No interval can cover the mean of every distribution: R. R. Bahadur and L. J. Savage, Annals of Mathematical Statistics 27
/// (1956), 1115–1122.</para>
/// </remarks>
internal static class MeanInterval
{
    /// <summary>With fewer values, neither their skewness nor their logarithms say enough: the interval is Student's.</summary>
    public const int Least = 5;

    /// <summary>From so many values on, their skewness says enough without their logarithms.</summary>
    public const int Enough = 10;

    /// <summary>A standard deviation of logarithms up to which the logarithmic scale hardly differs from the plain one.</summary>
    public const double Wide = 0.5;

    /// <summary>With fewer values, not even the direction of their skewness says enough.</summary>
    public const int Telling = 7;

    private const double MostWidening = 3;
    private const double OtherWay = -0.3;

    /// <summary>Calculates the interval, and whether it allows for skewness.</summary>
    /// <param name="values">The values, scaled to at most 2 in magnitude; at least two.</param>
    /// <param name="moments">Their moments.</param>
    /// <param name="alpha">One minus the confidence.</param>
    /// <param name="one">The number 1, scaled as the values are.</param>
    public static (double Low, double High, bool IsSkewed) Of(ReadOnlySpan<double> values, Moments moments, double alpha, double one)
    {
        var quantile = StudentDistribution.TwoSidedQuantile(alpha, moments.Count - 1);
        var error = Math.Sqrt(moments.Variance / moments.Count);
        var (low, high) = (moments.Mean - quantile * error, moments.Mean + quantile * error);
        var (lowest, highest) = (low, high);
        var skewness = SkewnessOf(values, moments);
        if (moments.Count >= Least && Math.Abs(skewness) > NormalSpreadOf(moments.Count))
        {
            var inflated = skewness * (1 + 5.0 / moments.Count);
            lowest = Math.Min(low, moments.Mean - Inverse(quantile, inflated, moments.Count) * error);
            highest = Math.Max(high, moments.Mean - Inverse(-quantile, inflated, moments.Count) * error);
        }

        if (moments.Count is >= Least and < Enough)
        {
            var farthest = MostWidening * quantile * error;
            var otherWay = moments.Count < Telling ? double.NegativeInfinity : OtherWay;
            if (skewness > otherWay && LognormalEnd(values, 0, 1, quantile) is { } above)
                highest = Math.Max(highest, Math.Min(above, moments.Mean + farthest));
            if (-skewness > otherWay && IsShare(values, one) && LognormalEnd(values, one, -1, quantile) is { } distance)
                lowest = Math.Min(lowest, Math.Max(one - distance, moments.Mean - farthest));
        }

        return (lowest, highest, lowest < low || highest > high);
    }

    // The upper end for the mean of origin + sign · values; null where the logarithmic scale has no use.
    private static double? LognormalEnd(ReadOnlySpan<double> values, double origin, double sign, double quantile)
    {
        var logarithms = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var distance = origin + sign * values[i];
            if (distance <= 0) return null;
            logarithms[i] = Math.Log(distance);
        }

        var (n, mean, variance) = Moments.Of(logarithms);
        return variance <= Wide * Wide ? null
            : Math.Exp(mean + variance / 2 + quantile * Math.Sqrt(variance / n + variance * variance / (2 * (n - 1))));
    }

    private static bool IsShare(ReadOnlySpan<double> values, double one)
    {
        foreach (var value in values)
            if (value < 0 || value >= one) return false;
        return true;
    }

    // The adjusted Fisher–Pearson coefficient, G₁ of Joanes and Gill, The Statistician 47 (1998), 183–189.
    private static double SkewnessOf(ReadOnlySpan<double> values, Moments moments)
    {
        double n = moments.Count;
        if (n < 3 || Math.Sqrt(moments.Variance) <= Magnitude.RoundingError) return 0;
        var cubes = 0.0;
        foreach (var value in values) cubes += Math.Pow(value - moments.Mean, 3);
        return n * cubes / ((n - 1) * (n - 2) * Math.Pow(moments.Variance, 1.5));
    }

    // The standard deviation of G₁ among samples of a normal distribution.
    private static double NormalSpreadOf(double n) => Math.Sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)));

    private static double Inverse(double z, double skewness, double n)
    {
        var a = skewness / (3 * Math.Sqrt(n));
        return (Math.Cbrt(1 + 3 * a * (z - skewness / (6 * Math.Sqrt(n)))) - 1) / a;
    }
}
