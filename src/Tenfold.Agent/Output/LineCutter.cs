using Tenfold.Core.Attempts;
using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>Handles the lines of a stream.</summary>
/// <param name="text">A line without its line feed, or a piece of one.</param>
/// <param name="goesOn">True when the next call continues the line.</param>
public delegate void LineHandler(ReadOnlySpan<byte> text, bool goesOn);

/// <summary>
/// Cuts a stream into lines at its line feeds, in memory that does not grow with the lines: a line that is long or late comes in pieces,
/// none of which ends within a letter.
/// </summary>
/// <param name="take">Takes the lines in order.</param>
public sealed class LineCutter(LineHandler take)
{
    private readonly byte[] _held = new byte[LogLine.MaxTextBytes];
    private int _count;
    private bool _isInLine;

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            while (_count + line.Length > LogLine.MaxTextBytes)
            {
                var room = LogLine.MaxTextBytes - _count;
                line[..room].CopyTo(_held.AsSpan(_count));
                _count += room;
                line = line[room..];
                TakePiece();
            }

            if (end < 0)
            {
                line.CopyTo(_held.AsSpan(_count));
                _count += line.Length;
                return;
            }

            if (_count == 0) take(line, goesOn: false);
            else
            {
                line.CopyTo(_held.AsSpan(_count));
                take(_held.AsSpan(0, _count + line.Length), goesOn: false);
            }

            (_count, _isInLine) = (0, false);
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>Passes on the beginning of an unfinished line.</summary>
    public void Flush()
    {
        if (_count > 0) TakePiece();
    }

    /// <summary>Ends the stream; the last line needs no line feed.</summary>
    public void End()
    {
        if (_count > 0 || _isInLine) take(_held.AsSpan(0, _count), goesOn: false);
        (_count, _isInLine) = (0, false);
    }

    private void TakePiece()
    {
        var unfinished = PlainText.UnfinishedBytes(_held.AsSpan(0, _count));
        if (unfinished == _count) return;
        take(_held.AsSpan(0, _count - unfinished), goesOn: true);
        _held.AsSpan(_count - unfinished, unfinished).CopyTo(_held);
        (_count, _isInLine) = (unfinished, true);
    }
}
