namespace Tenfold.Numerics.Tuning.Model;

/// <summary>How long trials are expected to take, over the whole space: a Gaussian process on the logarithms of durations.</summary>
/// <remarks>
/// Source: Snoek, Larochelle and Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS 2012, section 3.2.
/// </remarks>
/// <param name="process">The posterior of the logarithms.</param>
/// <param name="scale">The transform of the logarithms.</param>
internal sealed class DurationModel(GaussianProcess process, ValueTransform scale)
{
    /// <summary>The logarithm of the duration at a snapped point.</summary>
    public double Logarithm(ReadOnlySpan<double> point) => scale.Invert(process.MeanAt(point));

    /// <summary>The logarithm of the duration at a snapped point, and its gradient by the components of the embedding.</summary>
    public double Logarithm(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var mean = process.MeanAt(point, gradient);
        var slope = mean < scale.Min ? 0 : scale.Slope(mean); // no duration is predicted to be shorter than the shortest so far
        foreach (ref var component in gradient) component *= slope;
        return scale.Invert(mean);
    }
}

/// <summary>An expected improvement divided by a power of the predicted duration, as a logarithm.</summary>
/// <remarks>
/// Sources: Snoek, Larochelle and Adams 2012 for the improvement per second; Lee, Perrone, Archambeau and Seeger, "Cost-aware Bayesian
/// optimization", arXiv 2003.10870, section 3, for a power that falls from 1 to 0 while the budget is spent.
/// </remarks>
/// <param name="acquisition">The logarithm of an expected improvement.</param>
/// <param name="durations">The predicted durations.</param>
/// <param name="weight">The power, from 0 to 1.</param>
internal sealed class DurationWeighted(IAcquisition acquisition, DurationModel durations, double weight) : IAcquisition
{
    /// <inheritdoc/>
    public double[] Evaluate(IReadOnlyList<double[]> points) => Weigh(acquisition.Evaluate(points), points);

    /// <inheritdoc/>
    public double[]? Bounds(IReadOnlyList<double[]> points) => acquisition.Bounds(points) is { } bounds ? Weigh(bounds, points) : null;

    /// <inheritdoc/>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var value = acquisition.Evaluate(point, gradient);
        var slopes = new double[gradient.Length];
        var log = durations.Logarithm(point, slopes);
        VectorKernels.AddScaled(gradient, -weight, slopes);
        return value - (weight * log);
    }

    private double[] Weigh(double[] values, IReadOnlyList<double[]> points) =>
        [.. values.Select((value, i) => value - (weight * durations.Logarithm(points[i])))];
}
