namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The exact posterior of a Gaussian process with given hyper-parameters. Values are standardised. Immutable.</summary>
/// <remarks>Source: Rasmussen and Williams, "Gaussian processes for machine learning", 2006, algorithm 2.1.</remarks>
internal sealed class GaussianProcess
{
    private const double MinVariance = 1e-14;
    private const double Jitter = 1e-10; // relative to the variance of the signal
    private const int MinBoundingRows = 32;

    private readonly double[][] _triangle;
    private readonly double[] _weights; // K⁻¹(y − m) by row, padded with zeros to the stride

    private GaussianProcess(
        Embedding embedding,
        HyperParameters parameters,
        IReadOnlyList<ModelRow> rows,
        ScaledRows scaled,
        double[][] triangle,
        CholeskyFactor factor,
        double[] weights,
        double mean)
    {
        (Embedding, Parameters, Rows, Scaled, Factor, Mean) = (embedding, parameters, rows, scaled, factor, mean);
        (_triangle, _weights) = (triangle, weights);
    }

    /// <summary>The embedding of the space.</summary>
    public Embedding Embedding { get; }

    /// <summary>The hyper-parameters.</summary>
    public HyperParameters Parameters { get; }

    /// <summary>The observed rows, followed by those that <see cref="WithBelievers"/> added.</summary>
    public IReadOnlyList<ModelRow> Rows { get; }

    /// <summary>The embedded rows, divided by the length-scales.</summary>
    public ScaledRows Scaled { get; }

    /// <summary>The Cholesky factor of the rows' covariance, noise included.</summary>
    public CholeskyFactor Factor { get; }

    /// <summary>The constant prior mean.</summary>
    public double Mean { get; }

    /// <summary>Computes the posterior.</summary>
    /// <param name="embedding">The embedding of the space.</param>
    /// <param name="parameters">The hyper-parameters.</param>
    /// <param name="rows">The observed rows.</param>
    /// <param name="values">The standardised value of each row.</param>
    /// <param name="earlier">A posterior that shares its first rows with this one. Reusing its factor saves time and changes
    /// nothing.</param>
    public static GaussianProcess Of(
        Embedding embedding, HyperParameters parameters, IReadOnlyList<ModelRow> rows, double[] values, GaussianProcess? earlier = null)
    {
        var (scaled, triangle, factor) = Factorise(embedding, parameters, rows, earlier);
        var (weights, mean) = Weights(factor, values);
        Array.Resize(ref weights, scaled.Stride);
        return new GaussianProcess(embedding, parameters, rows, scaled, triangle, factor, weights, mean);
    }

    /// <summary>
    /// The posterior after observing exactly the predicted values at more points (kriging believer). The mean doesn't change, and the
    /// variance shrinks.
    /// </summary>
    /// <param name="points">Snapped points.</param>
    public GaussianProcess WithBelievers(IReadOnlyList<double[]> points)
    {
        if (points.Count == 0) return this;
        List<ModelRow> rows = [.. Rows, .. points.Select(point => new ModelRow(point, Embedding.Embed(point), double.NaN, 1))];
        var (scaled, triangle, factor) = Factorise(Embedding, Parameters, rows, this);
        var weights = new double[scaled.Stride];
        _weights.AsSpan(0, Rows.Count).CopyTo(weights);
        return new GaussianProcess(Embedding, Parameters, rows, scaled, triangle, factor, weights, Mean);
    }

    /// <summary>The variance of a row's value around the function, plus the jitter.</summary>
    public static double Diagonal(HyperParameters parameters, ModelRow row) =>
        (parameters.Noise / row.Count) + row.Variance + Floor(parameters);

    /// <summary>The jitter of every row, which is also the smallest squared pivot of the factor.</summary>
    public static double Floor(HyperParameters parameters) => Jitter * parameters.Variance;

    /// <summary>Computes K⁻¹(y − m) and the constant mean m, which maximises the posterior under a standard normal prior on m.</summary>
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

    /// <summary>The posterior mean at a snapped point, and its gradient by the components of the embedding.</summary>
    public double MeanAt(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var (x, kernel, slope) = (ScaledVector(point), new double[Scaled.Stride], new double[Scaled.Stride]);
        Scaled.Kernel(x, kernel, slope);
        SetMeanGradient(x, slope, new double[Scaled.Stride], gradient);
        return Mean + VectorKernels.Dot(kernel, _weights);
    }

    /// <summary>The posterior means at the rows: the values minus D·w, because (K + D)·w = y − m with the noise variances D.</summary>
    /// <param name="values">The standardised value of each row.</param>
    public double[] MeansOfRows(double[] values) =>
        [.. values.Select((value, i) => value - (Diagonal(Parameters, Rows[i]) * _weights[i]))];

    /// <summary>The posterior mean and variance of the function, without noise, at a snapped point.</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point)
    {
        var (x, kernel) = (ScaledVector(point), new double[Scaled.Stride]);
        Scaled.Kernel(x, kernel);
        var mean = Mean + VectorKernels.Dot(kernel, _weights);
        Factor.SolveLower(kernel);
        return (mean, PosteriorVariance(kernel));
    }

    /// <summary>The posterior means and variances at many snapped points. Faster than one call for each point.</summary>
    public void Predict(IReadOnlyList<double[]> points, Span<double> means, Span<double> variances) =>
        Predict(points, means, variances, Rows.Count);

