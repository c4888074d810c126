using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Charts;

/// <summary>A plot: two axes with grid and labels, in which dots and lines are drawn.</summary>
/// <param name="across">The horizontal axis.</param>
/// <param name="up">The vertical axis.</param>
/// <param name="height">The height of the plot, in pixels, without the labels below it.</param>
/// <param name="width">The smallest likely width, in pixels. Labels that would overlap at this width are left out.</param>
/// <remarks>
/// Horizontal positions are percentages, and vertical positions are pixels. Lines are in a nested SVG of 1000 × 1000 units that is
/// stretched over the plot; strokes keep their width. Text and dots are outside the nested SVG, so that they aren't stretched.
/// </remarks>
public sealed class PlotFrame(ChartAxis across, ChartAxis up, double height, double width = 230)
{
    private const double LetterWidth = 6.6;
    private const double LineHeight = 15;

    /// <summary>The height of the plot, in pixels.</summary>
    public double Height => height;

    /// <summary>A horizontal position as a share of the width.</summary>
    public double XShare(double value) => across.At(value);

    /// <summary>A horizontal position as SVG.</summary>
    public string X(double value) => Markup.Share(across.At(value));

    /// <summary>A vertical position as SVG.</summary>
    public string Y(double value) => Markup.Px((1 - up.At(value)) * height);

    /// <summary>A point in <see cref="Lines"/>. A line that leaves the plot is clipped at its edge.</summary>
    public string Point(double x, double y) => $"{Thousandth(across.At(x))},{Thousandth(1 - up.Beyond(y))}";

    /// <summary>A line through points, in <see cref="Lines"/>.</summary>
    public string Path(IEnumerable<(double X, double Y)> points) => "M" + string.Join('L', points.Select(point => Point(point.X, point.Y)));

    /// <summary>A share of the width or height, in <see cref="Lines"/>.</summary>
    public static string Thousandth(double share) => Markup.Px(Math.Round(share * 1000, 1));

    /// <summary>Draws the plot.</summary>
    /// <param name="page">The page to draw on.</param>
    /// <param name="title">What the plot shows, for readers who can't see it.</param>
    /// <param name="description">The main result in a sentence, for readers who can't see the plot.</param>
    /// <param name="acrossTitle">What the horizontal axis measures; null when the page says so elsewhere.</param>
    /// <param name="content">Draws the contents of the plot.</param>
    public void Draw(Markup page, string title, string description, string? acrossTitle, Action content)
    {
        using var plot = page.Open("div", ("class", "plot"), ("style", $"padding-left:{Markup.Px((up.LabelWidth * LetterWidth) + 14)}px"));
        var (titleId, descriptionId) = (page.NewId(), page.NewId());
        using var svg = page.Open("svg", ("role", "img"), ("aria-labelledby", $"{titleId} {descriptionId}"),
            ("width", "100%"), ("height", Markup.Px(height + (acrossTitle is null ? 22 : 42))));
        page.Element("title", title, ("id", titleId));
        page.Element("desc", description, ("id", descriptionId));
        DrawAxes(page);
        if (acrossTitle is not null)
            page.Element("text", acrossTitle, ("class", "axis-title"), ("x", "50%"), ("y", Markup.Px(height + 36)),
                ("text-anchor", "middle"));
        content();
    }

    /// <summary>Opens the nested SVG for lines; disposing closes it.</summary>
    public Markup.Scope Lines(Markup page) => page.Open("svg",
        ("width", "100%"), ("height", Markup.Px(height)), ("viewBox", "0 0 1000 1000"), ("preserveAspectRatio", "none"),
            ("class", "lines"));

    /// <summary>Draws a round mark.</summary>
    public void Dot(Markup page, string kind, double x, double y, double radius, string? hover)
    {
        (string, string?)[] attributes = [("class", kind), ("cx", X(x)), ("cy", Y(y)), ("r", Markup.Px(radius))];
        if (hover is null)
        {
            page.Empty("circle", attributes);
            return;
        }

        using var circle = page.Open("circle", attributes);
        page.Element("title", hover);
    }

    /// <summary>Draws a mark of strokes at a distance, in pixels, from the bottom or the top of the plot.</summary>
    public void AtEdge(Markup page, string kind, double x, double pixels, bool isTop, string strokes, string hover)
    {
        using var place = page.Open("svg", ("class", "free"), ("x", X(x)), ("y", Markup.Px(isTop ? pixels : height - pixels)));
        using var path = page.Open("path", ("class", kind), ("d", strokes));
        page.Element("title", hover);
    }

    /// <summary>Draws the ring around the best trial, with a halo that separates it from the dots below.</summary>
    public void Ring(Markup page, double x, double y, double radius, string hover)
    {
        page.Empty("circle", ("class", "chosen-halo"), ("cx", X(x)), ("cy", Y(y)), ("r", Markup.Px(radius)));
        Dot(page, "chosen", x, y, radius, hover);
    }

    private void DrawAxes(Markup page)
    {
        var every = Math.Max(1, (int)Math.Ceiling(up.Ticks.Count * LineHeight / height));
        foreach (var tick in up.Ticks.Where((_, i) => i % every == 0))
        {
            page.Empty("line", ("class", "grid"), ("x1", "0"), ("x2", "100%"), ("y1", Y(tick.Value)), ("y2", Y(tick.Value)));
            page.Element("text", PageText.Of(tick.Label), ("x", "-7"), ("y", Markup.Px(((1 - up.At(tick.Value)) * height) + 4)),
                ("text-anchor", "end"));
        }

        page.Empty("line", ("class", "axis"), ("x1", "0"), ("x2", "100%"), ("y1", Markup.Px(height)), ("y2", Markup.Px(height)));
        foreach (var tick in across.Fitting(width))
        {
            page.Empty("line", ("class", "axis"), ("x1", X(tick.Value)), ("x2", X(tick.Value)), ("y1", Markup.Px(height)),
                ("y2", Markup.Px(height + 4)));
            page.Element("text", PageText.Of(tick.Label), ("x", X(tick.Value)), ("y", Markup.Px(height + 17)),
                ("text-anchor", "middle"));
        }
    }
}
