using System.Numerics;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tuning.Spaces;

/// <summary>
/// The scrambled Sobol sequence, whose points fill the unit cube more evenly than random points. A random lower triangular matrix and a
/// random shift scramble each dimension. This keeps the even distribution and makes each single point uniformly distributed.
/// </summary>
/// <remarks>
/// Sources: Sobol, "On the distribution of points in a cube", 1967, in the Gray-code order of Antonov and Saleev, 1979; for the direction
/// numbers, <see cref="SobolNumbers"/>; for the scrambling, Matoušek, "On the L2-discrepancy for anchored boxes", Journal of Complexity 14
/// (1998). Coordinates beyond <see cref="MaxDimensions"/> dimensions are independent uniform numbers. Immutable.
/// </remarks>
internal sealed class Sobol
{
    /// <summary>The number of dimensions that the sequence fills evenly.</summary>
    public const int MaxDimensions = 256;

    // As many bits as the fraction of a double, so that coordinates are exact and the sequence is practically endless.
    private const int Bits = 52;

    private readonly ulong[][] _directions; // by dimension, by bit of the index
    private readonly ulong[] _shifts;
    private readonly long _seed;

    /// <summary>Creates a scrambled sequence.</summary>
    /// <param name="dimensions">The number of coordinates of a point; at least 1.</param>
    /// <param name="seed">The seed of the scrambling. Each seed gives a different sequence that is as evenly distributed.</param>
    public Sobol(int dimensions, long seed)
        : this(dimensions)
    {
        _seed = seed;
        var random = new SplitMix64(seed);
        for (var j = 0; j < _directions.Length; j++)
        {
            _directions[j] = Scramble(_directions[j], random);
            _shifts[j] = random.Next() >> (64 - Bits);
        }
    }

    private Sobol(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        Dimensions = dimensions;
        _directions = new ulong[Math.Min(dimensions, MaxDimensions)][];
        _shifts = new ulong[_directions.Length];
        var table = SobolNumbers.Table;
        for (var j = 0; j < _directions.Length; j++)
        {
            if (j == 0) _directions[j] = [.. Enumerable.Range(1, Bits).Select(bit => 1UL << (Bits - bit))];
            else
            {
                var degree = BitOperations.Log2(table[0]);
                _directions[j] = Directions(table[0], table.Slice(1, degree));
                table = table[(degree + 1)..];
            }
        }
    }

    /// <summary>The number of coordinates of a point.</summary>
    public int Dimensions { get; }

    /// <summary>Creates the sequence without scrambling; its first point is the origin.</summary>
    public static Sobol Plain(int dimensions) => new(dimensions);

    /// <summary>A point of the sequence.</summary>
    /// <param name="index">The index of the point, from 0 to 2⁵² − 1.</param>
    /// <returns>A coordinate for each dimension: from 0 up to, but not including, 1.</returns>
    public double[] Point(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, 1L << Bits);
        var point = new double[Dimensions];
        for (var j = 0; j < _directions.Length; j++)
        {
            var directions = _directions[j];
            var x = _shifts[j];
            for (var gray = index ^ (index >> 1); gray != 0; gray &= gray - 1) x ^= directions[BitOperations.TrailingZeroCount(gray)];
            point[j] = x * (1.0 / (1UL << Bits));
        }

        if (Dimensions > MaxDimensions)
        {
            var random = new SplitMix64(unchecked((long)new SplitMix64(_seed).Next() + index));
            for (var j = MaxDimensions; j < Dimensions; j++) point[j] = random.NextDouble();
        }

        return point;
    }

    // Joe and Kuo 2008, equation 3: m_k = 2 a_1 m_{k-1} xor ... xor 2^s m_{k-s} xor m_{k-s}, and v_k = m_k / 2^k.
    private static ulong[] Directions(uint polynomial, ReadOnlySpan<ushort> initial)
    {
        var v = new ulong[Bits];
        var degree = initial.Length;
        for (var k = 0; k < Bits; k++)
        {
            if (k < degree)
            {
                v[k] = (ulong)initial[k] << (Bits - 1 - k);
                continue;
            }

            v[k] = v[k - degree] ^ (v[k - degree] >> degree);
            for (var i = 1; i < degree; i++)
                if ((polynomial >> (degree - i) & 1) == 1) v[k] ^= v[k - i];
        }

        return v;
    }

    // Each bit of the result is the sum, modulo 2, of that bit of the number and a random choice of its higher bits.
    private static ulong[] Scramble(ulong[] directions, SplitMix64 random)
    {
        var scrambled = new ulong[Bits];
        for (var bit = Bits - 1; bit >= 0; bit--)
        {
            var higher = (1UL << Bits) - (2UL << bit);
            var row = (random.Next() & higher) | (1UL << bit);
            for (var k = 0; k < Bits; k++) scrambled[k] |= (ulong)(BitOperations.PopCount(directions[k] & row) & 1) << bit;
        }

        return scrambled;
    }
}
