using MathNet.Numerics.Distributions;

namespace Tenfold.Core.Statistics;

/// <summary>Student's t: both tails together, as the tests need them.</summary>
internal static class StudentDistribution
{
    /// <summary>P(|T| ≥ |t|).</summary>
    public static double TwoSidedPValue(double t, double degreesOfFreedom) =>
        Math.Min(1, 2 * StudentT.CDF(0, 1, degreesOfFreedom, -Math.Abs(t)));

    /// <summary>The t that |T| exceeds with probability <paramref name="alpha"/>.</summary>
    public static double TwoSidedQuantile(double alpha, double degreesOfFreedom)
    {
        var t = -StudentT.InvCDF(0, 1, degreesOfFreedom, alpha / 2);
        // The library's root is good to about ten digits, fewer far out; Newton on the logarithm of the tail doubles them each time.
        for (var i = 0; i < 3; i++)
        {
            var tail = TwoSidedPValue(t, degreesOfFreedom);
            var next = t + tail * Math.Log(tail / alpha) / (2 * StudentT.PDF(0, 1, degreesOfFreedom, t));
            if (!double.IsFinite(next) || next <= 0) return t;
            t = next;
        }

        return t;
    }
}
