using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>How a dot is drawn.</summary>
public enum DotKind
{
    /// <summary>A filled dot, the default.</summary>
    Filled,

    /// <summary>A ring: the run took several attempts, or the value is not counted.</summary>
    Ring,

    /// <summary>A dashed ring: the run has not ended.</summary>
    Open,

    /// <summary>A cross: the run failed or was cancelled, or the trial was pruned.</summary>
    Cross,
}

/// <summary>One value in a row of a <see cref="StripChart"/>.</summary>
/// <param name="Value">The value on the axis.</param>
/// <param name="Hover">The text that appears when the reader points at the dot.</param>
/// <param name="Kind">How the dot is drawn.</param>
/// <param name="Pair">A thin line joins dots of neighbouring rows with the same key; null for no line.</param>
public sealed record Dot(double Value, string Hover, DotKind Kind = DotKind.Filled, long? Pair = null);

/// <summary>A row of a <see cref="StripChart"/>.</summary>
/// <param name="Label">The row's name.</param>
/// <param name="Facts">A line of facts under the name.</param>
/// <param name="Colour">The position of the group, which gives the colour.</param>
/// <param name="Dots">The row's values.</param>
/// <param name="Mean">A mark below the dots; null for none.</param>
/// <param name="Interval">A bar through the mark; null for none.</param>
/// <param name="IntervalHover">The text that appears when the reader points at the mark or the bar.</param>
public sealed record StripRow(
    string Label,
    string Facts,
    int Colour,
    IReadOnlyList<Dot> Dots,
    double? Mean = null,
    Interval? Interval = null,
    string? IntervalHover = null);

/// <summary>A chart of values, differences or durations: rows of dots on one horizontal axis, each with its mean and interval.</summary>
/// <remarks>
/// Horizontal positions are percentages and vertical positions are pixels, so the chart fits any width without scaling its text.
/// </remarks>
public static class StripChart
{
    private const double NominalWidth = 480;
    private const double HeaderHeight = 42;
    private const double BarHeight = 26;
    private const double MaxRoom = 40;

    /// <summary>Draws the chart.</summary>
    /// <param name="page">The page to draw on.</param>
    /// <param name="title">What the chart shows, for readers who can't see it.</param>
    /// <param name="description">The main result in a sentence, for readers who can't see the chart.</param>
    /// <param name="rows">The rows from top to bottom; at least one.</param>
    /// <param name="axis">The axis of all rows.</param>
    /// <param name="axisTitle">What the axis measures.</param>
    /// <param name="zero">A strong line at this value; null for none.</param>
    public static void Draw(
        Markup page,
        string title,
        string description,
        IReadOnlyList<StripRow> rows,
        ChartAxis axis,
        string axisTitle,
        double? zero = null)
    {
        var placed = Place(rows, axis);
        var height = placed[^1].Bottom;
        using var plot = page.Open("div", ("class", "plot strip"));
        var (titleId, descriptionId) = (page.NewId(), page.NewId());
        using (page.Open("svg", ("role", "img"), ("aria-labelledby", $"{titleId} {descriptionId}"), ("width", "100%"),
            ("height", Markup.Px(height + 44))))
        {
            page.Element("title", title, ("id", titleId));
            page.Element("desc", description, ("id", descriptionId));
            DrawAxis(page, axis, axisTitle, height);
            if (zero is { } at)
            {
                var x = Markup.Share(axis.At(at));
                page.Empty("line", ("class", "zero"), ("x1", x), ("x2", x), ("y1", "0"), ("y2", Markup.Px(height)));
            }

            for (var i = 1; i < placed.Count; i++) DrawPairs(page, placed[i - 1], placed[i], axis);
            foreach (var row in placed) DrawRow(page, row, axis);
        }

        foreach (var row in placed)
        {
            using var header = page.Open("div", ("class", $"row-head g{row.Row.Colour % 6}"), ("style", $"top:{Markup.Px(row.Top)}px"));
            using (page.Open("div")) page.Element("b", row.Row.Label, ("title", row.Row.Label));
            using (page.Open("div")) page.Element("span", row.Row.Facts, ("title", row.Row.Facts));
        }
    }

    private static List<PlacedRow> Place(IReadOnlyList<StripRow> rows, ChartAxis axis)
    {
        var placed = new List<PlacedRow>();
        var top = 0.0;
        foreach (var row in rows)
        {
            var radius = row.Dots.Count switch { <= 30 => 4.5, <= 100 => 3.5, <= 250 => 2.75, _ => 2.25 };
            var offsets = Swarm.Offsets([.. row.Dots.Select(dot => axis.At(dot.Value) * NominalWidth)], 2 * radius + 0.5, MaxRoom);
            var room = offsets.Select(Math.Abs).DefaultIfEmpty().Max() + radius + 3;
            var middle = top + HeaderHeight + room;
            var bottom = middle + room + (row.Mean is null ? 6 : BarHeight);
            placed.Add(new(row, top, middle, bottom, radius, offsets));
            top = bottom + 8;
        }

        return placed;
    }

