using System.Globalization;
using System.Text;

namespace Tenfold.Core.Output;

/// <summary>
/// Text of scripts and users as a person reads it: no control characters, no colours, rewritten lines in their last form.
/// </summary>
public static class PlainText
{
    private const int Slice = 4096;

    /// <summary>The text as a terminal would show it: each of its lines on its own.</summary>
    /// <param name="text">Any text; lines end at a line feed.</param>
    /// <returns>The text itself when there is nothing in it that a terminal would obey. Line feeds and tabs stay.</returns>
    public static string Of(string text)
    {
        if (TerminalLine.IsPlain(text, hasLines: true)) return text;
        var shown = new StringBuilder(text.Length);
        var line = new TerminalLine();
        foreach (var part in text.AsSpan().Split('\n'))
        {
            if (part.Start.Value > 0) shown.Append('\n');
            AppendLine(text.AsSpan()[part], line, shown);
        }

        return shown.ToString();
    }

    /// <summary>
    /// The text with every character that a terminal would obey, and every sign that changes the direction of text, written as
    /// <c>\uXXXX</c>: JSON stays the same JSON.
    /// </summary>
    /// <returns>The text itself when there is none. Line feeds and tabs stay.</returns>
    public static string Escape(string text)
    {
        if (TerminalLine.IsPlain(text, hasLines: true)) return text;
        var shown = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (TerminalLine.IsPlain([c], hasLines: true)) shown.Append(c);
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return shown.ToString();
    }

    /// <summary>Appends a line as a terminal would show it. The part that is longer than a terminal's line is not lost.</summary>
    /// <param name="text">The line.</param>
    /// <param name="line">Shows it; empty before and after.</param>
    /// <param name="into">Gets it.</param>
    internal static void AppendLine(ReadOnlySpan<char> text, TerminalLine line, StringBuilder into)
    {
        while (text.Length > 0)
        {
            var slice = text[..Math.Min(text.Length, Slice)];
            line.Append(slice);
            text = text[slice.Length..];
            if (line.Columns >= TerminalLine.MaxColumns / 2) into.Append(line.Take());
        }

        into.Append(line);
        line.Clear();
    }

    /// <summary>The beginning of UTF-8 text, at most so many bytes, and never half a letter.</summary>
    public static ReadOnlySpan<byte> Start(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length <= maxBytes) return text;
        var length = maxBytes;
        while (length > Math.Max(0, maxBytes - 3) && (text[length] & 0xc0) == 0x80) length--;
        return (text[length] & 0xc0) == 0x80 ? text[..maxBytes] : text[..length];
    }

    /// <summary>How many bytes at the end of UTF-8 text are the beginning of a letter whose rest is missing; 0 to 3.</summary>
    public static int UnfinishedBytes(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= Math.Min(3, text.Length); back++)
        {
            var b = text[^back];
            if ((b & 0xc0) == 0x80) continue;
            var length = b switch { >= 0xf0 and < 0xf8 => 4, >= 0xe0 => 3, >= 0xc2 => 2, _ => 1 };
            return b < 0xf8 && length > back ? back : 0;
        }

        return 0;
    }
}
