using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Output;

namespace Tenfold.App.Logs;

/// <summary>
/// Assembles lines from a log's records. Each stream has lines of its own, so that a line of one stream never joins a piece of another's.
/// Memory does not grow with a line's length: a very long line is passed on in pieces.
/// </summary>
/// <param name="isRaw">
/// True for lines as the script wrote them; false for what a terminal would show of each line in the end, without colours and control
/// characters.
/// </param>
internal sealed class LogAssembler(bool isRaw)
{
    private const int LongestRaw = 1 << 20, LongestShown = TerminalLine.MaxColumns / 2, Slice = 4096;

    private readonly Dictionary<char, Unfinished> _lines = [];
    private char? _open; // the stream of which a piece was passed on last
    private long _begun;

    /// <summary>True when no line is unfinished.</summary>
    public bool IsClean => _open is null && _lines.Values.All(line => line.IsEmpty);

    /// <summary>Adds a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="into">Receives the lines and pieces that the record completes.</param>
    public void Add(LogLine record, List<LogText> into)
    {
        var text = !record.GoesOn && record.Text.EndsWith('\r') ? record.Text[..^1] : record.Text;
        if (!_lines.TryGetValue(record.Source, out var line)) _lines[record.Source] = line = new Unfinished();
        if (!record.GoesOn && line.IsEmpty && (isRaw || TerminalLine.IsPlain(text)))
        {
            Pass(record.At, record.Source, text, ends: true, into);
            return;
        }

        if (line.IsEmpty) line.Began = _begun++;
        line.At = record.At;
        if (isRaw) AppendRaw(record, text, line, into);
        else AppendShown(record, text, line, into);
        if (!record.GoesOn) End(record.Source, line, into);
    }

    /// <summary>The unfinished lines, each as a line of its own.</summary>
    public IReadOnlyList<LogText> Waiting() =>
        [.. Unended()
            .Select(line => new LogText(line.Value.At, line.Key, TextOf(line.Value), Starts: true, Ends: true))];

    /// <summary>Ends all lines.</summary>
    public void End(List<LogText> into)
    {
        foreach (var (source, line) in Unended()) End(source, line, into);
        if (_open is { } open) Pass(_lines[open].At, open, "", ends: true, into);
    }

    private List<KeyValuePair<char, Unfinished>> Unended() =>
        [.. _lines.Where(line => !line.Value.IsEmpty).OrderBy(line => line.Value.Began)];

    private void AppendRaw(LogLine record, string text, Unfinished line, List<LogText> into)
    {
        line.Raw.Append(text);
        if (!record.GoesOn || line.Raw.Length < LongestRaw) return;
        Pass(record.At, record.Source, line.Raw.ToString(), ends: false, into);
        line.Raw.Clear();
    }

    private void AppendShown(LogLine record, string text, Unfinished line, List<LogText> into)
    {
        for (var at = 0; at < text.Length; at += Slice)
        {
            line.Shown.Append(text.AsSpan(at, Math.Min(Slice, text.Length - at)));
            if (line.Shown.Columns >= LongestShown) Pass(record.At, record.Source, line.Shown.Take(), ends: false, into);
        }
    }

    private void End(char source, Unfinished line, List<LogText> into)
    {
        var text = TextOf(line);
        Pass(line.At, source, text.EndsWith('\r') ? text[..^1] : text, ends: true, into);
        line.Raw.Clear();
        line.Shown.Clear();
    }

    private string TextOf(Unfinished line) => isRaw ? line.Raw.ToString() : line.Shown.ToString();

    private void Pass(DateTimeOffset at, char source, string text, bool ends, List<LogText> into)
    {
        into.Add(new LogText(at, source, text, Starts: _open != source, ends));
        _open = ends ? null : source;
    }

    private sealed class Unfinished
    {
        public StringBuilder Raw { get; } = new();

        public TerminalLine Shown { get; } = new();

        public DateTimeOffset At { get; set; }

        public long Began { get; set; }

        public bool IsEmpty => Raw.Length == 0 && Shown.IsEmpty;
    }
}

/// <summary>A line of a log, or a piece of a very long one.</summary>
/// <param name="At">When it was complete.</param>
/// <param name="Source">The source: o, e or t.</param>
/// <param name="Text">The text, without a line end.</param>
/// <param name="Starts">
/// True when the text begins a line. After a line of another source, the rest of an unfinished line begins a new one.
/// </param>
/// <param name="Ends">False when the line continues in the next piece of its source.</param>
public sealed record LogText(DateTimeOffset At, char Source, string Text, bool Starts, bool Ends);
