using MathNet.Numerics;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>How likely a trial is to succeed, over the whole space. Used when some trials have failed.</summary>
/// <remarks>
/// A Gaussian process on the labels +1 (succeeded) and −1 (failed), whose prediction goes through a sigmoid: least-squares classification,
/// Rasmussen and Williams, "Gaussian processes for machine learning", 2006, section 6.5. The acquisition is weighted by the probability
/// of success as in Gelbart, Snoek and Adams, "Bayesian optimization with unknown constraints", UAI 2014, equation 6.
/// </remarks>
/// <param name="process">The posterior of the labels.</param>
/// <param name="scale">The transform of the labels.</param>
internal sealed class SuccessModel(GaussianProcess process, ValueTransform scale)
{
    /// <summary>The labels of trials that succeeded and that failed.</summary>
    public const double Succeeded = 1, Failed = -1;

    // The label ±1 then stands for a probability of 99.9 %, and the sigmoid is that of section 6.5.1.
    private const double Steepness = 3;

    private readonly double _middle = (scale.Apply(Succeeded) + scale.Apply(Failed)) / 2;
    private readonly double _half = (scale.Apply(Succeeded) - scale.Apply(Failed)) / 2;

    /// <summary>The logarithm of the probability of success at snapped points.</summary>
    public double[] LogProbability(IReadOnlyList<double[]> points)
    {
        var (means, variances) = (new double[points.Count], new double[points.Count]);
        process.Predict(points, means, variances);
        return [.. means.Select((mean, i) => LogNormal(Argument(mean, variances[i])).Value)];
    }

    /// <summary>Upper bounds of <see cref="LogProbability(IReadOnlyList{double[]})"/>, in less time.</summary>
    public double[] Bounds(IReadOnlyList<double[]> points)
    {
        // A larger variance moves the probability towards a half.
        var (means, variances) = (new double[points.Count], new double[points.Count]);
        return process.Bound(points, means, variances)
            ? [.. means.Select((mean, i) => LogNormal(Argument(mean, mean > _middle ? 0 : variances[i])).Value)]
            : LogProbability(points);
    }

    /// <summary>The logarithm of the probability of success at a snapped point, and its gradient by the components of the
    /// embedding.</summary>
    public double LogProbability(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var (byMean, byVariance) = (new double[gradient.Length], new double[gradient.Length]);
        var (mean, variance) = process.Predict(point, byMean, byVariance);
        var (value, slope) = LogNormal(Argument(mean, variance));
        var (steepness, root) = (Steepness / _half, Root(variance));
        var varianceSlope = -Argument(mean, variance) * steepness * steepness / (2 * root * root);
        for (var d = 0; d < gradient.Length; d++)
            gradient[d] = slope * ((steepness / root * byMean[d]) + (varianceSlope * byVariance[d]));
        return value;
    }

    private double Argument(double mean, double variance) => Steepness * (mean - _middle) / _half / Root(variance);

    private double Root(double variance) => Math.Sqrt(1 + (Steepness * Steepness * variance / (_half * _half)));

    /// <summary>log Φ(z) and its derivative φ(z)/Φ(z).</summary>
    internal static (double Value, double Slope) LogNormal(double z)
    {
        // Below −30 the tail is φ(z)/−z with a relative error of 0.1 %.
        var logDensity = -0.5 * ((z * z) + Math.Log(2 * Math.PI));
        var log = z > -30 ? Math.Log(0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2))) : logDensity - Math.Log(-z);
        return (log, Math.Exp(logDensity - log));
    }
}

/// <summary>An acquisition function that also favours points where a trial is likely to succeed.</summary>
/// <param name="acquisition">The logarithm of an expected gain, or a value in standard deviations.</param>
/// <param name="success">The probability of success.</param>
/// <param name="isCautious">
/// True when many trials have failed: points that are more likely to fail than not are then left out as far as possible.
/// </param>
internal sealed class SuccessWeighted(IAcquisition acquisition, SuccessModel success, bool isCautious = false) : IAcquisition
{
    // More than any difference between the logarithms of expected gains.
    private const double Caution = 100;

    private static readonly double Even = Math.Log(0.5);

    /// <inheritdoc/>
    public double[] Evaluate(IReadOnlyList<double[]> points) =>
        [.. acquisition.Evaluate(points).Zip(success.LogProbability(points), Weigh)];

    /// <inheritdoc/>
    public double[]? Bounds(IReadOnlyList<double[]> points) =>
        acquisition.Bounds(points) is { } bounds ? [.. bounds.Zip(success.Bounds(points), Weigh)] : null;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var value = acquisition.Evaluate(point, gradient);
        var slopes = new double[gradient.Length];
        var log = success.LogProbability(point, slopes);
        VectorKernels.AddScaled(gradient, isCautious && log < Even ? 1 + Caution : 1, slopes);
        return Weigh(value, log);
    }

    private double Weigh(double value, double log) => value + log + (isCautious ? Caution * Math.Min(0, log - Even) : 0);
}
