using System.Text;
using Tenfold.Core.Studies;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws how the best value improved, over trials and over time.</summary>
public static class StudyProgressChart
{
    private const int MaxDots = 500;
    private const double Height = 220;

    /// <summary>Draws the section; nothing when no trial has a value.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Ranked.Count == 0) return;
        using var section = page.Open("section");
        page.Element("h2", "Best so far");
        page.Element("p", Lead(model), ("class", "note"));
        using var figure = page.Open("figure", ("class", "card"));
        using (page.Open("div", ("class", "panels wide")))
        {
            var byNumber = model.Trials.Select(trial => new PlacedTrial(trial, trial.Number)).ToArray();
            Panel(page, model, "Over trials", "number of the trial",
                ChartAxis.Steps(1, Math.Max(2, byNumber.Max(place => place.X) is var last ? (long)last : 0)), byNumber);
            var start = model.Study.CreatedAt;
            PlacedTrial[] byTime = [.. model.Trials.Where(trial => trial.Record.EndedAt >= start)
                .Select(trial => new PlacedTrial(trial, (trial.Record.EndedAt!.Value - start).TotalSeconds)).OrderBy(place => place.X)];
            if (byTime.Length > 0)
                Panel(page, model, "Over time", "time since the study began", ChartAxis.Time(TimeSpan.FromSeconds(byTime[^1].X)), byTime);
        }

        page.Element("figcaption", Caption(model), ("class", "note"));
    }

    /// <summary>The items that are better than all items before them, in the given order.</summary>
    internal static IEnumerable<T> Improvements<T>(IEnumerable<T> places, Func<T, double?> value, int sign)
    {
        var best = double.NegativeInfinity;
        foreach (var place in places)
        {
            if (value(place) is not { } found || sign * found <= best) continue;
            best = sign * found;
            yield return place;
        }
    }

    private static string Lead(StudyReportModel model)
    {
        StudyTrial[] steps = [.. Improvements(model.Trials, trial => trial.Value, StudyReportModel.Sign(model.Goal))];
        var (first, last) = (steps[0], steps[^1]);
        return steps.Length == 1
            ? $"No trial has a better value than trial {first.Number}: {model.Text(first.Value!.Value)}."
            : $"The best value went from {model.Text(first.Value!.Value)} (trial {first.Number}) to {model.Text(last.Value!.Value)} (trial "
                + $"{last.Number}), in {Numbers.Count(steps.Length - 1, "step")}.";
    }

    private static string Caption(StudyReportModel model)
    {
        var has = model.Trials.Select(trial => trial.Record.State).ToHashSet();
        return "● a trial's value, ◎ the best trial; the line is the best value so far."
            + (has.Contains(TrialState.Pruned) ? $" A stroke {model.WorstEdge}: the trial was ended early, so it has no value." : "")
            + (has.Contains(TrialState.Infeasible) ? $" × {model.WorstEdge}: the trial failed, or broke a constraint."
                : has.Contains(TrialState.Failed) ? $" × {model.WorstEdge}: the trial failed." : "")
            + (model.Confirmation?.WinnerSummary is { } winner
                ? $" The dashed line is the winner's mean with fresh seeds, {model.Text(winner.Mean)}: single "
                    + "values beyond it may be luck." : "")
            + model.Values.Note
            + Thinned.Note(MaxDots, model.Trials.Count, "trial", "each one that was the best so far, and others evenly");
    }

    private static void Panel(Markup page, StudyReportModel model, string name, string acrossTitle, ChartAxis across,
        IReadOnlyList<PlacedTrial> places)
    {
        var frame = new PlotFrame(across, model.Values.Axis, Height);
        PlacedTrial[] steps = [.. Improvements(places, place => place.Trial.Value, StudyReportModel.Sign(model.Goal))];
        using var panel = page.Open("figure", ("class", "panel"));
        using (page.Open("figcaption"))
        {
            page.Element("b", name);
            page.Text($": {model.MetricTitle}");
        }

        frame.Draw(page, $"Best {model.Metric} so far, {name.ToLowerInvariant()}", Lead(model), acrossTitle, () =>
        {
            foreach (var place in Thinned.Evenly(places, MaxDots)) DrawTrial(page, model, frame, place);
            if (steps.Length == 0) return;
            using (frame.Lines(page))
            {
                if (model.Confirmation?.WinnerSummary is { } winner)
                    page.Empty("path", ("class", "confirmed"), ("d", $"M0,{Up(frame, winner.Mean)}H1000"));
                var line = StepLine(frame, steps, places[^1].X);
                page.Empty("path", ("class", "halo"), ("d", line));
                page.Empty("path", ("class", "step"), ("d", line));
            }

            foreach (var place in steps) frame.Dot(page, "dot g0", place.X, place.Trial.Value!.Value, 4, model.Describe(place.Trial));
            if (model.Best is { Value: { } best } && places.FirstOrDefault(place => place.Trial.Number == model.Best.Number) is { } found)
                frame.Ring(page, found.X, best, 6, $"The best: {model.Describe(model.Best)}");
        });
    }

    private static void DrawTrial(Markup page, StudyReportModel model, PlotFrame frame, PlacedTrial place)
    {
        var trial = place.Trial;
        if (trial.Value is { } value) frame.Dot(page, "dot faint g0", place.X, value, 3, model.Describe(trial));
        else if (trial.Record.State == TrialState.Pruned)
            frame.AtEdge(page, "cross early", place.X, 5, model.IsWorstOnTop, "M0,-4L0,4", model.Describe(trial));
        else if (trial.Record.State is TrialState.Failed or TrialState.Infeasible)
            frame.AtEdge(page, "cross bad", place.X, 15, model.IsWorstOnTop, "M-3.5,-3.5L3.5,3.5M-3.5,3.5L3.5,-3.5", model.Describe(trial));
    }

    private static string StepLine(PlotFrame frame, IReadOnlyList<PlacedTrial> steps, double end)
    {
        var line = new StringBuilder("M").Append(frame.Point(steps[0].X, steps[0].Trial.Value!.Value));
        foreach (var place in steps.Skip(1))
            line.Append('H').Append(Across(frame, place.X)).Append('V').Append(Up(frame, place.Trial.Value!.Value));
        return line.Append('H').Append(Across(frame, end)).ToString();
    }

    private static string Across(PlotFrame frame, double x) => frame.Point(x, 0).Split(',')[0];

    private static string Up(PlotFrame frame, double y) => frame.Point(0, y).Split(',')[1];

    private sealed record PlacedTrial(StudyTrial Trial, double X);
}
