using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>The power of a two-sided t test: the chance that it shows a true difference, by the noncentral t distribution.</summary>
/// <remarks>Source: J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed. (1988), chapter 2.</remarks>
internal static class Power
{
    /// <summary>The chance that the test rejects on either side.</summary>
    /// <param name="noncentrality">The true difference divided by its standard error.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom of the test.</param>
    /// <param name="alpha">The two-sided level of the test.</param>
    public static double Of(double noncentrality, double degreesOfFreedom, double alpha) =>
        Beyond(noncentrality, degreesOfFreedom, StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom));

    /// <summary>
    /// The smallest detectable difference in estimated standard errors: a true difference so large is shown with this power, although
    /// the spread is only estimated.
    /// </summary>
    /// <param name="power">The power; above alpha, below 1.</param>
    /// <param name="degreesOfFreedom">The degrees of freedom of the estimate and of the planned test; at least 1.</param>
    /// <param name="alpha">The two-sided level of the test.</param>
    /// <remarks>
    /// A sample that shows too little spread by chance promises too much. So the power is averaged over the estimates that samples of
    /// this size give: E power(kU) = power with U the <see cref="SpreadRatio"/>. With five pairs, the usual formula, which takes the
    /// estimate for the truth, promises 80 % and keeps 69 %. See also O'Hagan, Stevens and Campbell, "Assurance in clinical trial
    /// design", Pharmaceutical Statistics 4 (2005), 187–201.
    /// </remarks>
    public static double DetectableErrors(double power, double degreesOfFreedom, double alpha)
    {
        var quantile = StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom);
        var step = Math.Min(0.13, 0.45 / Math.Sqrt(degreesOfFreedom));
        // The normal quantile of the power is nearly linear in the difference, so the secant method needs only a few steps.
        var target = Normal.InvCDF(0, 1, power);
        var (last, here) = (quantile, quantile + Math.Max(target, 0) + 0.1);
        var (lastGap, gap) = (Gap(last), Gap(here));
        for (var i = 0; i < 50 && gap != lastGap && Math.Abs(here - last) > 1e-9 * here; i++)
        {
            // A step at most doubles or halves the value, because the curve is flat where the power rounds to 1.
            var next = Math.Clamp(here - gap * (here - last) / (gap - lastGap), here / 2, here * 2);
            (last, lastGap, here, gap) = (here, gap, next, Gap(next));
        }

        return here;

        double Gap(double errors)
        {
            var expected = SpreadRatio.Expect(degreesOfFreedom, step, 1e-14, Chance);
            return Math.Clamp(Normal.InvCDF(0, 1, Math.Min(1, expected)), -8, 8) - target;

            double Chance(double ratio) => Beyond(errors * ratio, degreesOfFreedom, quantile);
        }
    }

    /// <summary>The chance that the statistic is beyond a quantile on either side.</summary>
    public static double Beyond(double noncentrality, double degreesOfFreedom, double quantile) =>
        NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, -noncentrality)
        + NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, noncentrality);
}
