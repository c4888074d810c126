using MathNet.Numerics;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// The logarithm of the augmented expected improvement: the expected improvement over the best value, times a factor that favours points
/// where a trial reduces the uncertainty. The logarithm stays accurate where the improvement itself underflows to 0.
/// </summary>
/// <remarks>
/// Sources: for the logarithm, Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization", NeurIPS 2023,
/// equations 8 and 9; for the factor 1 − σ/√(v + σ²), Huang et al., "Global optimization of stochastic black-box systems via sequential
/// kriging meta-models", J. Global Optim. 34 (2006), equation 13. Without noise the factor is 1. With noise it keeps the search from
/// repeating points whose value is already known well.
/// </remarks>
/// <param name="process">The posterior; running trials are included at their predicted values.</param>
/// <param name="best">The standardised value to improve on.</param>
internal sealed class LogExpectedImprovement(GaussianProcess process, double best) : IAcquisition
{
    private readonly double _noise = Math.Sqrt(process.Parameters.Noise);

    /// <summary>The posterior.</summary>
    public GaussianProcess Process => process;

    /// <inheritdoc/>
    public double[] Evaluate(IReadOnlyList<double[]> points)
    {
        var (means, variances) = (new double[points.Count], new double[points.Count]);
        process.Predict(points, means, variances);
        return Values(means, variances);
    }

    /// <inheritdoc/>
    public double[]? Bounds(IReadOnlyList<double[]> points)
    {
        // The value grows with the variance.
        var (means, variances) = (new double[points.Count], new double[points.Count]);
        return process.Bound(points, means, variances) ? Values(means, variances) : null;
    }

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var varianceGradient = new double[gradient.Length];
        var (mean, variance) = process.Predict(point, gradient, varianceGradient);
        var deviation = Math.Sqrt(variance);
        var z = (mean - best) / deviation;
        var (logarithm, slope) = LogH(z);
        var (share, shareSlope) = LogShare(variance);
        var byVariance = ((1 - (z * slope)) / (2 * variance)) + shareSlope;
        for (var d = 0; d < gradient.Length; d++) gradient[d] = (slope * gradient[d] / deviation) + (byVariance * varianceGradient[d]);
        return logarithm + Math.Log(deviation) + share;
    }

    /// <summary>The logarithm of the expected improvement alone, for a mean and a variance.</summary>
    public double LogImprovement(double mean, double variance)
    {
        var deviation = Math.Sqrt(variance);
        return LogH((mean - best) / deviation).Value + Math.Log(deviation);
    }

    private double[] Values(double[] means, double[] variances) =>
        [.. means.Select((mean, i) => LogImprovement(mean, variances[i]) + LogShare(variances[i]).Value)];

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

        // With t = −z, Mills' ratio is R = 1/(t + c), c = 1/(t + 2/(t + 3/(t + …))), and h = φ·(1 − tR) = φ·c·R, which has no cancellation.
        var t = -z;
        var c = 0.0;
        for (var k = 20 + (int)(400 / (t * t)); k >= 1; k--) c = k / (t + c);
        return (logDensity + Math.Log(c / (t + c)), 1 / c);
    }

    /// <summary>log(1 − σ/√(v + σ²)) in a form without cancellation, and its derivative by v.</summary>
    private (double Value, double Slope) LogShare(double variance)
    {
        var root = Math.Sqrt(variance + (_noise * _noise));
        var slope = (1 / variance) - (0.5 / (root * root)) - (0.5 / (root * (root + _noise)));
        return (Math.Log(variance / (root * (root + _noise))), slope);
    }
}
