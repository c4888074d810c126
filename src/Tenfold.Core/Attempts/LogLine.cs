using System.Buffers.Text;
using System.Text;

namespace Tenfold.Core.Attempts;

/// <summary>
/// A line of an attempt's log as it stands in the segments: Unix milliseconds, a space, the source, a space, the script's own bytes, and a
/// line feed. The source is <c>o</c> for standard output, <c>e</c> for standard error and <c>t</c> for Tenfold itself; a capital letter says
/// that the line goes on in the next record of the same source (very long lines are cut).
/// </summary>
/// <param name="At">When it came.</param>
/// <param name="Source">The source: o, e or t.</param>
/// <param name="GoesOn">True when the script's line does not end here.</param>
/// <param name="Text">The script's bytes; what is not UTF-8 shows as U+FFFD.</param>
public sealed record LogLine(DateTimeOffset At, char Source, bool GoesOn, string Text)
{
    /// <summary>Bytes of one record's text at most.</summary>
    public const int MaxTextBytes = 32 * 1024;

    // The last millisecond of the year 9999: what is beyond is no time, and no record.
    private const long MaxMilliseconds = 253_402_300_799_999;

    /// <summary>Reads a record, without its line feed; null when it is none.</summary>
    public static LogLine? Parse(ReadOnlySpan<byte> record)
    {
        if (!Utf8Parser.TryParse(record, out long at, out var used) || record.Length < used + 3 || record[used] != ' ' || at is < 0 or > MaxMilliseconds) return null;
        var source = (char)record[used + 1];
        var text = Encoding.UTF8.GetString(record[(used + 3)..]);
        return new LogLine(DateTimeOffset.FromUnixTimeMilliseconds(at), char.ToLowerInvariant(source), char.IsUpper(source), text);
    }
}
