namespace Tenfold.Numerics.Tuning.Model;

/// <summary>An acquisition function. Its maximum is the next point to try.</summary>
internal interface IAcquisition
{
    /// <summary>The values at snapped points.</summary>
    double[] Evaluate(IReadOnlyList<double[]> points);

    /// <summary>Upper bounds of the values at snapped points, when they take much less time than the values.</summary>
    /// <returns>The bounds; null when there are none.</returns>
    double[]? Bounds(IReadOnlyList<double[]> points);

    /// <summary>The value at a snapped point, and its gradient by the components of the embedding.</summary>
    double Evaluate(ReadOnlySpan<double> point, Span<double> gradient);
}
