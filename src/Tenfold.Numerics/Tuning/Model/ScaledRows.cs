using System.Numerics;
using System.Runtime.CompilerServices;

using static Tenfold.Numerics.Tuning.Model.VectorKernels;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Some embedded points, divided by the length-scales, with the Matérn-5/2 kernel between them and any other.</summary>
/// <remarks>
/// k(r) = s²·(1 + √5·r + 5/3·r²)·exp(−√5·r), with r the distance after division by the length-scales (Rasmussen and Williams, "Gaussian
/// processes for machine learning", 2006, eq. 4.17). Kept by component, so that a vector register holds several points.
/// </remarks>
internal sealed class ScaledRows
{
    private static readonly double Root5 = Math.Sqrt(5);

    private readonly double[] _columns; // component d of row i at d · _stride + i
    private readonly double[] _inverseLengths; // by component
    private readonly double _variance;
    private readonly int _stride;

    /// <summary>Rows of embedded points.</summary>
    /// <param name="rows">The points.</param>
    /// <param name="inverseLengths">By component: 1 / its length-scale.</param>
    /// <param name="variance">s².</param>
    public ScaledRows(IReadOnlyList<double[]> rows, double[] inverseLengths, double variance)
    {
        Count = rows.Count;
        _inverseLengths = inverseLengths;
        _variance = variance;
        _stride = Padded(rows.Count);
        _columns = new double[_stride * inverseLengths.Length];
        for (var i = 0; i < rows.Count; i++)
            for (var d = 0; d < inverseLengths.Length; d++) _columns[(d * _stride) + i] = rows[i][d] * inverseLengths[d];
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>How long spans by row must be: a few more than <see cref="Count"/>.</summary>
    public int Stride => _stride;

    /// <summary>Divides by the length-scales.</summary>
    public void Scale(ReadOnlySpan<double> vector, Span<double> scaled)
    {
        for (var d = 0; d < scaled.Length; d++) scaled[d] = vector[d] * _inverseLengths[d];
    }

    /// <summary>The kernel with the first rows.</summary>
    /// <param name="scaled">A point, embedded and divided by the length-scales.</param>
    /// <param name="kernel">By row; its length a multiple of the vectors' width.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void Kernel(ReadOnlySpan<double> scaled, Span<double> kernel)
    {
        for (var i = 0; i < kernel.Length; i += Width)
        {
            var (r, decay) = Distance(scaled, i);
            (decay * Polynomial(r)).CopyTo(kernel[i..]);
        }
    }

    /// <summary>The kernel with each row, and −k′(r)/r, by which derivatives are differences of coordinates times it.</summary>
    [MethodImpl(VectorKernels.Hot)]
    public void Kernel(ReadOnlySpan<double> scaled, Span<double> kernel, Span<double> slope)
    {
        for (var i = 0; i < kernel.Length; i += Width)
        {
            var (r, decay) = Distance(scaled, i);
            (decay * Polynomial(r)).CopyTo(kernel[i..]);
            (decay * new Vector<double>(5.0 / 3) * (Vector<double>.One + r)).CopyTo(slope[i..]);
        }
    }

    /// <summary>Σ weightᵢ · k(x, rowᵢ).</summary>
    /// <param name="scaled">The point x, embedded and divided by the length-scales.</param>
    /// <param name="weights">By row, with zeros up to <see cref="Stride"/>.</param>
    [MethodImpl(VectorKernels.Hot)]
    public double Sum(ReadOnlySpan<double> scaled, ReadOnlySpan<double> weights)
    {
        var sum = Vector<double>.Zero;
        for (var i = 0; i < _stride; i += Width)
        {
            var (r, decay) = Distance(scaled, i);
            sum = Vector.FusedMultiplyAdd(decay * Polynomial(r), new Vector<double>(weights[i..]), sum);
        }

        return Vector.Sum(sum);
    }

    /// <summary>Adds the gradient of Σ weightᵢ · k(x, rowᵢ) by the embedded, unscaled components of x.</summary>
    /// <param name="scaled">The point x, embedded and divided by the length-scales.</param>
    /// <param name="products">weightᵢ · slopeᵢ, with zeros up to <see cref="Stride"/>.</param>
    /// <param name="gradient">By component.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void AddGradient(ReadOnlySpan<double> scaled, ReadOnlySpan<double> products, Span<double> gradient)
    {
        var total = 0.0;
        foreach (var product in products) total += product;
        for (var d = 0; d < scaled.Length; d++)
            gradient[d] += (Dot(products, _columns.AsSpan(d * _stride, _stride)) - (scaled[d] * total)) * _inverseLengths[d];
    }

    /// <summary>Adds Σ productᵢ · (x − rowᵢ)² by component, divided by the length-scales.</summary>
    /// <param name="scaled">The point x, embedded and divided by the length-scales.</param>
    /// <param name="products">By row; its length a multiple of the vectors' width, at most <see cref="Stride"/>.</param>
    /// <param name="sums">By component.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void AddSquares(ReadOnlySpan<double> scaled, ReadOnlySpan<double> products, Span<double> sums)
    {
        for (var d = 0; d < scaled.Length; d++)
        {
            var (x, sum) = (new Vector<double>(scaled[d]), Vector<double>.Zero);
            for (var i = 0; i < products.Length; i += Width)
            {
                var difference = new Vector<double>(_columns.AsSpan((d * _stride) + i)) - x;
                sum = Vector.FusedMultiplyAdd(difference * difference, new Vector<double>(products[i..]), sum);
            }

            sums[d] += Vector.Sum(sum);
        }
    }

    /// <summary>√5 times the distances to a vector of rows, and s²·exp of its negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (Vector<double> R, Vector<double> Decay) Distance(ReadOnlySpan<double> scaled, int i)
    {
        var sum = Vector<double>.Zero;
        for (var d = 0; d < scaled.Length; d++)
        {
            var difference = new Vector<double>(_columns.AsSpan((d * _stride) + i)) - new Vector<double>(scaled[d]);
            sum = Vector.FusedMultiplyAdd(difference, difference, sum);
        }

        var r = new Vector<double>(Root5) * Vector.SquareRoot(sum);
        return (r, new Vector<double>(_variance) * Exp(-r));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Polynomial(Vector<double> r) =>
        Vector.FusedMultiplyAdd(r, Vector.FusedMultiplyAdd(r, new Vector<double>(1.0 / 3), Vector<double>.One), Vector<double>.One);
}
