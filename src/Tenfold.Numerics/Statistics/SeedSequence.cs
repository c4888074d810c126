using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Derives the seeds of a group's repeats from one recorded base seed, so that repeat <em>i</em> of two groups has the same seed.
/// </summary>
/// <remarks>
/// The seed of a repeat is the first four bytes (big-endian, highest bit cleared) of the SHA-256 of the ASCII text
/// <c>tenfold-seed/1:{base}:{repeat}</c>. It is equal on all machines and in all versions; a new rule would get a new number in
/// that text. Neighbouring repeats get unrelated seeds, so scripts that use <c>seed + worker</c> don't share seeds between repeats.
/// </remarks>
public static class SeedSequence
{
    /// <summary>Derives the seed of one repeat.</summary>
    /// <param name="baseSeed">The group's base seed; any number.</param>
    /// <param name="repeat">The number of the repeat, from 1.</param>
    /// <returns>
    /// A seed from 0 to 2³¹ − 1, which every framework accepts (NumPy, PyTorch, .NET). Two repeats of one base can collide: the chance
    /// is 2 in 10⁸ for ten repeats, and 2 in 10⁴ for a thousand.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The repeat is below 1.</exception>
    public static long Derive(long baseSeed, int repeat)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeat, 1);
        return Of(string.Create(CultureInfo.InvariantCulture, $"tenfold-seed/1:{baseSeed}:{repeat}"));
    }

    /// <summary>Derives a draw of another source of variance than the seed, such as the split.</summary>
    /// <param name="baseSeed">The group's base seed; any number.</param>
    /// <param name="draw">The number of the draw, from 1.</param>
    /// <param name="source">The source's name, in ASCII.</param>
    /// <returns>A number as <see cref="Derive(long, int)"/> gives, of the text <c>tenfold-vary/1:{source}:{base}:{draw}</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The draw is below 1.</exception>
    public static long Derive(long baseSeed, int draw, string source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draw, 1);
        return Of(string.Create(CultureInfo.InvariantCulture, $"tenfold-vary/1:{source}:{baseSeed}:{draw}"));
    }

    private static long Of(string text) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(text))) & 0x7fff_ffff;
}
