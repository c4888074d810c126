using System.Text;
using Tenfold.Core.Studies;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws when each worker ran which trial.</summary>
public static class StudyTimeline
{
    private const int MaxBars = 400;
    private const int MaxLanes = 64;
    private const double BarShare = 0.72;

    private static readonly (string Class, string Words)[] Kinds =
    [
        ("completed", "completed"), ("pruned", "ended early"), ("failed", "failed"), ("other", "lost or cancelled"),
        ("running", "still running"), ("confirmation", "run again with a fresh seed"),
    ];

    /// <summary>Draws the section; nothing when no run has started.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Lanes.Count == 0) return;
        var lanes = model.Lanes.Take(MaxLanes).ToArray();
        var spans = model.Lanes.SelectMany(lane => lane.Spans).ToArray();
        var (start, end) = (spans.Min(span => span.Start), spans.Max(span => span.End ?? model.GeneratedAt));
        if (end < start) end = start;
        var states = model.Trials.ToDictionary(trial => trial.Number, trial => trial);
        using var section = page.Open("section");
        page.Element("h2", "Workers");
        var worked = spans.Sum(span => Math.Max(0, ((span.End ?? model.GeneratedAt) - span.Start).TotalSeconds));
        var busy = Math.Round(Math.Min(worked / Math.Max((end - start).TotalSeconds * model.Lanes.Count, 1e-9), 1), 2);
        var lead = $"{Numbers.Count(model.Lanes.Count, "worker")}, busy {Numbers.Percent(busy)} of {Numbers.Duration(end - start)}.";
        page.Element("p", PageText.Of(lead), ("class", "note"));
        using var figure = page.Open("figure", ("class", "card"));
        string[] used = [.. spans.Select(span => KindOf(span, states)).Distinct()];
        using (page.Open("ul", ("class", "legend bars")))
            foreach (var (kind, words) in Kinds.Where(kind => used.Contains(kind.Class))) page.Element("li", words, ("class", kind));
        var axis = ChartAxis.Categories([.. lanes.Reverse().Select(lane => lane.Name)]);
        var height = lanes.Length * Math.Clamp(320.0 / lanes.Length, 9, 24);
        var frame = new PlotFrame(ChartAxis.Time(end - start), axis, height);
        var counts = string.Join(" ", lanes.Take(20).Select(lane => $"{lane.Name}: {Numbers.Count(lane.Spans.Count, "run")}."));
        frame.Draw(page, "What the workers ran, and when", counts, "time since the first start", () =>
        {
            for (var i = 0; i < lanes.Length; i++)
            {
                var top = ((i + ((1 - BarShare) / 2)) * height) / lanes.Length;
                if (spans.Length <= MaxBars) Bars(page, frame, model, lanes[i], start, top, height / lanes.Length * BarShare, states);
                else Blocks(page, frame, model, lanes[i], start, i, lanes.Length, states);
            }
        });
        page.Element("figcaption", "A bar is a run of a trial on a worker. A gap means that the worker waited."
            + (model.Lanes.Any(lane => lane.Spans.Any(span => span.Lane is null))
                ? " Which worker of a machine ran a trial is unknown: each trial is drawn on the first free one." : "")
            + (spans.Length > MaxBars ? $" There are {spans.Length} bars; neighbours of one kind are drawn as one." : "")
            + Thinned.Note(lanes.Length, model.Lanes.Count, "worker", "the first"), ("class", "note"));
    }

    private static string KindOf(TrialSpan span, Dictionary<int, StudyTrial> trials) => span switch
    {
        { End: null } => "running",
        { IsConfirmation: true } => "confirmation",
        _ => trials.GetValueOrDefault(span.Trial)?.Record.State switch
        {
            TrialState.Completed => "completed",
            TrialState.Pruned => "pruned",
            TrialState.Failed or TrialState.Infeasible => "failed",
            TrialState.Running => "running",
            _ => "other",
        },
    };

    private static void Bars(Markup page, PlotFrame frame, StudyReportModel model, StudyLane lane, DateTimeOffset start, double top,
        double height, Dictionary<int, StudyTrial> trials)
    {
        foreach (var span in lane.Spans)
        {
            var end = span.End ?? model.GeneratedAt;
            var (from, to) = (frame.XShare((span.Start - start).TotalSeconds), frame.XShare(Math.Max(0, (end - start).TotalSeconds)));
            using var bar = page.Open("rect", ("class", $"work {KindOf(span, trials)}"), ("x", Markup.Share(from)),
                ("width", Markup.Share(Math.Max(to - from, 0.001))),
                ("y", Markup.Px(top)), ("height", Markup.Px(height)), ("rx", "1.5"));
            var what = trials.TryGetValue(span.Trial, out var trial) ? model.Describe(trial)
                : span.Trial == ConfirmationPlan.Baseline ? GainText.Baseline : $"trial {span.Trial}";
            var how = (span.IsConfirmation ? ", with a fresh seed" : "") + (span.End is null ? ", so far" : "");
            page.Element("title", $"{what} · {Numbers.Duration(end - span.Start)}{how}");
        }
    }

    /// <summary>Draws bars that are too many to tell apart: a path for each kind, in which adjacent bars are merged.</summary>
    private static void Blocks(Markup page, PlotFrame frame, StudyReportModel model, StudyLane lane, DateTimeOffset start, int row,
        int rows, Dictionary<int, StudyTrial> trials)
    {
        var paths = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        var top = PlotFrame.Thousandth((row + ((1 - BarShare) / 2)) / rows);
        var bottom = PlotFrame.Thousandth((row + ((1 + BarShare) / 2)) / rows);
        for (var i = 0; i < lane.Spans.Count; i++)
        {
            var (first, kind) = (lane.Spans[i], KindOf(lane.Spans[i], trials));
            var to = Place(first.End);
            while (i + 1 < lane.Spans.Count && KindOf(lane.Spans[i + 1], trials) == kind && Place(lane.Spans[i + 1].Start) - to < 0.001)
                to = Math.Max(to, Place(lane.Spans[++i].End));
            if (!paths.TryGetValue(kind, out var path)) paths.Add(kind, path = new());
            path.Append('M').Append(PlotFrame.Thousandth(Place(first.Start))).Append(',').Append(top).Append('H')
                .Append(PlotFrame.Thousandth(Math.Max(to, Place(first.Start) + 0.0004)))
                .Append('V').Append(bottom).Append('H').Append(PlotFrame.Thousandth(Place(first.Start))).Append('Z');
        }

        using var lines = frame.Lines(page);
        foreach (var (kind, path) in paths) page.Empty("path", ("class", $"work {kind}"), ("d", path.ToString()));

        double Place(DateTimeOffset? at) => frame.XShare(((at ?? model.GeneratedAt) - start).TotalSeconds);
    }
}
