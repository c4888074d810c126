using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>How likely a two-sided t test shows a true difference, by the noncentral t distribution.</summary>
/// <remarks>Source: J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed. (1988), chapter 2.</remarks>
internal static class Power
{
    /// <summary>The chance that the test rejects, on either side.</summary>
    /// <param name="noncentrality">The true difference in standard errors.</param>
    /// <param name="degreesOfFreedom">Of the test.</param>
    /// <param name="alpha">Its two-sided level.</param>
    public static double Of(double noncentrality, double degreesOfFreedom, double alpha) =>
        BeyondQuantile(noncentrality, degreesOfFreedom, StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom));

    /// <summary>The noncentrality at which the test has the power: the smallest difference it would show, in standard errors.</summary>
    public static double Noncentrality(double power, double degreesOfFreedom, double alpha)
    {
        var quantile = StudentDistribution.TwoSidedQuantile(alpha, degreesOfFreedom);
        // Seen through the normal quantile, power is nearly a straight line in the noncentrality: the secant needs a few steps.
        var target = Normal.InvCDF(0, 1, power);
        var (last, here) = (quantile, quantile + Math.Max(target, 0) + 0.1);
        var (lastGap, gap) = (Gap(last), Gap(here));
        for (var i = 0; i < 50 && gap != lastGap && Math.Abs(here - last) > 1e-12 * here; i++)
        {
            // At most twice, at least half: far out, where power rounds to 1, the line is no guide.
            var next = Math.Clamp(here - gap * (here - last) / (gap - lastGap), here / 2, here * 2);
            (last, lastGap, here, gap) = (here, gap, next, Gap(next));
        }

        return here;

        double Gap(double x) => Math.Clamp(Normal.InvCDF(0, 1, Math.Min(1, BeyondQuantile(x, degreesOfFreedom, quantile))), -8, 8) - target;
    }

    private static double BeyondQuantile(double noncentrality, double degreesOfFreedom, double quantile) =>
        NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, -noncentrality)
        + NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, noncentrality);
}
