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
    /// T = (Z + δ) / U with U = χ(ν) / √ν, so P(T ≤ t) = E Φ(tU − δ); Johnson, Kotz and Balakrishnan, "Continuous Univariate
    /// Distributions" 2, equation 31.11. As a function of y = ln U the integrand is analytic and decays on both sides, so the
    /// trapezoidal rule converges exponentially (Trefethen and Weideman, SIAM Review 56, 2014). The step used here gives an error near
    /// 1e-15. Dividing the weights by their sum avoids the gamma function. Unlike the usual series (AS 243), this works for any
    /// noncentrality.
    /// </remarks>
    public static double Cdf(double t, double degreesOfFreedom, double noncentrality)
    {
        var step = Math.Min(0.13, 0.45 / Math.Sqrt(degreesOfFreedom + noncentrality * noncentrality / 2));
        double below = 0, total = 0;
        for (var direction = -1; direction <= 1; direction += 2)
        {
            for (var i = direction < 0 ? -1 : 0; ; i += direction)
            {
                var y = i * step;
                var logarithm = degreesOfFreedom * (y - Expm1(2 * y) / 2);
                if (logarithm < -60) break;
                var weight = Math.Exp(logarithm);
                total += weight;
                below += weight * Normal(t * Math.Exp(y) - noncentrality);
            }
        }

        return Math.Min(1, below / total);
    }

    private static double Normal(double x) => SpecialFunctions.Erfc(-x * Constants.Sqrt1Over2) / 2;

    /// <summary>eˣ − 1 without loss near zero (Kahan).</summary>
    private static double Expm1(double x)
    {
        var e = Math.Exp(x);
        if (e == 1) return x;
        return Math.Abs(x) > 0.5 ? e - 1 : (e - 1) * x / Math.Log(e);
    }
}
