using System.Numerics;
using System.Runtime.CompilerServices;

using static Tenfold.Numerics.Tuning.Model.VectorKernels;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Embedded points divided by the length-scales, and the Matérn-5/2 kernel between them and other points.</summary>
/// <remarks>
/// k(r) = s²·(1 + √5·r + 5/3·r²)·exp(−√5·r), where r is the distance after division by the length-scales (Rasmussen and Williams, "Gaussian
/// processes for machine learning", 2006, equation 4.17). Points are stored by component, so that a vector register holds several points.
/// </remarks>
internal sealed class ScaledRows
{
    private static readonly double Root5 = Math.Sqrt(5);

    private readonly double[] _columns; // component d of row i at d · _stride + i
    private readonly double[] _inverseLengths; // 1 / length-scale, by component
    private readonly double _variance;
    private readonly int _stride;

    /// <summary>Creates rows from embedded points.</summary>
    /// <param name="rows">The points, not yet scaled.</param>
    /// <param name="inverseLengths">1 / length-scale, by component.</param>
    /// <param name="variance">s²: the variance of the signal.</param>
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

    /// <summary>The length of spans by row: <see cref="Count"/>, rounded up to a multiple of the vector width.</summary>
    public int Stride => _stride;

    /// <summary>Divides an embedded point by the length-scales.</summary>
    public void Scale(ReadOnlySpan<double> vector, Span<double> scaled)
    {
        for (var d = 0; d < scaled.Length; d++) scaled[d] = vector[d] * _inverseLengths[d];
    }

    /// <summary>Computes the kernel between a point and the first rows.</summary>
    /// <param name="scaled">A point, embedded and divided by the length-scales.</param>
    /// <param name="kernel">Receives the kernel by row. Its length is a multiple of the vector width.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void Kernel(ReadOnlySpan<double> scaled, Span<double> kernel)
    {
        for (var i = 0; i < kernel.Length; i += Width)
        {
            var (r, decay) = Distance(scaled, i);
            (decay * Polynomial(r)).CopyTo(kernel[i..]);
        }
    }

    /// <summary>
    /// Computes the kernel k and its slope −k′(r)/r between a point x and the first rows. The derivative of the kernel by a scaled
    /// component of x is the slope times (rowᵢ − x).
    /// </summary>
    /// <param name="scaled">The point x, embedded and divided by the length-scales.</param>
    /// <param name="kernel">Receives the kernel by row. Its length is a multiple of the vector width.</param>
    /// <param name="slope">Receives the slope by row; at least as long as <paramref name="kernel"/>.</param>
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
    /// <param name="weights">The weight of each row, padded with zeros to <see cref="Stride"/>.</param>
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
    /// <param name="products">weightᵢ · slopeᵢ by row, padded with zeros to <see cref="Stride"/>.</param>
    /// <param name="gradient">The gradient to add to, by component.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void AddGradient(ReadOnlySpan<double> scaled, ReadOnlySpan<double> products, Span<double> gradient)
    {
        var total = 0.0;
        foreach (var product in products) total += product;
        for (var d = 0; d < scaled.Length; d++)
            gradient[d] += (Dot(products, _columns.AsSpan(d * _stride, _stride)) - (scaled[d] * total)) * _inverseLengths[d];
    }

    /// <summary>Adds Σ productᵢ · (x − rowᵢ)² for each scaled component.</summary>
    /// <param name="scaled">The point x, embedded and divided by the length-scales.</param>
    /// <param name="products">By row. Its length is a multiple of the vector width, at most <see cref="Stride"/>.</param>
    /// <param name="sums">The sums to add to, by component.</param>
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

    /// <summary>R = √5·r for a vector of rows from row i, and the decay s²·exp(−R).</summary>
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
