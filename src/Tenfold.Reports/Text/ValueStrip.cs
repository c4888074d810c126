using System.Globalization;
using System.Text;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>A group in a strip of several groups.</summary>
/// <param name="Label">The name of the group. A long name is truncated, and control characters are replaced.</param>
/// <param name="Summary">The values of the group; null when none counts.</param>
public sealed record StripGroup(string Label, Summary? Summary)
{
    /// <summary>Where the values lie; null for their mean.</summary>
    public CentralValue? Location { get; init; }

    /// <summary>The summary with the location in place of the mean.</summary>
    internal Summary? Shown => Location is { } location && Summary is { } summary
        ? summary with { Mean = location.Value, Interval = location.Interval } : Summary;

    internal string Word => StatisticText.Name(Location?.Statistic ?? LocationStatistic.Mean);
}

/// <summary>Draws values for the terminal as a strip of dots, with the mean and its interval below. Each line fits the width.</summary>
/// <remarks>
/// A cell with one value shows a dot, and a cell with up to nine values shows their count. When a cell has more values, all cells become
/// bars (in ASCII: from <c>.</c> to <c>@</c>), and a text gives the tallest bar. All characters are one cell wide in monospaced fonts.
/// </remarks>
public static class ValueStrip
{
    private const int MinWidth = 24;

