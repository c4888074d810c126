using MathNet.Numerics;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// The noncentral t distribution: that of the t statistic when the true difference is not zero. It gives the power of a t test.
/// </summary>
internal static class NoncentralStudentDistribution
{
    /// <summary>P(T ≤ t).</summary>
    /// <param name="t">Any finite number.</param>
    /// <param name="degreesOfFreedom">At least 1.</param>
    /// <param name="noncentrality">δ: the true difference divided by its standard error.</param>
    /// <remarks>
    /// T = (Z + δ) / U with U the <see cref="SpreadRatio"/>, so P(T ≤ t) = E Φ(tU − δ); Johnson, Kotz and Balakrishnan, "Continuous
    /// Univariate Distributions" 2, equation 31.11. Unlike the usual series (AS 243), this works for any noncentrality.
    /// </remarks>
    public static double Cdf(double t, double degreesOfFreedom, double noncentrality)
    {
        var step = Math.Min(0.13, 0.45 / Math.Sqrt(degreesOfFreedom + noncentrality * noncentrality / 2));
        return Math.Min(1, SpreadRatio.Expect(degreesOfFreedom, step, 1e-26, ratio => Normal(t * ratio - noncentrality)));
    }

    private static double Normal(double x) => SpecialFunctions.Erfc(-x * Constants.Sqrt1Over2) / 2;
}
