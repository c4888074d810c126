using System.Buffers.Binary;
using System.Numerics;

namespace Tenfold.Core.Platform;

/// <summary>CRC-32C (Castagnoli), which processors compute faster than memory delivers the bytes.</summary>
public static class Checksum
{
    /// <summary>The checksum of bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => Continue(0, bytes);

    /// <summary>The checksum of some bytes and those that follow.</summary>
    /// <param name="before">The checksum of the bytes before.</param>
    /// <param name="bytes">The bytes that follow.</param>
    public static uint Continue(uint before, ReadOnlySpan<byte> bytes)
    {
        var crc = ~before;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return ~crc;
    }
}
