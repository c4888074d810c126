namespace Tenfold.Numerics.Statistics;

/// <summary>A small seeded random number generator. Equal seeds give equal numbers on every machine and every version of .NET.</summary>
/// <param name="seed">The seed; any number.</param>
/// <remarks>
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. Not thread-safe.
/// </remarks>
public sealed class SplitMix64(long seed)
{
    private ulong _state = unchecked((ulong)seed);

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        unchecked
        {
            _state += 0x9e3779b97f4a7c15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>The next whole number from 0 up to, but not including, the bound. Its bias is below 1 in 2³².</summary>
    /// <param name="bound">The bound; above 0.</param>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>The next number from 0 up to, but not including, 1: a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
