namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The acquisition function: its maximum is the next point.</summary>
internal interface IAcquisition
{
    /// <summary>Its values at snapped points.</summary>
    double[] Evaluate(IReadOnlyList<double[]> points);

    /// <summary>Its value at a snapped point, and the gradient by the embedding's components.</summary>
    double Evaluate(ReadOnlySpan<double> point, Span<double> gradient);
}
