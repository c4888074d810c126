namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The exact posterior of an unknown function with given hyper-parameters, in standardised values.</summary>
/// <remarks>Source: Rasmussen and Williams 2006, algorithm 2.1. Immutable.</remarks>
internal sealed class GaussianProcess
{
    private const double LeastVariance = 1e-14;
    private const double Jitter = 1e-10; // relative to the signal's variance

    private readonly double[][] _triangle;
    private readonly double[] _weights; // by row, with zeros up to the stride: the posterior mean is their kernel sum

    private GaussianProcess(
        Embedding embedding, HyperParameters parameters, IReadOnlyList<ModelRow> rows, ScaledRows scaled, double[][] triangle,
        CholeskyFactor factor, double[] weights, double mean)
    {
        (Embedding, Parameters, Rows, Scaled, Factor, Mean) = (embedding, parameters, rows, scaled, factor, mean);
        (_triangle, _weights) = (triangle, weights);
    }

    /// <summary>How points are embedded.</summary>
    public Embedding Embedding { get; }

    /// <summary>The hyper-parameters.</summary>
    public HyperParameters Parameters { get; }

    /// <summary>What was observed, and after it what is believed.</summary>
    public IReadOnlyList<ModelRow> Rows { get; }

    /// <summary>The rows' scaled vectors.</summary>
    public ScaledRows Scaled { get; }

    /// <summary>The factor of the rows' covariance with noise.</summary>
    public CholeskyFactor Factor { get; }

    /// <summary>The constant prior mean.</summary>
    public double Mean { get; }

    /// <summary>The posterior.</summary>
    /// <param name="embedding">The space's embedding.</param>
    /// <param name="parameters">The hyper-parameters.</param>
    /// <param name="rows">What was observed.</param>
    /// <param name="values">The rows' standardised values.</param>
    /// <param name="earlier">A posterior whose factor's first rows are taken over where the same; it only spares time.</param>
    public static GaussianProcess Of(
        Embedding embedding, HyperParameters parameters, IReadOnlyList<ModelRow> rows, double[] values, GaussianProcess? earlier = null)
    {
        var (scaled, triangle, factor) = Factorise(embedding, parameters, rows, earlier);
        var (weights, mean) = Weights(factor, values);
        Array.Resize(ref weights, scaled.Stride);
        return new GaussianProcess(embedding, parameters, rows, scaled, triangle, factor, weights, mean);
    }

    /// <summary>
    /// The posterior when values at more points were found to be just as predicted: the mean is the same, the variance smaller.
    /// </summary>
    public GaussianProcess Believing(IReadOnlyList<double[]> points)
    {
        if (points.Count == 0) return this;
        List<ModelRow> rows = [.. Rows, .. points.Select(point => new ModelRow(point, Embedding.Embed(point), double.NaN, 1))];
        var (scaled, triangle, factor) = Factorise(Embedding, Parameters, rows, this);
        var weights = new double[scaled.Stride];
        _weights.AsSpan(0, Rows.Count).CopyTo(weights);
        return new GaussianProcess(Embedding, Parameters, rows, scaled, triangle, factor, weights, Mean);
    }

    /// <summary>The variance that a row's value has beside the signal's.</summary>
    public static double Diagonal(HyperParameters parameters, int count) => (parameters.Noise / count) + Floor(parameters);

    /// <summary>The jitter on every row, and the least pivot.</summary>
    public static double Floor(HyperParameters parameters) => Jitter * parameters.Variance;

    /// <summary>K⁻¹(y − m), and the constant mean m: the most likely one under a standard normal prior.</summary>
    public static (double[] Weights, double Mean) Weights(CholeskyFactor factor, double[] values)
    {
        var weights = values.AsSpan().ToArray();
        var ones = new double[values.Length];
        Array.Fill(ones, 1);
        factor.Solve(weights);
        factor.Solve(ones);
        var mean = weights.Sum() / (1 + ones.Sum());
        VectorKernels.AddScaled(weights, -mean, ones);
        return (weights, mean);
    }

    /// <summary>The posterior mean at a snapped point.</summary>
    public double MeanAt(ReadOnlySpan<double> point) => Mean + Scaled.Sum(ScaledVector(point), _weights);

    /// <summary>The posterior means at the rows: their values less their share of noise, since (K + D)·w = y − m.</summary>
    /// <param name="values">The rows' standardised values.</param>
    public double[] MeansOfRows(double[] values) =>
        [.. values.Select((value, i) => value - (Diagonal(Parameters, Rows[i].Count) * _weights[i]))];

