using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tenfold.Numerics.Tuning.Model;

/// <summary>Sums and elementary functions on vectors of doubles.</summary>
/// <remarks>
/// These are own implementations of exp, sin and cos: the runtime's branch for arguments that don't occur here, and their results may
/// change between versions of .NET. Each is accurate to about one ulp.
/// </remarks>
internal static class VectorKernels
{
    private const double RoundingShift = 6755399441055744.0; // 1.5 · 2⁵²: after adding it, the low bits hold the nearest whole number
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.693147180369123816490;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double PiLow = 1.2246467991473532e-16;

    /// <summary>
    /// For loops over rows and features: compile them with full optimisation at the first call. Ahead-of-time compilation is impossible
    /// because it doesn't know the vector width. Tiered compilation would run the first suggestion of a process unoptimised, and <c>tenfold
    /// study ask</c> makes only one suggestion.
    /// </summary>
    public const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    /// <summary>The number of doubles in a vector register.</summary>
    public static int Width => Vector<double>.Count;

    /// <summary>The count, rounded up to a multiple of <see cref="Width"/>.</summary>
    public static int Padded(int count) => (count + Width - 1) / Width * Width;

    /// <summary>Σ aᵢbᵢ over the length of a.</summary>
    [MethodImpl(Hot)]
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(b.Length, a.Length);
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        var width = (nuint)Width;
        var length = (nuint)a.Length;
        nuint i = 0;
        var sum0 = Vector<double>.Zero;
        var sum1 = Vector<double>.Zero;
        var sum2 = Vector<double>.Zero;
        var sum3 = Vector<double>.Zero;
        for (; i + (4 * width) <= length; i += 4 * width)
        {
            var (j, k, l) = (i + width, i + (2 * width), i + (3 * width));
            sum0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref left, i), Vector.LoadUnsafe(ref right, i), sum0);
            sum1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref left, j), Vector.LoadUnsafe(ref right, j), sum1);
            sum2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref left, k), Vector.LoadUnsafe(ref right, k), sum2);
            sum3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref left, l), Vector.LoadUnsafe(ref right, l), sum3);
        }

        for (; i + width <= length; i += width)
            sum0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref left, i), Vector.LoadUnsafe(ref right, i), sum0);
        var sum = Vector.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; i < length; i++) sum += Unsafe.Add(ref left, i) * Unsafe.Add(ref right, i);
        return sum;
    }

    /// <summary>Σ aᵢbᵢ for four a over the length of b, which is loaded once for four products.</summary>
    [MethodImpl(Hot)]
    public static (double, double, double, double) Dots(
        double[] a0, double[] a1, double[] a2, double[] a3, ReadOnlySpan<double> b)
    {
        var shortest = Math.Min(Math.Min(a0.Length, a1.Length), Math.Min(a2.Length, a3.Length));
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, b.Length);
        ref var from = ref MemoryMarshal.GetReference(b);
        ref var r0 = ref MemoryMarshal.GetArrayDataReference(a0);
        ref var r1 = ref MemoryMarshal.GetArrayDataReference(a1);
        ref var r2 = ref MemoryMarshal.GetArrayDataReference(a2);
        ref var r3 = ref MemoryMarshal.GetArrayDataReference(a3);
        Vector<double> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        var width = (nuint)Width;
        var length = (nuint)b.Length;
        nuint i = 0;
        for (; i + (2 * width) <= length; i += 2 * width)
        {
            var j = i + width;
            var (x, y) = (Vector.LoadUnsafe(ref from, i), Vector.LoadUnsafe(ref from, j));
            s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r0, i), x, s0);
            t0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r0, j), y, t0);
            s1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r1, i), x, s1);
            t1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r1, j), y, t1);
            s2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r2, i), x, s2);
            t2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r2, j), y, t2);
            s3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r3, i), x, s3);
            t3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r3, j), y, t3);
        }

        var (sum0, sum1, sum2, sum3) = (Vector.Sum(s0 + t0), Vector.Sum(s1 + t1), Vector.Sum(s2 + t2), Vector.Sum(s3 + t3));
        for (; i < length; i++)
        {
            var x = Unsafe.Add(ref from, i);
            sum0 += Unsafe.Add(ref r0, i) * x;
            sum1 += Unsafe.Add(ref r1, i) * x;
            sum2 += Unsafe.Add(ref r2, i) * x;
            sum3 += Unsafe.Add(ref r3, i) * x;
        }

        return (sum0, sum1, sum2, sum3);
    }

    /// <summary>y ← y + factor · x over the length of x.</summary>
    [MethodImpl(Hot)]
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(y.Length, x.Length);
        ref var to = ref MemoryMarshal.GetReference(y);
        ref var from = ref MemoryMarshal.GetReference(x);
        var width = (nuint)Width;
        var length = (nuint)x.Length;
        var by = new Vector<double>(factor);
        nuint i = 0;
        for (; i + width <= length; i += width)
            Vector.FusedMultiplyAdd(by, Vector.LoadUnsafe(ref from, i), Vector.LoadUnsafe(ref to, i)).StoreUnsafe(ref to, i);
        for (; i < length; i++) Unsafe.Add(ref to, i) += factor * Unsafe.Add(ref from, i);
    }

    /// <summary>y ← y + Σ factorₖ · xₖ for four x, with one store for four products.</summary>
    [MethodImpl(Hot)]
    public static void AddScaled(Span<double> y, ReadOnlySpan<double> factors, double[] x0, double[] x1, double[] x2, double[] x3)
    {
        ref var to = ref MemoryMarshal.GetReference(y);
        ref var r0 = ref x0[0];
        ref var r1 = ref x1[0];
        ref var r2 = ref x2[0];
        ref var r3 = ref x3[0];
        var f0 = new Vector<double>(factors[0]);
        var f1 = new Vector<double>(factors[1]);
        var f2 = new Vector<double>(factors[2]);
        var f3 = new Vector<double>(factors[3]);
        var width = (nuint)Width;
        var length = (nuint)y.Length;
        var shortest = Math.Min(Math.Min(x0.Length, x1.Length), Math.Min(x2.Length, x3.Length));
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, y.Length);
        nuint i = 0;
        for (; i + width <= length; i += width)
        {
            var a = Vector.FusedMultiplyAdd(f0, Vector.LoadUnsafe(ref r0, i), Vector.LoadUnsafe(ref to, i));
            var b = f1 * Vector.LoadUnsafe(ref r1, i);
            a = Vector.FusedMultiplyAdd(f2, Vector.LoadUnsafe(ref r2, i), a);
            b = Vector.FusedMultiplyAdd(f3, Vector.LoadUnsafe(ref r3, i), b);
            (a + b).StoreUnsafe(ref to, i);
        }

        for (; i < length; i++)
        {
            Unsafe.Add(ref to, i) += (factors[0] * Unsafe.Add(ref r0, i)) + (factors[1] * Unsafe.Add(ref r1, i))
                + (factors[2] * Unsafe.Add(ref r2, i)) + (factors[3] * Unsafe.Add(ref r3, i));
        }
    }

    /// <summary>eˣ for x from −700 to 700; what is below counts as −700.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> Exp(Vector<double> x)
    {
        x = Vector.Max(x, new Vector<double>(-700));
        var shifted = Vector.FusedMultiplyAdd(x, new Vector<double>(Log2E), new Vector<double>(RoundingShift));
        var power = shifted - new Vector<double>(RoundingShift);
        var r = Vector.FusedMultiplyAdd(power, new Vector<double>(-Ln2High), x);
        r = Vector.FusedMultiplyAdd(power, new Vector<double>(-Ln2Low), r);
        var sum = new Vector<double>(1.0 / 6227020800);
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 479001600));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 39916800));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 3628800));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 362880));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 40320));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 5040));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 720));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 120));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 24));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(1.0 / 6));
        sum = Vector.FusedMultiplyAdd(sum, r, new Vector<double>(0.5));
        sum = Vector.FusedMultiplyAdd(sum, r, Vector<double>.One);
        sum = Vector.FusedMultiplyAdd(sum, r, Vector<double>.One);
        // The power of two goes straight into the exponent's bits.
        return Vector.AsVectorDouble(Vector.AsVectorInt64(sum) + (Vector.AsVectorInt64(shifted) << 52));
    }

    /// <summary>Sine and cosine of x, |x| up to 10⁸.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCos(Vector<double> x, out Vector<double> sine, out Vector<double> cosine)
    {
        var shift = new Vector<double>(RoundingShift);
        var shifted = Vector.FusedMultiplyAdd(x, new Vector<double>(1 / Math.PI), shift);
        var turns = shifted - shift; // half turns
        var r = Vector.FusedMultiplyAdd(turns, new Vector<double>(-Math.PI), x);
        r = Vector.FusedMultiplyAdd(turns, new Vector<double>(-PiLow), r); // within ± π/2
        var sign = Vector.AsVectorInt64(shifted) << 63; // an odd number of half turns changes both signs
        var square = r * r;

        var s = new Vector<double>(-1.0 / 121645100408832000);
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(1.0 / 355687428096000));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(-1.0 / 1307674368000));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(1.0 / 6227020800));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(-1.0 / 39916800));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(1.0 / 362880));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(-1.0 / 5040));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(1.0 / 120));
        s = Vector.FusedMultiplyAdd(s, square, new Vector<double>(-1.0 / 6));
        s = Vector.FusedMultiplyAdd(s * square, r, r);

        var c = new Vector<double>(1.0 / 2432902008176640000);
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(-1.0 / 6402373705728000));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(1.0 / 20922789888000));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(-1.0 / 87178291200));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(1.0 / 479001600));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(-1.0 / 3628800));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(1.0 / 40320));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(-1.0 / 720));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(1.0 / 24));
        c = Vector.FusedMultiplyAdd(c, square, new Vector<double>(-0.5));
        c = Vector.FusedMultiplyAdd(c, square, Vector<double>.One);

        sine = Vector.AsVectorDouble(Vector.AsVectorInt64(s) ^ sign);
        cosine = Vector.AsVectorDouble(Vector.AsVectorInt64(c) ^ sign);
    }
}
