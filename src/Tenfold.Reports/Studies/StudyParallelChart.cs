using System.Text;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>
/// Draws parallel coordinates: a vertical axis for each parameter and for the metric, and for each trial a line through its settings.
/// </summary>
public static class StudyParallelChart
{
    private const int MaxLines = 300;
    private const int MaxWithoutValue = 40;
    private const int MaxNameLength = 15;
    private const double Height = 280;
    private const double Top = 44;
    private const double MinAxisWidth = 108;

    /// <summary>Draws the section; nothing without a value or without a varying parameter.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Ranked.Count == 0 || model.Axes.Count == 0) return;
        var lines = Thinned.BestAndEvenly(model.Ranked, MaxLines);
        var without = model.Trials
            .Where(trial => trial.Record.State is TrialState.Failed or TrialState.Infeasible or TrialState.Pruned).ToArray();
        var drawnWithout = Thinned.Evenly(without, MaxWithoutValue);
        using var section = page.Open("section");
        page.Element("h2", "All settings together");
        page.Element("p",
            $"Each line is a trial, from its settings to its {model.Metric}. Good settings lie where many strong lines meet.",
            ("class", "note"));
        using var figure = page.Open("figure", ("class", "card"));
        StudyRamp.Legend(page, "worst value", "best value", "the best trial");
        using (page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Parallel coordinates")))
        using (page.Open("div", ("class", "plot parallel"), ("style", $"min-width:{Markup.Px(MinAxisWidth * (model.Axes.Count + 1))}px")))
        {
            var (titleId, descriptionId) = (page.NewId(), page.NewId());
            using var svg = page.Open("svg", ("role", "img"), ("aria-labelledby", $"{titleId} {descriptionId}"), ("width", "100%"),
                ("height", Markup.Px(Top + Height + 12)));
            page.Element("title", "Parallel coordinates of the trials", ("id", titleId));
            page.Element("desc", model.Best is { } top ? $"The best: {model.Describe(top)}." : "There is no best trial.",
                ("id", descriptionId));
            using (page.Open("svg", ("y", Markup.Px(Top)), ("width", "100%"), ("height", Markup.Px(Height)), ("viewBox", "0 0 1000 1000"),
                ("preserveAspectRatio", "none"), ("class", "lines")))
            {
                foreach (var trial in drawnWithout) Line(page, model, trial, "trial without");
                var crowd = lines.Count switch { <= 60 => "", <= 150 => " many", _ => " crowd" };
                foreach (var trial in lines.Reverse())
                    Line(page, model, trial, $"trial {StudyRamp.Class(trial.Rank!.Value, model.Ranked.Count)}{crowd}");
                if (model.Best is { } best) DrawBest(page, model, best);
            }

            for (var i = 0; i < model.Axes.Count; i++) DrawAxis(page, model, i, model.Axes[i].Name, model.Axes[i].Axis);
            DrawAxis(page, model, model.Axes.Count, model.Metric, model.Values.Axis);
            if (model.Best is { } chosen) DrawDots(page, model, chosen);
        }

        page.Element("figcaption", "A line breaks off where a parameter is not active."
            + (without.Length > 0 ? " Dashed: the trial failed or was ended early, so it has no value." : "")
            + Thinned.Note(drawnWithout.Count, without.Length, "such trial", "evenly by number")
            + model.Values.Note
            + Thinned.Note(lines.Count, model.Ranked.Count, "trial", $"the best {MaxLines / 4}, and others evenly by rank"),
                ("class", "note"));
    }

    private static double At(StudyReportModel model, int place) => (place + 0.35) / (model.Axes.Count + 0.85);

    /// <summary>The positions of a trial's line on each axis, as shares of the height, the metric last; null where there is none.</summary>
    private static double?[] Shares(StudyReportModel model, StudyTrial trial) =>
    [
        .. model.Axes
            .Select(axis => trial.Positions[axis.Index] is { } place ? axis.Axis.At(axis.DotOf(place, trial.Number)) : (double?)null),
        trial.Value is { } value ? model.Values.Axis.At(value) : null,
    ];

    private static string Path(StudyReportModel model, StudyTrial trial)
    {
        var shares = Shares(model, trial);
        var path = new StringBuilder();
        for (var i = 0; i < shares.Length; i++)
        {
            if (shares[i] is not { } share) continue;
            var x = At(model, i);
            var isAlone = (i == 0 || shares[i - 1] is null) && (i == shares.Length - 1 || shares[i + 1] is null);
            // A position without a neighbour would be invisible, so draw a short stroke.
            path.Append(i > 0 && shares[i - 1] is not null ? 'L' : 'M')
                .Append(PlotFrame.Thousandth(isAlone ? x - 0.008 : x)).Append(',').Append(PlotFrame.Thousandth(1 - share));
            if (isAlone) path.Append('H').Append(PlotFrame.Thousandth(x + 0.008));
        }

        return path.ToString();
    }

    private static void Line(Markup page, StudyReportModel model, StudyTrial trial, string kind)
    {
        var path = Path(model, trial);
        if (path.Length == 0) return;
        using var line = page.Open("path", ("class", kind), ("d", path));
        page.Element("title", model.Describe(trial));
    }

    private static void DrawBest(Markup page, StudyReportModel model, StudyTrial best)
    {
        var path = Path(model, best);
        page.Empty("path", ("class", "halo"), ("d", path));
        using var line = page.Open("path", ("class", "best-line"), ("d", path));
        page.Element("title", $"The best: {model.Describe(best)}");
    }

    private static void DrawDots(Markup page, StudyReportModel model, StudyTrial best)
    {
        foreach (var (i, share) in Shares(model, best).Index())
            if (share is { } some)
                page.Empty("circle", ("class", "best-dot"), ("cx", Markup.Share(At(model, i))),
                    ("cy", Markup.Px(Top + ((1 - some) * Height))), ("r", "4.5"));
    }

    private static void DrawAxis(Markup page, StudyReportModel model, int place, string name, ChartAxis axis)
    {
        var isMetric = place == model.Axes.Count;
        var x = Markup.Share(At(model, place));
        page.Empty("line", ("class", "axis strong"), ("x1", x), ("x2", x), ("y1", Markup.Px(Top)), ("y2", Markup.Px(Top + Height)));
        using (page.Open("text", ("class", isMetric ? "axis-title name metric" : "axis-title name"), ("x", x), ("y", "14"),
            ("text-anchor", place == 0 ? "start" : "middle"), ("dx", place == 0 ? "-14" : null)))
        {
            page.Element("title", name);
            page.Text(ParameterText.Cut(name, MaxNameLength));
        }

        var better = model.Goal == MetricGoal.Maximize ? "higher is better" : "lower is better";
        var note = isMetric ? better : axis.IsLog ? "log scale" : null;
        if (note is not null)
            page.Element("text", note, ("class", "tick"), ("x", x), ("y", "30"), ("text-anchor", place == 0 ? "start" : "middle"),
                ("dx", place == 0 ? "-14" : null));
        var every = Math.Max(1, (int)Math.Ceiling(axis.Ticks.Count * 16 / Height));
        foreach (var tick in axis.Ticks.Where((_, i) => i % every == 0))
        {
            var y = Top + ((1 - axis.At(tick.Value)) * Height);
            page.Empty("line", ("class", "axis strong"), ("x1", x), ("x2", x), ("y1", Markup.Px(y)), ("y2", Markup.Px(y)));
            page.Element("text", PageText.Of(tick.Label), ("class", "tick over"), ("x", x), ("dx", "8"), ("y", Markup.Px(y + 4)));
        }
    }
}
