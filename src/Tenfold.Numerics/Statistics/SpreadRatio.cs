namespace Tenfold.Numerics.Statistics;

/// <summary>The estimated standard deviation of normal values, divided by the true one: χ(ν) / √ν.</summary>
internal static class SpreadRatio
{
    /// <summary>The expectation of a bounded smooth function of the ratio.</summary>
    /// <param name="degreesOfFreedom">ν; at least 1.</param>
    /// <param name="step">The step in the logarithm of the ratio. For an error near 1e-15: at most 0.13, and at most 0.45 / √ν.</param>
    /// <param name="negligible">Weights below this share of the largest weight are left out.</param>
    /// <param name="function">The function.</param>
    /// <remarks>
    /// As a function of the ratio's logarithm, the density is analytic and decays on both sides, so the trapezoidal rule converges
    /// exponentially (Trefethen and Weideman, SIAM Review 56, 2014). Dividing the weights by their sum avoids the gamma function.
    /// </remarks>
    public static double Expect(double degreesOfFreedom, double step, double negligible, Func<double, double> function)
    {
        var least = Math.Log(negligible);
        double sum = 0, total = 0;
        for (var direction = -1; direction <= 1; direction += 2)
        {
            for (var i = direction < 0 ? -1 : 0; ; i += direction)
            {
                var y = i * step;
                var logarithm = degreesOfFreedom * (y - Expm1(2 * y) / 2);
                if (logarithm < least) break;
                var weight = Math.Exp(logarithm);
                total += weight;
                sum += weight * function(Math.Exp(y));
            }
        }

        return sum / total;
    }

    /// <summary>eˣ − 1 without loss near zero (Kahan).</summary>
    private static double Expm1(double x)
    {
        var e = Math.Exp(x);
        if (e == 1) return x;
        return Math.Abs(x) > 0.5 ? e - 1 : (e - 1) * x / Math.Log(e);
    }
}
