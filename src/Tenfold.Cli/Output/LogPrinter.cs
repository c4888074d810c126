using System.Text.Json;
using Tenfold.Core.Attempts;

namespace Tenfold.Cli.Output;

/// <summary>Prints log records as a script's lines, in memory that does not grow with the log.</summary>
/// <param name="writer">Where to.</param>
/// <param name="times">True to put the time before each line.</param>
/// <param name="json">True for a JSON object for each record.</param>
internal sealed class LogPrinter(TextWriter writer, bool times, bool json) : IDisposable
{
    private readonly byte[] _buffer = new byte[LogLine.MaxTextBytes * 4];
    private bool _inLine;

    /// <summary>Prints the whole records of a stream.</summary>
    /// <returns>How many bytes of it were printed; a record that is not yet whole is left for the next time.</returns>
    public async Task<long> PrintAsync(Stream stream, CancellationToken cancellationToken)
    {
        long printed = 0;
        int held = 0, read;
        while ((read = await stream.ReadAsync(_buffer.AsMemory(held), cancellationToken)) > 0)
        {
            var used = Print(_buffer.AsSpan(0, held + read));
            printed += used;
            held = held + read - used;
            _buffer.AsSpan(used, held).CopyTo(_buffer);
        }

        await writer.FlushAsync(cancellationToken);
        return printed;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_inLine) writer.WriteLine();
        writer.Flush();
    }

    private int Print(ReadOnlySpan<byte> bytes)
    {
        var used = 0;
        for (int end; (end = bytes[used..].IndexOf((byte)'\n')) >= 0; used += end + 1)
            if (LogLine.Parse(bytes.Slice(used, end)) is { } line) Print(line);
        return used;
    }

    private void Print(LogLine line)
    {
        if (json)
        {
            writer.WriteLine(JsonSerializer.Serialize(new LogView(line.At, line.Source switch { 'o' => "out", 'e' => "err", _ => "tenfold" }, line.Text), LineJson.Default.LogView));
            return;
        }

        if (!_inLine && times) writer.Write($"{line.At.ToLocalTime():HH:mm:ss.fff} ");
        if (!_inLine && line.Source == 't') writer.Write("[tenfold] ");
        writer.Write(line.Text);
        if (!line.GoesOn) writer.WriteLine();
        _inLine = line.GoesOn;
    }
}

/// <summary>Finds where the last lines of a log begin.</summary>
internal static class LogTail
{
    /// <summary>The offset of the record with which the last <paramref name="lines"/> begin.</summary>
    public static async Task<long> OffsetAsync(Core.Store.IStore store, string folder, int lines, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenSegmentsAsync(folder, 0, cancellationToken);
        var starts = new Queue<long>();
        var buffer = new byte[64 * 1024];
        long at = 0;
        var atStart = true;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0; at += read)
        {
            for (var i = 0; i < read; i++)
            {
                if (atStart) starts.Enqueue(at + i);
                if (starts.Count > Math.Max(1, lines)) starts.Dequeue();
                atStart = buffer[i] == '\n';
            }
        }

        return lines < 1 || starts.Count == 0 ? at : starts.Peek();
    }
}
