using Tenfold.Core.Attempts;

namespace Tenfold.App.Logs;

/// <summary>Reads whole records from a log's stream.</summary>
/// <param name="stream">The stream.</param>
internal sealed class LogRecords(Stream stream)
{
    private readonly byte[] _buffer = new byte[LogLine.MaxTextBytes * 4];
    private int _held;

    /// <summary>The size of the complete records that were read so far.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Reads the next lines; possibly none, and null at the end of the stream.</summary>
    public async Task<List<LogLine>?> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await stream.ReadAsync(_buffer.AsMemory(_held), cancellationToken);
        if (read == 0) return null;
        var lines = new List<LogLine>();
        var used = Parse(_buffer.AsSpan(0, _held + read), lines);
        ReadBytes += used;
        _held = _held + read - used;
        _buffer.AsSpan(used, _held).CopyTo(_buffer);
        return lines;
    }

    private static int Parse(ReadOnlySpan<byte> bytes, List<LogLine> lines)
    {
        var used = 0;
        for (int end; (end = bytes[used..].IndexOf((byte)'\n')) >= 0; used += end + 1)
        {
            if (LogLine.Parse(bytes.Slice(used, end)) is { } line) lines.Add(line);
        }

        return used;
    }
}
