using System.Buffers.Binary;
using Tenfold.Core.Platform;

namespace Tenfold.Gateway.RequestLog;

/// <summary>The bytes of a segment: a header, then records, each with a mark, its length and a checksum of length and content.</summary>
internal static class SpoolFormat
{
    /// <summary>The bytes before a record's content.</summary>
    public const int Prefix = 12;

    /// <summary>The largest content of a record.</summary>
    public const int MaxContent = 512 << 20;

    private const uint Mark = 0x7ef01dce;

    /// <summary>The first bytes of a segment; the last two are the version.</summary>
    public static ReadOnlySpan<byte> Header => "tenspl01"u8;

    /// <summary>Completes a record whose content was written behind the prefix.</summary>
    /// <param name="record">The prefix and the content.</param>
    public static void Seal(Span<byte> record)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record, Mark);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], record.Length - Prefix);
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], Sum(record));
    }

    /// <summary>Checks what begins at the beginning of the bytes.</summary>
    /// <param name="bytes">The bytes from the supposed record on.</param>
    /// <param name="length">The length of the record with its prefix: of the whole record, if it is incomplete.</param>
    public static RecordState Check(ReadOnlySpan<byte> bytes, out int length)
    {
        length = Prefix;
        if (bytes.Length < Prefix) return RecordState.Incomplete;
        var content = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark || content is < 0 or > MaxContent) return RecordState.Damaged;
        length = Prefix + content;
        if (bytes.Length < length) return RecordState.Incomplete;
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == Sum(bytes[..length]) ? RecordState.Whole : RecordState.Damaged;
    }

    /// <summary>Finds the next whole record.</summary>
    /// <returns>Its offset; -1 when there is none.</returns>
    public static int FindNext(ReadOnlySpan<byte> bytes)
    {
        Span<byte> mark = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(mark, Mark);
        for (var at = 0; bytes[at..].IndexOf(mark) is var next and >= 0; at += next + 1)
            if (Check(bytes[(at + next)..], out _) == RecordState.Whole) return at + next;
        return -1;
    }

    private static uint Sum(ReadOnlySpan<byte> record) => Checksum.Continue(Checksum.Of(record[4..8]), record[Prefix..]);
}

/// <summary>The state of a record in a segment.</summary>
internal enum RecordState
{
    /// <summary>It is complete and unchanged.</summary>
    Whole,

    /// <summary>Its end is missing.</summary>
    Incomplete,

    /// <summary>It is none, or was changed.</summary>
    Damaged,
}
