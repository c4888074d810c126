using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Attempts;

namespace Tenfold.Agent.Output;

/// <summary>Handles the lines of a stream.</summary>
/// <param name="line">A line without its line feed, or a piece of one.</param>
/// <param name="isPiece">True when it is a piece of a line longer than <see cref="LogLine.MaxTextBytes"/>, its last piece included.</param>
/// <param name="goesOn">True when the next call continues the line.</param>
public delegate void LineHandler(ReadOnlySpan<byte> line, bool isPiece, bool goesOn);

/// <summary>Splits the output of a pipe into lines, on its own thread, in memory that does not grow with the lines.</summary>
public static class LineReader
{
    /// <summary>Reads to the end of the pipe.</summary>
    /// <param name="pipe">The reading end; closed at the end.</param>
    /// <param name="take">Called for each line, in order.</param>
    /// <returns>A task that completes at the end of the pipe.</returns>
    public static Task ReadAsync(SafeFileHandle pipe, LineHandler take)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var stream = new FileStream(pipe, FileAccess.Read, bufferSize: 0, isAsync: false);
                Read(stream, take);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, maxStackSize: 256 * 1024)
        { IsBackground = true, Name = "output" }.Start();
        return done.Task;
    }

    private static void Read(FileStream pipe, LineHandler take)
    {
        // An incomplete line stays at the buffer's start. It is never longer than one record.
        var buffer = new byte[LogLine.MaxTextBytes + (256 * 1024)];
        int held = 0, read;
        var inPieces = false;
        while ((read = pipe.Read(buffer.AsSpan(held))) > 0)
        {
            var rest = buffer.AsSpan(0, held + read);
            // The held bytes contain no line feed, so the search begins after them.
            for (var searched = held; ; searched = 0)
            {
                var end = rest[searched..].IndexOf((byte)'\n');
                if (end < 0) break;
                var line = rest[..(searched + end)];
                rest = rest[(searched + end + 1)..];
                inPieces = TakePieces(ref line, inPieces, take);
                take(line.Length > 0 && line[^1] == '\r' ? line[..^1] : line, inPieces, goesOn: false);
                inPieces = false;
            }

            inPieces = TakePieces(ref rest, inPieces, take);
            rest.CopyTo(buffer);
            held = rest.Length;
        }

        if (held > 0 || inPieces) take(buffer.AsSpan(0, held), inPieces, goesOn: false);
    }

    private static bool TakePieces(ref Span<byte> line, bool inPieces, LineHandler take)
    {
        while (line.Length > LogLine.MaxTextBytes)
        {
            var length = LengthOfPiece(line);
            take(line[..length], isPiece: true, goesOn: true);
            line = line[length..];
            inPieces = true;
        }

        return inPieces;
    }

    // Pieces are decoded one by one, so no character of several bytes may be cut in two. Bytes that are not UTF-8 may be cut anywhere.
    private static int LengthOfPiece(ReadOnlySpan<byte> line)
    {
        var length = LogLine.MaxTextBytes;
        while ((line[length] & 0xc0) == 0x80 && length > LogLine.MaxTextBytes - 4) length--;
        return (line[length] & 0xc0) == 0x80 ? LogLine.MaxTextBytes : length;
    }
}
