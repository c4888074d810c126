using System.Buffers.Text;
using System.Text;

namespace Tenfold.Core.Attempts;

/// <summary>
/// A record of an attempt's log: Unix milliseconds, a space, the source, a space, the script's own bytes, and a line feed. The source is
/// <c>o</c> for standard output, <c>e</c> for standard error and <c>t</c> for Tenfold itself. A very long line is cut into several records:
/// a capital letter says that the line continues in the next record of its source.
/// </summary>
/// <param name="At">When the line was read.</param>
/// <param name="Source">The source: o, e or t.</param>
/// <param name="GoesOn">True when the script's line continues in the next record of its source.</param>
/// <param name="Text">The script's text; bytes that are not UTF-8 show as U+FFFD.</param>
public sealed record LogLine(DateTimeOffset At, char Source, bool GoesOn, string Text)
{
    /// <summary>The most bytes that the text of one record has.</summary>
    public const int MaxTextBytes = 32 * 1024;

    // The last millisecond of the year 9999, which is the latest time that .NET has.
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>Parses a record without its line feed; null when it isn't a record.</summary>
    public static LogLine? Parse(ReadOnlySpan<byte> record)
    {
        if (!Utf8Parser.TryParse(record, out long at, out var used) || at is < 0 or > MaxMilliseconds) return null;
        if (record.Length < used + 3 || record[used] != ' ') return null;
        var source = (char)record[used + 1];
        var text = Encoding.UTF8.GetString(record[(used + 3)..]);
        return new LogLine(DateTimeOffset.FromUnixTimeMilliseconds(at), char.ToLowerInvariant(source), char.IsUpper(source), text);
    }
}
