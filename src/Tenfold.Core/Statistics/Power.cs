using MathNet.Numerics.RootFinding;

namespace Tenfold.Core.Statistics;

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
        var high = quantile + 1;
        while (BeyondQuantile(high, degreesOfFreedom, quantile) < power) high *= 2;
        return Brent.FindRoot(x => BeyondQuantile(x, degreesOfFreedom, quantile) - power, 0, high, 1e-13, 200);
    }

    private static double BeyondQuantile(double noncentrality, double degreesOfFreedom, double quantile) =>
        NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, -noncentrality)
        + NoncentralStudentDistribution.Cdf(-quantile, degreesOfFreedom, noncentrality);
}
