using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using static Tenfold.Numerics.Tuning.Model.VectorKernels;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>The Cholesky factor of a covariance matrix K: the lower triangular L with L·Lᵀ = K.</summary>
/// <remarks>
/// The algorithm is row-oriented (Cholesky–Banachiewicz). A row depends only on earlier rows, so the factor of a longer list of points
/// shares the rows of an earlier factor bit for bit. A pivot below the floor is raised to it. So nearly equal points only cost precision in
/// their own row, and the factorisation never fails.
/// </remarks>
internal sealed class CholeskyFactor
{
    private readonly double[][] _rows;

    private CholeskyFactor(double[][] rows) => _rows = rows;

    /// <summary>The number of rows.</summary>
    public int Count => _rows.Length;

    /// <summary>Row i, with i + 1 values.</summary>
    public ReadOnlySpan<double> Row(int i) => _rows[i];

    /// <summary>log det K.</summary>
    public double LogDeterminant => 2 * _rows.Sum(row => Math.Log(row[^1]));

    /// <summary>Factorises a matrix in place.</summary>
    /// <param name="rows">The lower triangle, row i with i + 1 values. The factor owns the array and overwrites it.</param>
    /// <param name="from">The first row to factorise; earlier rows already belong to a factor.</param>
    /// <param name="floor">The smallest squared pivot, above 0.</param>
    [MethodImpl(VectorKernels.Hot)]
    public static CholeskyFactor Of(double[][] rows, int from, double floor)
    {
        for (var i = from; i < rows.Length; i++)
        {
            var row = rows[i];
            for (var j = 0; j < i; j++) row[j] = (row[j] - Dot(row.AsSpan(0, j), rows[j])) / rows[j][j];
            row[i] = Math.Sqrt(Math.Max(floor, row[i] - Dot(row.AsSpan(0, i), row)));
        }

        return new CholeskyFactor(rows);
    }

    /// <summary>b ← L⁻¹b.</summary>
    public void SolveLower(Span<double> b) => SolveLower(_rows, b[..Count]);

    // Solves with the first rows of L, as many as there are values.
    [MethodImpl(VectorKernels.Hot)]
    private static void SolveLower(double[][] rows, Span<double> b)
    {
        var i = 0;
        // Four rows at a time, so that each part of the solution is loaded once for four products.
        for (; i + 4 <= b.Length; i += 4)
        {
            var (r0, r1, r2, r3) = (rows[i], rows[i + 1], rows[i + 2], rows[i + 3]);
            var (s0, s1, s2, s3) = Dots(r0, r1, r2, r3, b[..i]);
            var x0 = b[i] = (b[i] - s0) / r0[i];
            var x1 = b[i + 1] = (b[i + 1] - s1 - (r1[i] * x0)) / r1[i + 1];
            var x2 = b[i + 2] = (b[i + 2] - s2 - (r2[i] * x0) - (r2[i + 1] * x1)) / r2[i + 2];
            b[i + 3] = (b[i + 3] - s3 - (r3[i] * x0) - (r3[i + 1] * x1) - (r3[i + 2] * x2)) / r3[i + 3];
        }

        for (; i < b.Length; i++)
        {
            var row = rows[i];
            b[i] = (b[i] - Dot(row.AsSpan(0, i), b)) / row[i];
        }
    }

    /// <summary>B ← L⁻¹B, with 2 · <see cref="VectorKernels.Width"/> right-hand sides.</summary>
    /// <param name="b">B in row-major order.</param>
    public void SolveLowerTile(Span<double> b) => SolveLowerTile(b, Count);

    /// <summary>Computes the first rows of L⁻¹B, with 2 · <see cref="VectorKernels.Width"/> right-hand sides.</summary>
    /// <param name="b">The first rows of B in row-major order, which those of the solution replace.</param>
    /// <param name="rows">How many rows.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void SolveLowerTile(Span<double> b, int rows)
    {
        var tile = 2 * Width;
        var i = 0;
        // Four rows at a time, so that each part of the solution is loaded once for four products.
        for (; i + 4 <= rows; i += 4)
        {
            var r0 = _rows[i].AsSpan(0, i);
            var r1 = _rows[i + 1].AsSpan(0, i);
            var r2 = _rows[i + 2].AsSpan(0, i);
            var r3 = _rows[i + 3].AsSpan(0, i);
            Vector<double> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default;
            ref var from = ref MemoryMarshal.GetReference(b);
            for (var j = 0; j < r0.Length; j++)
            {
                var (x, y) = (Vector.LoadUnsafe(ref from, (nuint)(j * tile)), Vector.LoadUnsafe(ref from, (nuint)((j * tile) + Width)));
                var (l0, l1) = (new Vector<double>(r0[j]), new Vector<double>(r1[j]));
                var (l2, l3) = (new Vector<double>(r2[j]), new Vector<double>(r3[j]));
                (a0, b0) = (Vector.FusedMultiplyAdd(l0, x, a0), Vector.FusedMultiplyAdd(l0, y, b0));
                (a1, b1) = (Vector.FusedMultiplyAdd(l1, x, a1), Vector.FusedMultiplyAdd(l1, y, b1));
                (a2, b2) = (Vector.FusedMultiplyAdd(l2, x, a2), Vector.FusedMultiplyAdd(l2, y, b2));
                (a3, b3) = (Vector.FusedMultiplyAdd(l3, x, a3), Vector.FusedMultiplyAdd(l3, y, b3));
            }

            Finish(b, i, i, a0, b0);
            Finish(b, i + 1, i, a1, b1);
            Finish(b, i + 2, i, a2, b2);
            Finish(b, i + 3, i, a3, b3);
        }

        for (; i < rows; i++) Finish(b, i, 0, default, default);
    }