    /// <summary>
    /// The posterior means at many snapped points, and upper bounds of the variances in a fraction of the time: the variances given only
    /// the first quarter of the rows. More observations never increase a variance.
    /// </summary>
    /// <returns>False with so few rows that this would save no time; then nothing is computed.</returns>
    public bool Bound(IReadOnlyList<double[]> points, Span<double> means, Span<double> variances)
    {
        var rows = Rows.Count / 4 / 4 * 4; // whole blocks of the triangular solve, so that rounding is alike
        if (rows < MinBoundingRows) return false;
        Predict(points, means, variances, rows);
        return true;
    }

    private void Predict(IReadOnlyList<double[]> points, Span<double> means, Span<double> variances, int rows)
    {
        var tile = 2 * VectorKernels.Width; // the points that one triangular solve handles
        var (kernel, solved) = (new double[Scaled.Stride], new double[rows * tile]);
        for (var first = 0; first < points.Count; first += tile)
        {
            var count = Math.Min(tile, points.Count - first);
            for (var c = 0; c < count; c++)
            {
                Scaled.Kernel(ScaledVector(points[first + c]), kernel);
                means[first + c] = Mean + VectorKernels.Dot(kernel, _weights);
                for (var i = 0; i < rows; i++) solved[(i * tile) + c] = kernel[i];
            }

            Factor.SolveLowerTile(solved, rows);
            for (var c = 0; c < count; c++)
            {
                var explained = 0.0;
                for (var i = 0; i < rows; i++) explained += solved[(i * tile) + c] * solved[(i * tile) + c];
                variances[first + c] = Math.Max(MinVariance, Parameters.Variance - explained);
            }
        }
    }

    /// <summary>The posterior mean and variance at a snapped point, with their gradients by the components of the embedding.</summary>
    public (double Mean, double Variance) Predict(ReadOnlySpan<double> point, Span<double> meanGradient, Span<double> varianceGradient)
    {
        var (x, stride) = (ScaledVector(point), Scaled.Stride);
        var (kernel, slope, products) = (new double[stride], new double[stride], new double[stride]);
        Scaled.Kernel(x, kernel, slope);
        var mean = Mean + VectorKernels.Dot(kernel, _weights);
        SetMeanGradient(x, slope, products, meanGradient);
        Factor.SolveLower(kernel);
        var variance = PosteriorVariance(kernel);
        Factor.SolveUpper(kernel);
        // The gradient of s² − kᵀK⁻¹k.
        for (var i = 0; i < Rows.Count; i++) products[i] = -2 * slope[i] * kernel[i];
        products.AsSpan(Rows.Count).Clear();
        varianceGradient.Clear();
        Scaled.AddGradient(x, products, varianceGradient);
        return (mean, variance);
    }

    /// <summary>Embeds a snapped point and divides it by the length-scales.</summary>
    public double[] ScaledVector(ReadOnlySpan<double> point)
    {
        var vector = Embedding.Embed(point);
        Scaled.Scale(vector, vector);
        return vector;
    }

    private void SetMeanGradient(double[] x, double[] slope, double[] products, Span<double> gradient)
    {
        for (var i = 0; i < products.Length; i++) products[i] = slope[i] * _weights[i];
        gradient.Clear();
        Scaled.AddGradient(x, products, gradient);
    }

    /// <summary>The posterior variance at a point.</summary>
    /// <param name="solved">L⁻¹k, with the kernel k between the point and the rows.</param>
    private double PosteriorVariance(ReadOnlySpan<double> solved) =>
        Math.Max(MinVariance, Parameters.Variance - VectorKernels.Dot(solved[..Rows.Count], solved));

    private static (ScaledRows Scaled, double[][] Triangle, CholeskyFactor Factor) Factorise(
        Embedding embedding, HyperParameters parameters, IReadOnlyList<ModelRow> rows, GaussianProcess? earlier)
    {
        var scaled = new ScaledRows([.. rows.Select(row => row.Vector)], parameters.InverseLengths(embedding), parameters.Variance);
        var triangle = new double[rows.Count][];
        var from = 0;
        if (earlier is not null && ReferenceEquals(earlier.Parameters, parameters))
        {
            var shared = Math.Min(rows.Count, earlier.Rows.Count);
            for (; from < shared && AreEqual(rows[from], earlier.Rows[from]); from++) triangle[from] = earlier._triangle[from];
        }

        var (x, kernel) = (new double[embedding.Size], new double[scaled.Stride]);
        for (var i = from; i < rows.Count; i++)
        {
            scaled.Scale(rows[i].Vector, x);
            scaled.Kernel(x, kernel.AsSpan(0, VectorKernels.Padded(i + 1)));
            triangle[i] = kernel.AsSpan(0, i + 1).ToArray();
            triangle[i][i] = parameters.Variance + Diagonal(parameters, rows[i]);
        }

        return (scaled, triangle, CholeskyFactor.Of(triangle, from, Floor(parameters)));
    }

    private static bool AreEqual(ModelRow a, ModelRow b) =>
        a.Count == b.Count && a.Variance.Equals(b.Variance) && a.Point.AsSpan().SequenceEqual(b.Point);
}
