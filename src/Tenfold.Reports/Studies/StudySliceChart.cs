using Tenfold.Core.Studies;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws a small chart for each parameter: the values over it, and the model's prediction along it.</summary>
public static class StudySliceChart
{
    private const int MaxDots = 240;
    private const int MaxFailed = 60;
    private const double Height = 150;

    /// <summary>Draws the section; nothing without a value or without a varying parameter.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Ranked.Count == 0 || model.Axes.Count == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "One parameter at a time");
        var drawn = Thinned.BestAndEvenly(model.Ranked, MaxDots);
        StudyTrial[] failed = [.. model.Trials.Where(trial => trial.Record.State is TrialState.Failed or TrialState.Infeasible)];
        using var figure = page.Open("figure", ("class", "card"));
        using (page.Open("div", ("class", "panels small")))
            foreach (var slice in model.Slices) Panel(page, model, slice, drawn, Thinned.Evenly(failed, MaxFailed));
        var hasLine = model.Slices.Any(slice => slice.Points.Count > 0);
        page.Element("figcaption",
            $"Vertical: {model.MetricTitle}. ● a trial, ◎ the best one; the other parameters differ from dot to dot."
            + (hasLine
                ? " The line is what the model expects with all other parameters as in the best trial. The band is one standard deviation "
                    + "up and down: the uncertainty of the model, not the scatter of single runs. Dashed at the edge: beyond the axis."
                : "")
            + (failed.Length == 0 ? "" : model.Study.Spec.Constraints.Count == 0 ? $" × {model.WorstEdge}: the trial failed."
                : $" × {model.WorstEdge}: the trial failed, or broke a constraint.")
            + (model.Axes.Any(axis => axis.IsJittered)
                ? " Where a parameter has few values, dots are moved aside a little so that they can be told apart." : "")
            + model.Values.Note
            + Thinned.Note(drawn.Count, model.Ranked.Count, "trial", $"the best {MaxDots / 4}, and others evenly by rank"),
                ("class", "note"));
    }

    private static void Panel(Markup page, StudyReportModel model, StudySlice slice, IReadOnlyList<StudyTrial> drawn,
        IReadOnlyList<StudyTrial> failed)
    {
        var axis = slice.Axis;
        var frame = new PlotFrame(axis.Axis, model.Values.Axis, Height);
        using var panel = page.Open("figure", ("class", "panel"));
        using (page.Open("figcaption"))
        {
            page.Element("b", axis.Name, ("title", axis.Name));
            if (axis.Axis.IsLog) page.Text(" (log scale)");
        }

        frame.Draw(page, $"{model.Metric} over {axis.Name}", Description(model, axis), null, () =>
        {
            if (slice is { IsStepped: false, Points.Count: > 1 })
            {
                using (frame.Lines(page))
                {
                    var upper = slice.Points.Select(point => (point.Place, point.Mean + point.Deviation));
                    var lower = slice.Points.Reverse().Select(point => (point.Place, point.Mean - point.Deviation));
                    page.Empty("path", ("class", "band g1"), ("d", frame.Path(upper.Concat(lower)) + "Z"));
                }
            }

            foreach (var trial in drawn.Reverse())
                if (trial.Positions[axis.Index] is { } place)
                    frame.Dot(page, "dot faint g0", axis.DotOf(place, trial.Number), trial.Value!.Value, 3, model.Describe(trial));
            foreach (var trial in failed)
                if (trial.Positions[axis.Index] is { } place)
                    frame.AtEdge(page, "cross bad", axis.DotOf(place, trial.Number), 5, model.IsWorstOnTop, "M-3,-3L3,3M-3,3L3,-3",
                        model.Describe(trial));
            DrawModel(page, model, frame, slice);
            if (model.Best is { Value: { } best } chosen && chosen.Positions[axis.Index] is { } at)
                frame.Ring(page, axis.DotOf(at, chosen.Number), best, 5.5, $"The best: {model.Describe(chosen)}");
        });
    }

    private static void DrawModel(Markup page, StudyReportModel model, PlotFrame frame, StudySlice slice)
    {
        if (slice is { IsStepped: false, Points.Count: > 1 })
        {
            using var lines = frame.Lines(page);
            page.Empty("path", ("class", "model"), ("d", frame.Path(slice.Points.Select(point => (point.Place, point.Mean)))));
            return;
        }

        foreach (var point in slice.Points)
        {
            using var mark = page.Open("g", ("class", "expected"));
            page.Element("title", $"The model expects {model.Text(point.Mean)} ± {Numbers.Format(point.Deviation, point.Deviation)}");
            if (!model.Values.Axis.Shows(point.Mean))
            {
                page.Empty("line", ("class", "middle off"), ("x1", frame.X(point.Place - 0.32)), ("x2", frame.X(point.Place + 0.32)),
                    ("y1", frame.Y(point.Mean)), ("y2", frame.Y(point.Mean)));
                continue;
            }

            page.Empty("line", ("class", "spread"), ("x1", frame.X(point.Place)), ("x2", frame.X(point.Place)),
                ("y1", frame.Y(point.Mean - point.Deviation)), ("y2", frame.Y(point.Mean + point.Deviation)));
            page.Empty("line", ("class", "middle"), ("x1", frame.X(point.Place - 0.32)), ("x2", frame.X(point.Place + 0.32)),
                ("y1", frame.Y(point.Mean)), ("y2", frame.Y(point.Mean)));
        }
    }

    private static string Description(StudyReportModel model, StudyAxis axis)
    {
        var best = model.Best is { } chosen && chosen.Settings.TryGetValue(axis.Name, out var value)
            ? $"The best trial has {StudyAxis.Text(value)}. " : "The parameter is not active in the best trial. ";
        var active = model.Ranked.Count(trial => trial.Positions[axis.Index] is not null);
        return $"{best}It is active in {Numbers.Count(active, "trial")} with a value.";
    }
}
