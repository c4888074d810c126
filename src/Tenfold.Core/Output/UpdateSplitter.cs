using System.Buffers;
using System.Text;

namespace Tenfold.Core.Output;

/// <summary>Handles the updates of a stream.</summary>
/// <param name="text">
/// What stands on the line at the end of the update, as UTF-8: without colours, control characters and a byte order mark. Of an update
/// that is too long, its beginning.
/// </param>
/// <param name="end">How the update ended.</param>
/// <param name="isTooLong">True when the update has more than <see cref="UpdateSplitter.MaxBytes"/>.</param>
public delegate void UpdateHandler(ReadOnlySpan<byte> text, UpdateEnd end, bool isTooLong);

/// <summary>How an update of a line ended.</summary>
public enum UpdateEnd
{
    /// <summary>By a carriage return, or a sequence that moves the cursor to another place: the line is written again.</summary>
    Rewritten,

    /// <summary>By a line feed.</summary>
    LineFeed,

    /// <summary>By the end of the stream.</summary>
    Stream,
}

/// <summary>
/// Splits a program's output into updates: the text of a line whenever the line ends or is about to be written again. An ordinary line
/// is one update; a progress bar is one for each time it is drawn. How the output is split over reads makes no difference.
/// </summary>
/// <param name="take">Takes the updates in order, empty ones too.</param>
public sealed class UpdateSplitter(UpdateHandler take)
{
    /// <summary>An update has at most this many bytes; the rest of a longer one is not kept.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly SearchValues<byte> Ends = SearchValues.Create("\n\r\x1b"u8);

    // All characters below the blank except the tab, and DEL.
    private static readonly SearchValues<byte> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Select(c => (byte)c), 0x7f]);

    private readonly ArrayBufferWriter<byte> _held = new(256);
    private readonly TerminalLine _line = new();
    private EscapeParser _escapes;
    private bool _isTooLong;

    /// <summary>Takes the next bytes of the stream.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_escapes.IsInside)
            {
                bytes = bytes[TakeEscape(bytes)..];
                continue;
            }

            var at = bytes.IndexOfAny(Ends);
            if (at < 0)
            {
                Hold(bytes);
                return;
            }

            if (bytes[at] == '\x1b')
            {
                Hold(bytes[..(at + 1)]);
                _escapes.Next('\x1b');
            }
            else
            {
                Finish(bytes[..at], bytes[at] == '\n' ? UpdateEnd.LineFeed : UpdateEnd.Rewritten);
            }

            bytes = bytes[(at + 1)..];
        }
    }

    /// <summary>Ends the stream: the text of an unfinished line is its last update.</summary>
    public void End()
    {
        _escapes = default;
        if (_held.WrittenCount > 0 || _isTooLong) Finish([], UpdateEnd.Stream);
    }

    // Returns how many bytes belong to the sequence. One that was interrupted stops before the byte that interrupted it.
    private int TakeEscape(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var part = _escapes.Next(bytes[i]);
            if (part == EscapePart.Text) return Held(bytes[..i]);
            if (part != EscapePart.End) continue;
            Hold(bytes[..(i + 1)]);
            if (MovesAway()) Finish([], UpdateEnd.Rewritten);
            return i + 1;
        }

        return Held(bytes);
    }

    private int Held(ReadOnlySpan<byte> bytes)
    {
        Hold(bytes);
        return bytes.Length;
    }

    // Up, down, to another line, or to this line's first column.
    private bool MovesAway() => _escapes.Final switch
    {
        'A' or 'B' or 'E' or 'F' or 'H' or 'f' => true,
        'G' or '`' => _escapes.Parameter is null or < 2,
        _ => false,
    };

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        var room = MaxBytes - _held.WrittenCount;
        if (bytes.Length > room) _isTooLong = true;
        _held.Write(bytes[..Math.Min(bytes.Length, room)]);
    }

    private void Finish(ReadOnlySpan<byte> text, UpdateEnd end)
    {
        if (_held.WrittenCount > 0 || text.Length > MaxBytes)
        {
            Hold(text);
            text = _held.WrittenSpan;
        }

        var isTooLong = _isTooLong;
        _isTooLong = false;
        if (isTooLong) text = text[..^PlainText.UnfinishedBytes(text)];
        take(Clean(text), end, isTooLong);
        _held.ResetWrittenCount();
    }

    private ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\ufeff"u8)) text = text[3..];
        if (!text.ContainsAny(Controls)) return text;
        var shown = new StringBuilder();
        PlainText.AppendLine(Encoding.UTF8.GetString(text), _line, shown);
        return Encoding.UTF8.GetBytes(shown.ToString());
    }
}
