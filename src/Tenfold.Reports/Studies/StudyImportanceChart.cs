using Tenfold.Numerics.Tuning;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws how much each parameter matters, as bars.</summary>
public static class StudyImportanceChart
{
    private const double Row = 46;
    private const double HighInteraction = 0.15;

    /// <summary>Draws the section, or the reason why there is nothing to draw.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Ranked.Count == 0 || model.Axes.Count == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Which parameters matter");
        if (model.Importance is not { Variance: > 0 } importance)
        {
            page.Element("p", model.HasModel
                ? "The model sees no difference anywhere: no parameter matters to it."
                : $"{NoteText.NoModel}, so the report can't say which parameters matter.", ("class", "card"));
            return;
        }

        AxisImportance[] ranked = [.. importance.Axes.OrderByDescending(axis => axis.Total).ThenByDescending(axis => axis.Alone)];
        page.Element("p", PageText.Of(Lead(ranked)), ("class", "note"));
        using var figure = page.Open("figure", ("class", "card"));
        DrawPlot(page, ranked);
        page.Element("figcaption",
            "Solid: what a parameter explains alone. Pale: what it explains together with others. Such a part "
            + "counts for each of the parameters involved, so the sum may exceed 100\u00a0%. "
            + "These are shares of the variance of the model's mean over the whole space (functional ANOVA, Hutter, Hoos and Leyton-Brown "
            + "2014). They say what matters across all settings, not what matters near the best one.", ("class", "note"));
    }

    private static void DrawPlot(Markup page, AxisImportance[] ranked)
    {
        using var plot = page.Open("div", ("class", "plot strip"));
        var height = Row * ranked.Length;
        var (titleId, descriptionId) = (page.NewId(), page.NewId());
        using (page.Open("svg", ("role", "img"), ("aria-labelledby", $"{titleId} {descriptionId}"), ("width", "100%"),
            ("height", Markup.Px(height + 42))))
        {
            page.Element("title", "Importance of the parameters", ("id", titleId));
            page.Element("desc", string.Join(" ", ranked.Select(axis => $"{axis.Name}: {Words(axis)}.")), ("id", descriptionId));
            DrawScale(page, height);
            foreach (var (i, axis) in ranked.Index()) DrawBars(page, axis, (i * Row) + 23);
        }

        foreach (var (i, axis) in ranked.Index())
        {
            using var header = page.Open("div", ("class", "row-head g0"), ("style", $"top:{Markup.Px(i * Row)}px"));
            using var line = page.Open("div");
            page.Element("b", axis.Name, ("title", axis.Name));
            page.Element("span", PageText.Of($" {Words(axis)}"));
        }
    }

    private static void DrawScale(Markup page, double height)
    {
        foreach (var share in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            page.Empty("line", ("class", share == 0 ? "axis" : "grid"), ("x1", Markup.Share(share)), ("x2", Markup.Share(share)),
                ("y1", "0"), ("y2", Markup.Px(height + 4)));
            page.Element("text", PageText.Of(Numbers.Percent(share)), ("x", Markup.Share(share)),
                ("y", Markup.Px(height + 17)), ("text-anchor", "middle"));
        }

        page.Element("text", "share of the variance that the model sees", ("class", "axis-title"), ("x", "50%"),
            ("y", Markup.Px(height + 36)), ("text-anchor", "middle"));
    }

    private static string Lead(AxisImportance[] ranked)
    {
        var first = ranked[0];
        var interaction = 1 - ranked.Sum(axis => axis.Alone);
        return $"{first.Name} matters most: alone it explains {Percent(first.Alone)} of the variance that the model sees over the "
            + "whole space."
            + (interaction > HighInteraction
                ? $" {Percent(interaction)} comes from several parameters together: they can't be tuned one at a time." : "");
    }

    private static string Words(AxisImportance axis) =>
        axis.Total < 0.01 ? Percent(axis.Total) : Percent(axis.Total) == Percent(axis.Alone)
            ? $"{Percent(axis.Alone)}" : $"{Percent(axis.Alone)} alone, {Percent(axis.Total)} with others";

    private static string Percent(double share) => share is > 0 and < 0.01 ? "below 1 %" : Numbers.Percent(Math.Round(share, 2));

    private static void DrawBars(Markup page, AxisImportance axis, double y)
    {
        using var bars = page.Open("g", ("class", "g0"));
        page.Element("title", $"{axis.Name}: {Words(axis)}");
        page.Empty("rect", ("class", "part total"), ("x", "0"), ("y", Markup.Px(y)), ("width", Markup.Share(axis.Total)), ("height", "14"),
            ("rx", "2"));
        page.Empty("rect", ("class", "part"), ("x", "0"), ("y", Markup.Px(y)), ("width", Markup.Share(axis.Alone)), ("height", "14"),
            ("rx", "2"));
    }
}
