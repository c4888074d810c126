using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Groups;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Writes the Pareto front of a study with several objectives: what it is, and a chart of the first two objectives.</summary>
public static class StudyFrontSection
{
    private const int MaxDots = 500;
    private const double Height = 300;

    /// <summary>Says how many trials are on the front, and how far their values can be trusted. Names no best trial.</summary>
    public static void Answer(Markup page, StudyReportModel model)
    {
        TrialRecord[] front = [.. model.Front.Select(trial => trial.Record)];
        page.Element("p", FrontText.Sentence(front, [.. model.Trials.Select(trial => trial.Record)]), ("class", "sentence"));
        if (model.ConfirmedFront is null) page.Element("p", FrontText.Caution, ("class", "note"));
        else page.Element("p", FrontText.ConfirmedSentence(model.ConfirmedFront), ("class", "sentence"));
    }

    /// <summary>Writes the points that were run again with fresh seeds; nothing when there are none.</summary>
    public static void Confirmed(Markup page, StudyReportModel model)
    {
        if (model.ConfirmedFront is not { } confirmed) return;
        var objectives = model.Study.Spec.Objectives;
        using var section = page.Open("section");
        page.Element("h2", "Confirmed with fresh seeds");
        using var card = page.Open("div", ("class", "card scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Fresh runs"));
        foreach (var point in confirmed.Points)
        {
            if (point.Broken is { } broken)
                page.Element("p", FrontText.BrokenSentence($"Trial {point.Trial.Number}", ReasonText.Of(broken)), ("class", "note"));
        }

        using var table = page.Open("table", ("class", "runs"));
        ReportTables.Head(page, ["Trial", .. objectives.Select(objective => objective.Name), "Fresh runs", "On the front"]);
        using var body = page.Open("tbody");
        foreach (var point in confirmed.Points)
        {
            using var row = page.Open("tr", ("class", point.IsOnFront ? "differs" : null));
            page.Element("td", $"{point.Trial.Number}", ("class", "number"));
            for (var i = 0; i < objectives.Count; i++)
                page.Element("td", point.Objectives.Count == 0 ? "—" : FreshText(point.Objectives[i]), ("class", "number"));
            page.Element("td", $"{(point.Objectives.Count == 0 ? 0 : point.Objectives[0].N)} of {point.Runs}", ("class", "number"));
            page.Element("td", point.IsOnFront ? "yes" : "no");
        }
    }

    private static string FreshText(Summary summary)
    {
        var spread = summary.StandardDeviation is > 0 and var deviation ? deviation : (double?)null;
        return Numbers.Format(summary.Mean, spread) + (summary.Interval is { } ends && spread is not null
            ? $" ({Numbers.Format(ends.Low, spread)} to {Numbers.Format(ends.High, spread)})" : "");
    }

    /// <summary>Draws the completed trials by the first two objectives; nothing when no trial has completed.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Front.Count == 0) return;
        var objectives = model.Study.Spec.Objectives;
        var front = model.Front.Select(trial => trial.Number).ToHashSet();
        StudyTrial[] others = [.. model.Ranked.Where(trial => !front.Contains(trial.Number))];
        var (across, up) = (AxisOf(model, objectives[0], 0), AxisOf(model, objectives[1], 1));
        var frame = new PlotFrame(across.Axis, up.Axis, Height, 500);
        using var section = page.Open("section");
        page.Element("h2", $"The front: {objectives[0].Name} and {objectives[1].Name}");
        using var figure = page.Open("figure", ("class", "card"));
        page.Element("p", $"{Title(objectives[1])}, by {objectives[0].Name}", ("class", "map-title"));
        frame.Draw(page, $"{objectives[1].Name} of the trials by {objectives[0].Name}",
            $"{model.Front.Count} of {model.Ranked.Count} trials are on the front.", Title(objectives[0]), () =>
            {
                foreach (var trial in Thinned.Evenly(others, MaxDots)) Dot(trial, "dot faint g0", 3);
                foreach (var trial in model.Front) Dot(trial, "best-dot", 4.5);
            });
        page.Element("figcaption",
            "Large dots: trials on the front. Small dots: trials that another trial beats."
            + (objectives.Count > 2 ? " The front counts all objectives, so a trial on it may look beaten in two of them." : "")
            + across.Note + up.Note + Thinned.Note(Math.Min(MaxDots, others.Length), others.Length, "other trial", "evenly chosen ones"),
            ("class", "note"));

        void Dot(StudyTrial trial, string kind, double radius) =>
            frame.Dot(page, kind, trial.Record.Means[0], trial.Record.Means[1], radius,
                $"trial {trial.Number}: {FrontText.Values(model.Study.Spec, trial.Record)} · {trial.SettingsText(model.Axes)}");
    }

    private static string Title(MetricSpec objective) =>
        $"{ParameterText.Cut(objective.Name, 36)} ({(objective.Goal == MetricGoal.Maximize ? "higher" : "lower")} is better)";

    private static ClippedAxis AxisOf(StudyReportModel model, MetricSpec objective, int index)
    {
        var values = model.Ranked.Select(trial => trial.Record.Means[index]);
        double[] ranked = [.. objective.Goal == MetricGoal.Maximize ? values.OrderDescending() : values.Order()];
        return ClippedAxis.Of(ranked, objective.Goal, [.. model.Front.Select(trial => trial.Record.Means[index])]);
    }
}
