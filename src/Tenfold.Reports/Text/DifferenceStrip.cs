using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Text;

/// <summary>A difference to draw, with its interval.</summary>
/// <param name="Value">The difference.</param>
/// <param name="Interval">Its interval; null for none.</param>
public sealed record DrawnDifference(double Value, Interval? Interval);

/// <summary>
/// Draws differences for the terminal, one a line on a common axis with a line at zero: a forest plot. All characters are one cell wide.
/// </summary>
public static class DifferenceStrip
{
    private const int MinWidth = 16;

    /// <summary>Draws a line for each difference; each has the same width.</summary>
    /// <param name="differences">The differences, at least one.</param>
    /// <param name="width">The number of columns; at least 16.</param>
    /// <param name="ascii">True for a terminal without Unicode.</param>
    public static IReadOnlyList<string> Render(IReadOnlyList<DrawnDifference> differences, int width, bool ascii = false)
    {
        ArgumentNullException.ThrowIfNull(differences);
        width = Math.Max(width, MinWidth);
        double[] ends =
        [
            0, .. differences.Select(one => one.Value),
            .. differences.SelectMany(one => one.Interval is { } ends ? new[] { ends.Low, ends.High } : []),
        ];
        var (low, high) = (ends.Min(), ends.Max());
        return [.. differences.Select(one => Line(one, Cell, width, ascii))];

        int Cell(double value)
        {
            // Halves don't overflow.
            var share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
            return double.IsFinite(share) ? Math.Clamp((int)Math.Round(share * (width - 1)), 0, width - 1) : width / 2;
        }
    }

    private static string Line(DrawnDifference one, Func<double, int> cell, int width, bool ascii)
    {
        var line = Enumerable.Repeat(' ', width).ToArray();
        var zero = cell(0);
        line[zero] = ascii ? ':' : '┊';
        if (one.Interval is { } interval)
        {
            var (low, high) = (cell(interval.Low), cell(interval.High));
            for (var i = low; i <= high; i++) line[i] = i == zero ? (ascii ? '+' : '┼') : ascii ? '-' : '─';
            (line[low], line[high]) = ascii ? ('|', '|') : ('├', '┤');
        }

        line[cell(one.Value)] = ascii ? 'o' : '●';
        return new string(line);
    }
}
