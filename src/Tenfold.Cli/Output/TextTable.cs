using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Output;

/// <summary>A table of plain text in aligned columns, without rules, so that other programs can read it too.</summary>
/// <param name="headings">
/// The columns' headings. A column whose heading ends in <c>&gt;</c> is aligned to the right. A column whose heading begins with
/// <c>?</c> is left out, the last of them first, when the last column of all would have no room at the terminal's edge.
/// </param>
internal sealed class TextTable(params string[] headings)
{
    // What the last column needs to say something.
    private const int LastColumn = 24;

    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimStart('?').TrimEnd('>'))]];

    /// <summary>True while the table has only its headings.</summary>
    public bool IsEmpty => _rows.Count == 1;

    /// <summary>Adds a row. Null shows as a dash, and control characters become spaces.</summary>
    public void Add(params string?[] cells) =>
        _rows.Add([.. headings.Select((_, i) => i >= cells.Length ? "" : cells[i] is null or "" ? "-" : Clean(cells[i]!))]);

    /// <summary>Writes the table. Rows are cut at the terminal's edge.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="width">The terminal's width; null to cut nothing.</param>
    public void Write(TextWriter writer, int? width = null)
    {
        var widths = new int[headings.Length];
        foreach (var row in _rows)
            for (var i = 0; i < row.Length; i++) widths[i] = Math.Max(widths[i], row[i].Length);
        var shown = Fit(widths, width);
        foreach (var row in _rows)
        {
            var line = new StringBuilder();
            foreach (var i in shown)
            {
                if (line.Length > 0) line.Append("  ");
                line.Append(
                    headings[i].EndsWith('>') ? row[i].PadLeft(widths[i]) : i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i]));
            }

            var text = line.ToString().TrimEnd();
            writer.WriteLine(width is { } edge && edge > 20 && text.Length > edge ? text[..(edge - 1)] + "…" : text);
        }
    }

    // The columns that are shown.
    private List<int> Fit(int[] widths, int? width)
    {
        List<int> shown = [.. Enumerable.Range(0, headings.Length)];
        var last = Math.Min(widths[^1], LastColumn);
        while (width is { } edge && shown.SkipLast(1).Sum(i => widths[i] + 2) + last > edge)
        {
            var least = shown.FindLastIndex(i => headings[i].StartsWith('?'));
            if (least < 0) break;
            shown.RemoveAt(least);
        }

        return shown;
    }

    private static string Clean(string cell) =>
        PlainText.Of(cell).Replace('\n', ' ').Replace('\t', ' ');
}
