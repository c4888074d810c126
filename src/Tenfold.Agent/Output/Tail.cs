using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Agent.Output;

/// <summary>
/// The last lines of an output, for a reason that a person can use; of a line that was rewritten, its last form. Safe for several threads
/// at once.
/// </summary>
public sealed class Tail
{
    private const int MaxLines = 12, MaxLineBytes = 400;
    private readonly Queue<string> _lines = new();
    private string? _unfinished;

    /// <summary>Adds an update of a line.</summary>
    public void Add(ReadOnlySpan<byte> text, UpdateEnd end)
    {
        var line = text.Trim(" \t"u8).IsEmpty ? null : Text(text);
        lock (_lines)
        {
            // A blank form erases nothing here: a bar that clears itself at its end leaves its last form.
            _unfinished = line ?? _unfinished;
            if (end == UpdateEnd.Rewritten || _unfinished is null) return;
            _lines.Enqueue(_unfinished);
            _unfinished = null;
            if (_lines.Count > MaxLines) _lines.Dequeue();
        }
    }

    /// <summary>The last lines, oldest first.</summary>
    public override string ToString()
    {
        lock (_lines) return string.Join('\n', _unfinished is null ? _lines : _lines.Append(_unfinished));
    }

    private static string Text(ReadOnlySpan<byte> text)
    {
        var start = PlainText.Start(text, MaxLineBytes);
        return PlainText.Of(Encoding.UTF8.GetString(start)) + (start.Length < text.Length ? "…" : "");
    }
}