    private static void DrawAxis(Markup page, ChartAxis axis, string axisTitle, double height)
    {
        page.Empty("line", ("class", "axis"), ("x1", "0"), ("x2", "100%"), ("y1", Markup.Px(height)), ("y2", Markup.Px(height)));
        foreach (var tick in axis.Ticks)
        {
            var share = axis.At(tick.Value);
            var x = Markup.Share(share);
            // A long label at an end would stick out of the card on a narrow screen.
            var anchor = tick.Label.Length <= 8 ? "middle" : share switch { < 0.08 => "start", > 0.92 => "end", _ => "middle" };
            page.Empty("line", ("class", "grid"), ("x1", x), ("x2", x), ("y1", "0"), ("y2", Markup.Px(height + 4)));
            page.Element("text", PageText.Of(tick.Label), ("x", x), ("y", Markup.Px(height + 17)), ("text-anchor", anchor));
        }

        page.Element("text", axisTitle, ("class", "axis-title"), ("x", "50%"), ("y", Markup.Px(height + 36)), ("text-anchor", "middle"));
    }

    private static void DrawPairs(Markup page, PlacedRow above, PlacedRow below, ChartAxis axis)
    {
        var partners = below.Row.Dots.Index().Where(dot => dot.Item.Pair is not null).ToLookup(dot => dot.Item.Pair);
        foreach (var (i, dot) in above.Row.Dots.Index().Where(dot => dot.Item.Pair is not null))
        {
            foreach (var (j, partner) in partners[dot.Pair].Take(1))
            {
                page.Empty("line", ("class", above.Row.Dots.Count > 40 ? "pair many" : "pair"),
                    ("x1", Markup.Share(axis.At(dot.Value))), ("y1", Markup.Px(above.Middle + above.Offsets[i])),
                    ("x2", Markup.Share(axis.At(partner.Value))), ("y2", Markup.Px(below.Middle + below.Offsets[j])));
            }
        }
    }

    private static void DrawRow(Markup page, PlacedRow placed, ChartAxis axis)
    {
        var row = placed.Row;
        using var group = page.Open("g", ("class", $"g{row.Colour % 6}"));
        DrawInterval(page, placed, axis);
        foreach (var (i, dot) in row.Dots.Index()) DrawDot(page, dot, axis.At(dot.Value), placed.Middle + placed.Offsets[i], placed.Radius);
    }

    private static void DrawDot(Markup page, Dot dot, double x, double y, double radius)
    {
        if (dot.Kind == DotKind.Cross)
        {
            using var cross = page.Open("svg", ("class", "free"), ("x", Markup.Share(x)), ("y", Markup.Px(y)));
            var arm = Markup.Px(radius);
            using var path = page.Open("path", ("class", "cross"), ("d", $"M-{arm},-{arm}L{arm},{arm}M-{arm},{arm}L{arm},-{arm}"));
            page.Element("title", dot.Hover);
            return;
        }

        var kind = dot.Kind switch { DotKind.Ring => "ring", DotKind.Open => "ring open", _ => "dot" };
        using var circle = page.Open("circle", ("class", kind),
            ("cx", Markup.Share(x)), ("cy", Markup.Px(y)), ("r", Markup.Px(radius)));
        page.Element("title", dot.Hover);
    }

    private static void DrawInterval(Markup page, PlacedRow placed, ChartAxis axis)
    {
        if (placed.Row.Mean is not { } mean) return;
        var (y, x) = (placed.Bottom - 11, Markup.Share(axis.At(mean)));
        using var group = page.Open("g", ("class", "interval"));
        if (placed.Row.IntervalHover is { } hover) page.Element("title", hover);
        page.Empty("line", ("class", "mean"), ("x1", x), ("x2", x), ("y1", Markup.Px(placed.Top + HeaderHeight)), ("y2", Markup.Px(y)));
        if (placed.Row.Interval is { } interval)
        {
            var (low, high) = (Markup.Share(axis.At(interval.Low)), Markup.Share(axis.At(interval.High)));
            page.Empty("line", ("class", "bar"), ("x1", low), ("x2", high), ("y1", Markup.Px(y)), ("y2", Markup.Px(y)));
            foreach (var end in new[] { low, high })
                page.Empty("line", ("class", "bar"), ("x1", end), ("x2", end), ("y1", Markup.Px(y - 5)), ("y2", Markup.Px(y + 5)));
        }

        using var mark = page.Open("svg", ("class", "free"), ("x", x), ("y", Markup.Px(y)));
        page.Empty("path", ("class", "diamond"), ("d", "M0,-7L7,0L0,7L-7,0Z"));
    }

    private sealed record PlacedRow(StripRow Row, double Top, double Middle, double Bottom, double Radius, double[] Offsets);
}
