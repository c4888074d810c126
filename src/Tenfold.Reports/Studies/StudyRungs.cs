using Tenfold.Core.Studies;
using Tenfold.Reports.Charts;
using Tenfold.Reports.Pages;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Studies;

/// <summary>Draws the rungs that trials reached, and those at which trials were pruned.</summary>
public static class StudyRungs
{
    private const int MaxDots = 200;
    private const int MaxNamed = 40;
    private const int MaxRungs = 12;

    /// <summary>Draws the section; nothing when no trial reached a rung.</summary>
    public static void Draw(Markup page, StudyReportModel model)
    {
        if (model.Rungs.Count == 0) return;
        var rungs = model.Rungs.GroupBy(rung => rung.Rung).OrderBy(rung => rung.Key).ToArray();
        var drawn = Thinned.Evenly(rungs, MaxRungs);
        var rows = drawn.Select(rung => RowOf(model, rung.Key, [.. rung.OrderBy(record => record.Number)])).ToArray();
        var pruned = model.Rungs.Count(rung => HasEnded(model, rung));
        using var section = page.Open("section");
        page.Element("h2", "Ended early");
        page.Element("p",
            $"{Rule(model.Study.Spec.Prune)}{Numbers.Count(pruned, "trial")} of {model.Trials.Count} ended at a rung, {model.Ranked.Count} "
            + "ran to the end." + (model.Rungs.Any(rung => rung.IsPruned && !HasEnded(model, rung))
                ? " Some trials completed before they could be ended; they count as complete." : ""), ("class", "note"));
        using var figure = page.Open("figure", ("class", "card"));
        double[] values = [.. rows.SelectMany(row => row.Dots).Select(dot => dot.Value)
            .OrderBy(value => -StudyReportModel.Sign(model.Goal) * value)];
        var scale = ClippedAxis.Of(values, model.Goal);
        if (values.Length > 0)
        {
            StripChart.Draw(page, $"Values of {model.Metric} at each rung",
                string.Join(" ", rows.Select(row => $"{row.Label}: {row.Facts}.")), rows,
                scale.Axis, $"{model.MetricTitle}, at the rung");
        }

        page.Element("figcaption", "A rung is a step at which a trial is compared with the others. ● continued, × ended there."
            + scale.Note
            + (model.Rungs.GroupBy(rung => rung.Rung).Any(rung => rung.Count() > MaxDots)
                ? $" At most {MaxDots} dots a rung are drawn, evenly by number." : "")
            + Thinned.Note(drawn.Count, rungs.Length, "rung", "evenly"), ("class", "note"));
        ListEnded(page, model, rungs);
    }

    // Stopping a trial takes a moment. A trial that reaches its end before it stops is complete.
    private static bool HasEnded(StudyReportModel model, RungRecord rung) =>
        rung.IsPruned && model.Trials.Any(trial => trial.Number == rung.Number && trial.Record.State == TrialState.Pruned);

    private static string Rule(Pruning? prune) => prune switch
    {
        null => "",
        { Rule: PruningRule.Asha } =>
            $"Asynchronous successive halving: a trial continues when it is among the best 1/{prune.Factor} at its rung so far. ",
        { Rule: PruningRule.Hyperband } =>
            $"Hyperband: a trial continues when it is among the best 1/{prune.Factor} at its rung so far, and some skip the first rungs. ",
        _ => "A trial is ended when it is worse than the median of the earlier trials at that step. ",
    };

    private static StripRow RowOf(StudyReportModel model, long rung, RungRecord[] records)
    {
        var ended = records.Count(record => HasEnded(model, record));
        var finite = records.Where(record => double.IsFinite(record.Value)).ToArray();
        var facts = $"{Numbers.Count(records.Length, "trial")} arrived · {ended} ended here · {records.Length - ended} continued"
            + (finite.Length < records.Length ? $" · {records.Length - finite.Length} without a finite value" : "");
        return new($"step {rung}", facts, 0,
        [
            .. Thinned.Evenly(finite, MaxDots).Select(record => new Dot(
                record.Value,
                $"trial {record.Number}: {model.Text(record.Value)}" + (HasEnded(model, record) ? ", ended here" : "")
                    + (record.Against is { } against ? $" against {model.Text(against)}" : ""),
                HasEnded(model, record) ? DotKind.Cross : DotKind.Filled)),
        ]);
    }

    private static void ListEnded(Markup page, StudyReportModel model, IEnumerable<IGrouping<long, RungRecord>> rungs)
    {
        using var list = page.Open("dl", ("class", "facts plain"));
        foreach (var rung in rungs)
        {
            int[] numbers = [.. rung.Where(record => HasEnded(model, record)).Select(record => record.Number).Order()];
            if (numbers.Length == 0) continue;
            var more = numbers.Length > MaxNamed ? $" and {numbers.Length - MaxNamed} more" : "";
            ReportPage.Fact(page, $"Ended at step {rung.Key}",
                $"{(numbers.Length == 1 ? "trial" : "trials")} {string.Join(", ", numbers.Take(MaxNamed))}{more}");
        }
    }
}
