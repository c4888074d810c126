using MathNet.Numerics.Distributions;

namespace Tenfold.Numerics.Statistics;

/// <summary>Student's t distribution, two-sided.</summary>
internal static class StudentDistribution
{
    /// <summary>P(|T| ≥ |t|).</summary>
    public static double TwoSidedPValue(double t, double degreesOfFreedom) =>
        Math.Min(1, 2 * StudentT.CDF(0, 1, degreesOfFreedom, -Math.Abs(t)));

    /// <summary>The t that |T| exceeds with probability <paramref name="alpha"/>, which is above 0 and at most 1.</summary>
    /// <remarks>
    /// MathNet's quantile throws for some degrees of freedom because its bracket is too narrow, so this inverts MathNet's distribution
    /// function by Newton's method, starting at the normal quantile. It iterates on the logarithms of the tail and of t: that curve is
    /// concave, so the steps can't diverge even for heavy tails.
    /// </remarks>
    public static double TwoSidedQuantile(double alpha, double degreesOfFreedom)
    {
        var t = -Normal.InvCDF(0, 1, alpha / 2);
        if (t <= 0) return 0;
        for (var i = 0; i < 100; i++)
        {
            var tail = TwoSidedPValue(t, degreesOfFreedom);
            var step = tail * Math.Log(tail / alpha) / (2 * t * StudentT.PDF(0, 1, degreesOfFreedom, t));
            t *= Math.Exp(step);
            if (Math.Abs(step) < 1e-14) break;
        }

        return t;
    }
}
