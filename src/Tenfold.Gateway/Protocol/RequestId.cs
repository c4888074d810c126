using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Tenfold.Gateway.Protocol;

/// <summary>Makes the ids of requests: UUIDv7 (RFC 9562, 5.7), a time in milliseconds and 74 random bits.</summary>
/// <remarks>Feedback names a request by its id, so an id must not be guessed. The random bytes come from the system, many at a time,
/// since asking for them takes longer than everything else that makes an id.</remarks>
internal static class RequestId
{
    private const int Length = 16;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <summary>Makes an id.</summary>
    /// <param name="at">The time of the request.</param>
    public static Guid Create(DateTimeOffset at)
    {
        var random = _random ??= new byte[256 * Length];
        if (_used == 0) RandomNumberGenerator.Fill(random);
        var id = random.AsSpan(_used, Length);
        _used = (_used + Length) % random.Length;
        // The last two bytes of the time's eight are the random ones behind it.
        var last = BinaryPrimitives.ReadUInt16BigEndian(id[6..]);
        BinaryPrimitives.WriteInt64BigEndian(id, (at.ToUnixTimeMilliseconds() << 16) | last);
        id[6] = (byte)((id[6] & 0x0f) | 0x70);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        var made = new Guid(id, bigEndian: true);
        // What is in memory later does not tell an id that was given.
        id.Clear();
        return made;
    }
}
