using Tenfold.Core.Attempts;

namespace Tenfold.App.Logs;

/// <summary>Reads whole records from a log's stream.</summary>
/// <param name="stream">The stream.</param>
internal sealed class LogRecords(Stream stream)
{
    private readonly byte[] _buffer = new byte[LogLine.MaxTextBytes * 4];
    private int _held;

    /// <summary>How many bytes have been read as whole records.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Reads the next records, possibly none.</summary>
    /// <param name="take">Receives each record, and the offset of its end in the stream.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False at the end of the stream.</returns>
    public async Task<bool> ReadAsync(Action<LogLine, long> take, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAsync(_buffer.AsMemory(_held), cancellationToken);
        if (read == 0) return false;
        var used = Parse(_buffer.AsSpan(0, _held + read), take);
        ReadBytes += used;
        _held = _held + read - used;
        _buffer.AsSpan(used, _held).CopyTo(_buffer);
        // No agent writes such a record. It is skipped, so that the rest of the log can be read.
        if (_held == _buffer.Length) (_held, ReadBytes) = (0, ReadBytes + _held);
        return true;
    }

    private int Parse(ReadOnlySpan<byte> bytes, Action<LogLine, long> take)
    {
        var used = 0;
        for (int end; (end = bytes[used..].IndexOf((byte)'\n')) >= 0; used += end + 1)
        {
            if (LogLine.Parse(bytes.Slice(used, end)) is { } line) take(line, ReadBytes + used + end + 1);
        }

        return used;
    }
}