    /// <summary>Draws one group: the ends of the axis, the dots, and the interval with the mean.</summary>
    /// <param name="summary">The values.</param>
    /// <param name="width">The number of columns; at least 24.</param>
    /// <param name="ascii">True for a terminal without Unicode.</param>
    public static IReadOnlyList<string> Render(Summary summary, int width, bool ascii = false)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var scale = new Scale([summary], Math.Max(width, MinWidth));
        return [scale.Ends(), .. Rows(summary, "mean", scale, ascii)];
    }

    /// <summary>Draws several groups on one axis: for each its name, dots, and interval with the mean; then the ends of the axis.</summary>
    /// <param name="groups">The groups, at least one.</param>
    /// <param name="width">The number of columns; at least 24.</param>
    /// <param name="ascii">True for a terminal without Unicode.</param>
    public static IReadOnlyList<string> Compare(IReadOnlyList<StripGroup> groups, int width, bool ascii = false)
    {
        ArgumentNullException.ThrowIfNull(groups);
        width = Math.Max(width, MinWidth);
        var scale = new Scale([.. groups.Select(group => group.Shown).OfType<Summary>()], width);
        var lines = new List<string>();
        foreach (var group in groups)
        {
            lines.Add(Fitted(group.Label, width, ascii));
            if (group.Shown is { } summary) lines.AddRange(Rows(summary, group.Word, scale, ascii));
            else lines.Add("  (no value)");
        }

        if (!scale.IsEmpty) lines.Add(scale.Ends());
        return lines;
    }

    private static IEnumerable<string> Rows(Summary summary, string word, Scale scale, bool ascii)
    {
        var counts = new int[scale.Width];
        foreach (var value in summary.Values) counts[scale.Cell(value)]++;
        var most = counts.Max();
        yield return string.Concat(counts.Select(count => Sign(count, most, ascii))).TrimEnd();

        var mean = $"{word} {Numbers.Format(summary.Mean, scale.Spread)}";
        if (summary.Interval is { } interval && interval.High > interval.Low)
        {
            var confidence = Numbers.Percent(summary.Confidence);
            mean += IsLopsided(summary.Mean, interval)
                ? $" ({confidence}: {Numbers.Format(interval.Low, scale.Spread)} to {Numbers.Format(interval.High, scale.Spread)})"
                : $" {(ascii ? "+/-" : "±")} {Half(interval, scale.Spread)} ({confidence})";
        }

        if (most > 9) mean += $", tallest: {most} runs";
        foreach (var line in WithText(IntervalLine(summary, scale, ascii), mean, scale.Width)) yield return line;
    }

    // Half the width of such an interval would be true of neither side.
    private static bool IsLopsided(double mean, Interval interval) =>
        Math.Abs(interval.High - mean - (mean - interval.Low)) > 0.01 * (interval.High - interval.Low);

    private static string Half(Interval interval, double? spread)
    {
        var half = interval.High / 2 - interval.Low / 2;
        return Numbers.Format(half, spread is { } s ? Math.Min(s, half) : half);
    }

    private static char Sign(int count, int most, bool ascii) => (count, most) switch
    {
        (0, _) => ' ',
        (1, <= 9) => ascii ? 'o' : '•',
        (_, <= 9) => (char)('0' + count),
        _ => ascii ? ".:-=+*#%@"[(count * 9 - 1) / most] : "▁▂▃▄▅▆▇█"[(count * 8 - 1) / most],
    };

    private static string IntervalLine(Summary summary, Scale scale, bool ascii)
    {
        var line = Enumerable.Repeat(' ', scale.Width).ToArray();
        if (summary.Interval is { } interval)
        {
            var (low, high) = (scale.Cell(interval.Low), scale.Cell(interval.High));
            line.AsSpan(low, high - low + 1).Fill(ascii ? '-' : '─');
            (line[low], line[high]) = ascii ? ('|', '|') : ('├', '┤');
        }

        line[scale.Cell(summary.Mean)] = ascii ? '+' : '┼';
        return new string(line).TrimEnd();
    }

    /// <summary>Puts the text to the right of the interval. Without room there, it goes to the left, or else below.</summary>
    private static IEnumerable<string> WithText(string line, string text, int width)
    {
        var start = line.Length - line.TrimStart().Length;
        if (line.Length + 2 + text.Length <= width) return [$"{line}  {text}"];
        if (text.Length + 2 <= start) return [text.PadLeft(start - 2) + line[(start - 2)..]];
        return text.Length <= width ? [line, new string(' ', Math.Min(start, width - text.Length)) + text] : [line, text[..width]];
    }

    private static string Fitted(string label, int width, bool ascii)
    {
        var (text, used, ellipsis) = (new StringBuilder(), 0, ascii ? "..." : "…");
        var fit = 0;
        foreach (var rune in label.EnumerateRunes())
        {
            var isKept = IsShown(rune) && (!ascii || rune.IsAscii);
            // Characters from Hangul on, and emoji, count as two cells. So a line may end early, but is never too long.
            used += isKept && rune.Value >= 0x1100 ? 2 : 1;
            if (used > width) return text.ToString(0, fit) + ellipsis;
            text.Append(isKept ? rune.ToString() : "?");
            if (used <= width - ellipsis.Length) fit = text.Length;
        }

        return text.ToString();
    }

    private static bool IsShown(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not
            (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Maps values to cells. The first cell is the smallest value or interval end, the last the largest.</summary>
    private sealed class Scale
    {
        private readonly double _low;
        private readonly double _high;

        public Scale(IReadOnlyList<Summary> groups, int width)
        {
            Width = width;
            IsEmpty = groups.Count == 0;
            if (IsEmpty) return;
            _low = groups.Min(group => Math.Min(group.Min, group.Interval?.Low ?? group.Min));
            _high = groups.Max(group => Math.Max(group.Max, group.Interval?.High ?? group.Max));
            var spread = groups.Max(group => group.StandardDeviation ?? 0);
            Spread = spread > 0 ? spread : _high > _low ? _high / 2 - _low / 2 : null;
        }

        public int Width { get; }

        public bool IsEmpty { get; }

        public double? Spread { get; }

        /// <summary>The cell of a value; the middle one when all values are equal.</summary>
        public int Cell(double value)
        {
            if (_high <= _low) return Width / 2;
            var share = (value / 2 - _low / 2) / (_high / 2 - _low / 2);
            return double.IsFinite(share) ? Math.Clamp((int)Math.Round(share * (Width - 1)), 0, Width - 1) : Width / 2;
        }

        /// <summary>A line with the values of the first and the last cell; one value in the middle when both are equal.</summary>
        public string Ends()
        {
            var (low, high) = (Numbers.Format(_low, Spread), Numbers.Format(_high, Spread));
            if (_high <= _low || low.Length + high.Length + 1 > Width) return low.PadLeft(Math.Min(Width, Width / 2 + low.Length / 2 + 1));
            return low + high.PadLeft(Width - low.Length);
        }
    }
}
