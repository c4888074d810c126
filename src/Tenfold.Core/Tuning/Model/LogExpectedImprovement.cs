using MathNet.Numerics;
using static Tenfold.Core.Tuning.Model.VectorKernels;

namespace Tenfold.Core.Tuning.Model;

/// <summary>The logarithm of how much a point is expected to be better than the best, which stays exact where the improvement itself is 0 to a double.</summary>
/// <remarks>Source: Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization", NeurIPS 2023, eqs. 8 and 9.</remarks>
/// <param name="process">The posterior, with what is believed of running trials.</param>
/// <param name="best">The standardised value to improve on.</param>
internal sealed class LogExpectedImprovement(GaussianProcess process, double best) : IAcquisition
{
    /// <inheritdoc/>
    public double[] Evaluate(IReadOnlyList<double[]> points)
    {
        var values = new double[points.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var (mean, variance) = process.Predict(points[i]);
            values[i] = LogOf(mean, variance);
        }

        return values;
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var varianceGradient = new double[gradient.Length];
        var (mean, variance) = process.Predict(point, gradient, varianceGradient);
        var deviation = Math.Sqrt(variance);
        var z = (mean - best) / deviation;
        var (logarithm, slope) = LogH(z);
        for (var d = 0; d < gradient.Length; d++)
            gradient[d] = (slope * gradient[d] / deviation) + ((1 - (z * slope)) * varianceGradient[d] / (2 * variance));
        return logarithm + Math.Log(deviation);
    }

    /// <summary>log h(z) and its derivative, with h(z) = φ(z) + z·Φ(z).</summary>
    internal static (double Value, double Slope) LogH(double z)
    {
        var logDensity = -0.5 * ((z * z) + Math.Log(2 * Math.PI));
        if (z > -3)
        {
            var below = 0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2));
            var h = Math.Exp(logDensity) + (z * below);
            return (Math.Log(h), below / h);
        }

        // With t = −z, Mills' ratio is R = 1/(t + c), c = 1/(t + 2/(t + 3/(t + …))), and h = φ·(1 − tR) = φ·c·R: nothing cancels.
        var t = -z;
        var c = 0.0;
        for (var k = 20 + (int)(400 / (t * t)); k >= 1; k--) c = k / (t + c);
        return (logDensity + Math.Log(c / (t + c)), 1 / c);
    }

    private double LogOf(double mean, double variance)
    {
        var deviation = Math.Sqrt(variance);
        return LogH((mean - best) / deviation).Value + Math.Log(deviation);
    }
}