    // Finishes a row of the tile. The sums already contain the products before column `from`.
    [MethodImpl(VectorKernels.Hot)]
    private void Finish(Span<double> b, int i, int from, Vector<double> sum0, Vector<double> sum1)
    {
        var (tile, row) = (2 * Width, _rows[i]);
        for (var j = from; j < i; j++)
        {
            var factor = new Vector<double>(row[j]);
            sum0 = Vector.FusedMultiplyAdd(factor, new Vector<double>(b[(j * tile)..]), sum0);
            sum1 = Vector.FusedMultiplyAdd(factor, new Vector<double>(b[((j * tile) + Width)..]), sum1);
        }

        var scale = new Vector<double>(1 / row[i]);
        var first = b[(i * tile)..];
        var second = first[Width..];
        ((new Vector<double>(first) - sum0) * scale).CopyTo(first);
        ((new Vector<double>(second) - sum1) * scale).CopyTo(second);
    }

    /// <summary>b ← L⁻ᵀb.</summary>
    [MethodImpl(VectorKernels.Hot)]
    public void SolveUpper(Span<double> b)
    {
        Span<double> factors = stackalloc double[4];
        var i = Count - 1;
        for (; i >= 3; i -= 4)
        {
            var (r0, r1, r2, r3) = (_rows[i], _rows[i - 1], _rows[i - 2], _rows[i - 3]);
            var x0 = b[i] /= r0[i];
            var x1 = b[i - 1] = (b[i - 1] - (r0[i - 1] * x0)) / r1[i - 1];
            var x2 = b[i - 2] = (b[i - 2] - (r0[i - 2] * x0) - (r1[i - 2] * x1)) / r2[i - 2];
            var x3 = b[i - 3] = (b[i - 3] - (r0[i - 3] * x0) - (r1[i - 3] * x1) - (r2[i - 3] * x2)) / r3[i - 3];
            (factors[0], factors[1], factors[2], factors[3]) = (-x0, -x1, -x2, -x3);
            AddScaled(b[..(i - 3)], factors, r0, r1, r2, r3);
        }

        for (; i >= 0; i--)
        {
            var row = _rows[i];
            b[i] /= row[i];
            AddScaled(b, -b[i], row.AsSpan(0, i));
        }
    }

    /// <summary>b ← K⁻¹b.</summary>
    public void Solve(Span<double> b)
    {
        SolveLower(b);
        SolveUpper(b);
    }

    /// <summary>Computes the lower triangle of K⁻¹.</summary>
    /// <param name="inverse">Receives the triangle, row i with i + 1 values.</param>
    /// <param name="lower">A square work area, which receives L⁻¹ with zeros above the diagonal.</param>
    [MethodImpl(VectorKernels.Hot)]
    public void Invert(double[][] inverse, double[][] lower)
    {
        Span<double> factors = stackalloc double[4];
        for (var i = 0; i < Count; i++)
        {
            // Row i of L⁻¹ is (eᵢ − Σ Lᵢₖ · row k of L⁻¹) / Lᵢᵢ.
            var (row, from) = (lower[i], _rows[i]);
            Array.Clear(row);
            var k = 0;
            for (; k + 4 <= i; k += 4)
                AddScaled(row.AsSpan(0, k + 4), from.AsSpan(k, 4), lower[k], lower[k + 1], lower[k + 2], lower[k + 3]);
            for (; k < i; k++) AddScaled(row, from[k], lower[k].AsSpan(0, k + 1));
            var scale = 1 / from[i];
            for (var j = 0; j < i; j++) row[j] *= -scale;
            row[i] = scale;
        }

        // K⁻¹ = L⁻ᵀL⁻¹: row i is Σₖ≥ᵢ (L⁻¹)ₖᵢ · row k of L⁻¹ up to column i.
        for (var i = 0; i < Count; i++)
        {
            var row = inverse[i];
            Array.Clear(row);
            var k = i;
            for (; k + 4 <= Count; k += 4)
            {
                for (var m = 0; m < 4; m++) factors[m] = lower[k + m][i];
                AddScaled(row, factors, lower[k], lower[k + 1], lower[k + 2], lower[k + 3]);
            }

            for (; k < Count; k++) AddScaled(row, lower[k][i], lower[k].AsSpan(0, i + 1));
        }
    }
}
