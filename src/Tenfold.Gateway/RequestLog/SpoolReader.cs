using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>Reads a spool's records in order.</summary>
/// <remarks>
/// A bad place inside a segment is skipped up to the next whole record and counted as damaged, and the segment is preserved. An unfinished
/// record at the end of a segment is counted as torn: its writer was ended before anybody was told that it was recorded.
/// </remarks>
/// <param name="folder">The spool.</param>
/// <param name="maxRecords">The most records of a read.</param>
/// <param name="maxBytes">The most bytes of a read, unless a single record is larger.</param>
internal sealed class SpoolReader(SpoolFolder folder, int maxRecords, int maxBytes)
{
    private byte[] _bytes = [];

    /// <summary>Reads records of one segment from a position on.</summary>
    /// <param name="from">The position; null for the beginning of the spool.</param>
    /// <param name="end">The end of what is written. Segments before it are complete.</param>
    /// <returns>The records, with the position behind them, which is in a later segment once a segment is read to its end; null when
    /// there is no segment from the position on. Their bodies are valid until the next read.</returns>
    /// <exception cref="IOException">A segment can't be read.</exception>
    public SpoolRead? Read(SpoolPosition? from, SpoolPosition end)
    {
        var at = from ?? default;
        foreach (var (segment, sizeBytes) in folder.ListSegments())
        {
            if (segment < at.Segment) continue;
            var isLive = segment >= end.Segment;
            var stop = isLive ? Math.Min(end.Offset, sizeBytes) : sizeBytes;
            var offset = segment == at.Segment ? at.Offset : 0;
            // A complete segment that is read to its end is followed by the next.
            if (offset >= stop && !isLive) continue;
            return offset >= stop ? new SpoolRead(new SpoolPosition(segment, offset)) : ReadSegment(segment, offset, stop);
        }

        return null;
    }

    private SpoolRead ReadSegment(long segment, long offset, long stop)
    {
        using var file = File.OpenHandle(folder.FileOf(segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (offset == 0)
        {
            Span<byte> header = stackalloc byte[SpoolFormat.Header.Length];
            // The process ended before it had written the header.
            if (stop < header.Length) return new SpoolRead(new SpoolPosition(segment, stop)) { Torn = stop > 0 ? 1 : 0 };
            RandomAccess.Read(file, header, 0);
            if (!header.SequenceEqual(SpoolFormat.Header))
                throw new IOException($"{folder.FileOf(segment)} was not written by this version of tenfold: upgrade, or move it aside");
            offset = header.Length;
            if (offset == stop) return new SpoolRead(new SpoolPosition(segment, offset));
        }

        for (long size = maxBytes; ;)
        {
            var bytes = Bytes(file, offset, (int)Math.Min(size, stop - offset));
            var read = Parse(bytes, segment, offset, isAll: offset + bytes.Length >= stop, out var needed);
            if (needed <= bytes.Length) return read;
            size = Math.Min(needed, stop - offset);
        }
    }

    private SpoolRead Parse(Memory<byte> bytes, long segment, long offset, bool isAll, out int needed)
    {
        var (at, torn, damaged) = (0, 0, 0);
        var (requests, feedback) = (new List<LoggedRequest>(), new List<Feedback>());
        needed = 0;
        while (at < bytes.Length && requests.Count + feedback.Count < maxRecords)
        {
            var state = SpoolFormat.Check(bytes.Span[at..], out var length);
            if (state == RecordState.Whole)
            {
                var content = bytes.Slice(at + SpoolFormat.Prefix, length - SpoolFormat.Prefix);
                if (!RequestCodec.TryRead(content, out var request, out var one)) damaged++;
                else if (request is not null) requests.Add(request);
                else feedback.Add(one!);
                at += length;
                continue;
            }

            if (state == RecordState.Incomplete && !isAll)
            {
                // The rest of the record is behind these bytes.
                needed = at == 0 ? length : 0;
                break;
            }

            var next = SpoolFormat.FindNext(bytes.Span[(at + 1)..]);
            if (next < 0 && state == RecordState.Incomplete) torn++;
            else damaged++;
            // Without a whole record in these bytes, one may begin at their end.
            at = next >= 0 ? at + 1 + next : isAll ? bytes.Length : Math.Max(at + 1, bytes.Length - SpoolFormat.Prefix);
        }

        if (damaged > 0) folder.Preserve(segment);
        return new SpoolRead(new SpoolPosition(segment, offset + at))
        {
            Requests = requests,
            Feedback = feedback,
            Torn = torn,
            Damaged = damaged,
        };
    }

    // The bodies of the requests are parts of one array. A single record that is larger gets an array of its own.
    private Memory<byte> Bytes(SafeFileHandle file, long offset, int length)
    {
        if (length > _bytes.Length && length <= maxBytes) _bytes = GC.AllocateUninitializedArray<byte>(length);
        var bytes = length <= maxBytes ? _bytes.AsMemory(0, length) : GC.AllocateUninitializedArray<byte>(length);
        var read = 0;
        while (read < length && RandomAccess.Read(file, bytes.Span[read..], offset + read) is var count and > 0) read += count;
        return bytes[..read];
    }
}

/// <summary>Records that were read.</summary>
/// <param name="To">The position behind them.</param>
internal sealed record SpoolRead(SpoolPosition To)
{
    /// <summary>The requests.</summary>
    public IReadOnlyList<LoggedRequest> Requests { get; init; } = [];

    /// <summary>The feedback.</summary>
    public IReadOnlyList<Feedback> Feedback { get; init; } = [];

    /// <summary>Unfinished records at the end of the segment.</summary>
    public int Torn { get; init; }

    /// <summary>Places that could not be read.</summary>
    public int Damaged { get; init; }

    /// <summary>The number of records.</summary>
    public int Count => Requests.Count + Feedback.Count;
}