    /// <summary>The mean and variance of the function itself, without noise, at a snapped point.</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point)
    {
        var (x, kernel) = (ScaledVector(point), new double[Scaled.Stride]);
        Scaled.Kernel(x, kernel);
        var mean = Mean + VectorKernels.Dot(kernel, _weights);
        Factor.SolveLower(kernel);
        return (mean, Remaining(kernel));
    }

    /// <summary>The means and variances at many snapped points: the same, but faster.</summary>
    public void Predict(IReadOnlyList<double[]> points, Span<double> means, Span<double> variances)
    {
        var tile = 2 * VectorKernels.Width; // so many points are solved for together
        var (kernel, solved) = (new double[Scaled.Stride], new double[Rows.Count * tile]);
        for (var first = 0; first < points.Count; first += tile)
        {
            var count = Math.Min(tile, points.Count - first);
            for (var c = 0; c < count; c++)
            {
                Scaled.Kernel(ScaledVector(points[first + c]), kernel);
                means[first + c] = Mean + VectorKernels.Dot(kernel, _weights);
                for (var i = 0; i < Rows.Count; i++) solved[(i * tile) + c] = kernel[i];
            }

            Factor.SolveLowerTile(solved);
            for (var c = 0; c < count; c++)
            {
                var explained = 0.0;
                for (var i = 0; i < Rows.Count; i++) explained += solved[(i * tile) + c] * solved[(i * tile) + c];
                variances[first + c] = Math.Max(LeastVariance, Parameters.Variance - explained);
            }
        }
    }

    /// <summary>The mean and variance at a snapped point, with their gradients by the embedding's components.</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point, Span<double> meanGradient, Span<double> varianceGradient)
    {
        var (x, stride) = (ScaledVector(point), Scaled.Stride);
        var (kernel, slope, products) = (new double[stride], new double[stride], new double[stride]);
        Scaled.Kernel(x, kernel, slope);
        var mean = Mean + VectorKernels.Dot(kernel, _weights);
        for (var i = 0; i < products.Length; i++) products[i] = slope[i] * _weights[i];
        meanGradient.Clear();
        Scaled.AddGradient(x, products, meanGradient);
        Factor.SolveLower(kernel);
        var variance = Remaining(kernel);
        Factor.SolveUpper(kernel);
        // The variance is s² − kᵀK⁻¹k.
        for (var i = 0; i < Rows.Count; i++) products[i] = -2 * slope[i] * kernel[i];
        products.AsSpan(Rows.Count).Clear();
        varianceGradient.Clear();
        Scaled.AddGradient(x, products, varianceGradient);
        return (mean, variance);
    }

    /// <summary>A snapped point, embedded and divided by the length-scales.</summary>
    public double[] ScaledVector(ReadOnlySpan<double> point)
    {
        var vector = Embedding.Embed(point);
        Scaled.Scale(vector, vector);
        return vector;
    }

    /// <summary>The variance that is left at a point.</summary>
    /// <param name="solved">L⁻¹k.</param>
    private double Remaining(ReadOnlySpan<double> solved) =>
        Math.Max(LeastVariance, Parameters.Variance - VectorKernels.Dot(solved[..Rows.Count], solved));

    private static (ScaledRows Scaled, double[][] Triangle, CholeskyFactor Factor) Factorise(
        Embedding embedding, HyperParameters parameters, IReadOnlyList<ModelRow> rows, GaussianProcess? earlier)
    {
        var scaled = new ScaledRows([.. rows.Select(row => row.Vector)], parameters.InverseLengths(embedding), parameters.Variance);
        var triangle = new double[rows.Count][];
        var from = 0;
        if (earlier is not null && ReferenceEquals(earlier.Parameters, parameters))
        {
            var most = Math.Min(rows.Count, earlier.Rows.Count);
            for (; from < most && Same(rows[from], earlier.Rows[from]); from++) triangle[from] = earlier._triangle[from];
        }

        var (x, kernel) = (new double[embedding.Size], new double[scaled.Stride]);
        for (var i = from; i < rows.Count; i++)
        {
            scaled.Scale(rows[i].Vector, x);
            scaled.Kernel(x, kernel.AsSpan(0, VectorKernels.Padded(i + 1)));
            triangle[i] = kernel.AsSpan(0, i + 1).ToArray();
            triangle[i][i] = parameters.Variance + Diagonal(parameters, rows[i].Count);
        }

        return (scaled, triangle, CholeskyFactor.Of(triangle, from, Floor(parameters)));
    }

    private static bool Same(ModelRow a, ModelRow b) => a.Count == b.Count && a.Point.AsSpan().SequenceEqual(b.Point);
}
