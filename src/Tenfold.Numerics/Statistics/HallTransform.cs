namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Hall's cubic transformation of the t statistic of skewed values, which makes it nearly symmetric: T + aT² + a²T³/3 + s/6 with a = s/3.
/// s is the skewness of the mean, or of the difference of means: the third cumulant over the third power of the standard error.
/// </summary>
/// <remarks>
/// Sources: P. Hall, "On the removal of skewness by transformation", J. R. Stat. Soc. B 54 (1992), 221–228, transformation g₂; for two
/// samples X.-H. Zhou and P. Dinh, "Nonparametric confidence intervals for the one- and two-sample problems", Biostatistics 6 (2005),
/// 187–200.
/// </remarks>
internal static class HallTransform
{
    /// <summary>The transformed statistic.</summary>
    public static double Of(double statistic, double skewness)
    {
        var a = skewness / 3;
        return statistic * (1 + a * statistic * (1 + a * statistic / 3)) + skewness / 6;
    }

    /// <summary>The statistic whose transformation has a value; the skewness is not 0.</summary>
    public static double Inverse(double value, double skewness) => (Math.Cbrt(1 + skewness * (value - skewness / 6)) - 1) * 3 / skewness;

    /// <summary>
    /// The skewnesses that are counted when a sample's skewness is an estimate from n values: it, and 1 + 5/n times it, because a small
    /// sample seldom shows the whole tail. The factor comes from simulation.
    /// </summary>
    public static double[] Counted(double skewness, double n) => [skewness, skewness * (1 + 5 / n)];

    /// <summary>The adjusted Fisher–Pearson coefficient of skewness; 0 for fewer than three values, or without spread.</summary>
    /// <remarks>Source: G₁ of D. N. Joanes and C. A. Gill, The Statistician 47 (1998), 183–189.</remarks>
    public static double SkewnessOf(ReadOnlySpan<double> values, Moments moments)
    {
        double n = moments.Count;
        if (n < 3 || Math.Sqrt(moments.Variance) <= Magnitude.RoundingError) return 0;
        var cubes = 0.0;
        foreach (var value in values) cubes += Math.Pow(value - moments.Mean, 3);
        return n * cubes / ((n - 1) * (n - 2) * Math.Pow(moments.Variance, 1.5));
    }

    /// <summary>The standard deviation of G₁ among samples of a normal distribution.</summary>
    public static double NormalSpreadOf(double n) => Math.Sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)));
}
