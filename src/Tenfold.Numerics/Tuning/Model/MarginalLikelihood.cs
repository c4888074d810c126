namespace Tenfold.Numerics.Tuning.Model;

/// <summary>
/// The negative logarithm of the posterior density of hyper-parameters, given rows. The fit minimises it. The constant mean is at its
/// optimum under a standard normal prior.
/// </summary>
/// <remarks>
/// Source: Rasmussen and Williams, "Gaussian processes for machine learning", 2006, equations 5.8 and 5.9. The priors, as Gamma(shape,
/// rate), are Gamma(3, 6 / <see cref="Widening"/>) on each length-scale, Gamma(2, 1) on the variance and Gamma(1.1, 1) on the noise. Of
/// the rates 1, 5 and 30 for the noise, 1 was best in <c>bench/tuning</c>: a larger rate believes luck where there is noise.
/// </remarks>
internal sealed class MarginalLikelihood
{
    private const double FewAxes = 6;

    private readonly Embedding _embedding;
    private readonly IReadOnlyList<ModelRow> _rows;
    private readonly double[][] _vectors;
    private readonly double[] _values;
    private readonly double[][] _triangle, _slopes, _inverse, _lower;

    /// <summary>Creates the likelihood of some rows.</summary>
    /// <param name="embedding">The embedding of the space.</param>
    /// <param name="rows">The rows; at least one.</param>
    /// <param name="values">The standardised value of each row.</param>
    public MarginalLikelihood(Embedding embedding, IReadOnlyList<ModelRow> rows, double[] values)
    {
        (_embedding, _rows, _values) = (embedding, rows, values);
        _vectors = [.. rows.Select(row => row.Vector)];
        _triangle = Triangle(i => i + 1);
        _inverse = Triangle(i => i + 1);
        _slopes = Triangle(i => VectorKernels.Padded(i + 1));
        _lower = Triangle(_ => rows.Count);
        Lower = [.. Enumerable.Repeat(Math.Log(0.01), embedding.Axes), Math.Log(1e-2), Math.Log(1e-8)];
        Upper = [.. Enumerable.Repeat(Math.Log(20), embedding.Axes), Math.Log(1e2), Math.Log(2)];

        double[][] Triangle(Func<int, int> length) => [.. Enumerable.Range(0, rows.Count).Select(i => new double[length(i)])];
    }

    /// <summary>
    /// How much longer length-scales are expected than with few axes. Distances between points grow with the root of the number of axes, so
    /// with short length-scales and many axes every point would seem unlike every other: Hvarfner, Hellsten and Nardi, "Vanilla Bayesian
    /// optimization performs great in high dimensions", ICML 2024.
    /// </summary>
    /// <param name="axes">The number of axes.</param>
    public static double Widening(int axes) => Math.Sqrt(Math.Max(1, axes / FewAxes));

    /// <summary>The lower bounds of the logarithms.</summary>
    public double[] Lower { get; }

    /// <summary>The upper bounds of the logarithms.</summary>
    public double[] Upper { get; }

    /// <summary>The value, and its gradient by the logarithms of the hyper-parameters.</summary>
    public double Evaluate(ReadOnlySpan<double> logarithms, Span<double> gradient)
    {
        var parameters = HyperParameters.FromLogarithms(logarithms);
        var n = _rows.Count;
        var scaled = new ScaledRows(_vectors, parameters.InverseLengths(_embedding), parameters.Variance);
        var (x, kernel) = (new double[_embedding.Size], new double[scaled.Stride]);
        for (var i = 0; i < n; i++)
        {
            scaled.Scale(_vectors[i], x);
            scaled.Kernel(x, kernel.AsSpan(0, _slopes[i].Length), _slopes[i]);
            kernel.AsSpan(0, i + 1).CopyTo(_triangle[i]);
            _triangle[i][i] = parameters.Variance + GaussianProcess.Diagonal(parameters, _rows[i]);
        }

        var factor = CholeskyFactor.Of(_triangle, 0, GaussianProcess.Floor(parameters));
        var (weights, mean) = GaussianProcess.Weights(factor, _values);
        var quadratic = 0.0;
        for (var i = 0; i < n; i++) quadratic += weights[i] * (_values[i] - mean);
        var value = 0.5 * (quadratic + (mean * mean) + factor.LogDeterminant);

        factor.Invert(_inverse, _lower);
        gradient.Clear();
        var (squares, noise, diagonal) = (new double[_embedding.Size], 0.0, 0.0);
        for (var i = 0; i < n; i++)
        {
            // Multiply the slopes by W = ααᵀ − K⁻¹. The gradient is −½ tr(W ∂K/∂θ). By symmetry, the sum over the strict lower triangle is
            // half of the trace's off-diagonal part.
            var (slope, inverse, weight) = (_slopes[i], _inverse[i], weights[i]);
            for (var j = 0; j < i; j++) slope[j] *= inverse[j] - (weight * weights[j]);
            slope.AsSpan(i).Clear();
            scaled.Scale(_vectors[i], x);
            scaled.AddSquares(x, slope, squares);
            var w = (weight * weight) - inverse[i];
            noise += w * parameters.Noise / _rows[i].Count;
            diagonal += w * (GaussianProcess.Diagonal(parameters, _rows[i]) - GaussianProcess.Floor(parameters));
        }

        for (var d = 0; d < squares.Length; d++) gradient[_embedding.AxisOf[d]] += squares[d];
        gradient[^2] = -0.5 * (quadratic - n - diagonal);
        gradient[^1] = -0.5 * noise;
        return value + Priors(parameters, gradient);
    }

    /// <summary>The contribution of the prior on the noise to the value.</summary>
    public static double NoisePrior(double noise)
    {
        var unused = 0.0;
        return Gamma(1.1, 1, noise, ref unused);
    }

    private static double Priors(HyperParameters parameters, Span<double> gradient)
    {
        var value = 0.0;
        var rate = 6 / Widening(parameters.LengthScales.Length);
        for (var axis = 0; axis < parameters.LengthScales.Length; axis++)
            value += Gamma(3, rate, parameters.LengthScales[axis], ref gradient[axis]);
        return value + Gamma(2, 1, parameters.Variance, ref gradient[^2]) + Gamma(1.1, 1, parameters.Noise, ref gradient[^1]);
    }

    private static double Gamma(double shape, double rate, double x, ref double derivative)
    {
        derivative += (rate * x) - (shape - 1);
        return (rate * x) - ((shape - 1) * Math.Log(x));
    }
}
