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
        ChanceBeyond(noncentrality, degreesOfFreedom, StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom));

    /// <summary>The noncentrality at which the test has a given power: the smallest detectable difference in standard errors.</summary>
    public static double Noncentrality(double power, double degreesOfFreedom, double alpha)
    {
        var quantile = StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom);
        // The normal quantile of the power is nearly linear in the noncentrality, so the secant method needs only a few steps.
        var target = Normal.InvCDF(0, 1, power);
        var (last, here) = (quantile, quantile + Math.Max(target, 0) + 0.1);
        var (lastGap, gap) = (Gap(last), Gap(here));
        for (var i = 0; i < 50 && gap != lastGap && Math.Abs(here - last) > 1e-12 * here; i++)
        {
            // A step at most doubles or halves the value, because the curve is flat where the power rounds to 1.
            var next = Math.Clamp(here - gap * (here - last) / (gap - lastGap), here / 2, here * 2);
            (last, lastGap, here, gap) = (here, gap, next, Gap(next));
        }

        return here;

        double Gap(double x) => Math.Clamp(Normal.InvCDF(0, 1, Math.Min(1, ChanceBeyond(x, degreesOfFreedom, quantile))), -8, 8) - target;
    }

    private static double ChanceBeyond(double noncentrality, double degreesOfFreedom, double quantile) =>
        NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, -noncentrality)
        + NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, noncentrality);
}
