using System.Text;
using Tenfold.Core.Output;

namespace Tenfold.Cli.Output;

/// <summary>A table of plain text in aligned columns, without rules, so that other programs can read it too.</summary>
/// <param name="headings">The columns' headings. A column whose heading ends in <c>&gt;</c> is aligned to the right.</param>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading.TrimEnd('>'))]];

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
        foreach (var row in _rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0) line.Append("  ");
                line.Append(
                    headings[i].EndsWith('>') ? row[i].PadLeft(widths[i]) : i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i]));
            }

            var text = line.ToString().TrimEnd();
            writer.WriteLine(width is { } edge && edge > 20 && text.Length > edge ? text[..(edge - 1)] + "…" : text);
        }
    }

    private static string Clean(string cell) =>
        PlainText.Of(cell).Replace('\n', ' ').Replace('\t', ' ');
}
