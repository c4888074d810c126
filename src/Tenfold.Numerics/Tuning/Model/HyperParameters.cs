namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The hyper-parameters of the kernel and the noise, for standardised values.</summary>
/// <param name="LengthScales">The length-scale of each axis, where an axis has length 1.</param>
/// <param name="Variance">s²: the variance of the signal.</param>
/// <param name="Noise">σ²: the variance of one run's noise.</param>
internal sealed record HyperParameters(double[] LengthScales, double Variance, double Noise)
{
    /// <summary>The logarithms that a fit varies: those of the length-scales, the variance and the noise.</summary>
    public double[] ToLogarithms() => [.. LengthScales.Select(length => Math.Log(length)), Math.Log(Variance), Math.Log(Noise)];

    /// <summary>The inverse of <see cref="ToLogarithms"/>.</summary>
    public static HyperParameters FromLogarithms(ReadOnlySpan<double> logarithms)
    {
        var lengths = new double[logarithms.Length - 2];
        for (var axis = 0; axis < lengths.Length; axis++) lengths[axis] = Math.Exp(logarithms[axis]);
        return new HyperParameters(lengths, Math.Exp(logarithms[^2]), Math.Exp(logarithms[^1]));
    }

    /// <summary>1 / length-scale, by component of the embedding.</summary>
    public double[] InverseLengths(Embedding embedding) => [.. embedding.AxisOf.Select(axis => 1 / LengthScales[axis])];
}
