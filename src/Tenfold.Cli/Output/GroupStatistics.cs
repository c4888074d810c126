using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Output;

/// <summary>What a group's runs say of one metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Values">Each run's seed with its last value; null for a run that failed, still runs, or gave no finite value.</param>
/// <param name="Summary">The summary of the values that there are; null when there is none.</param>
/// <param name="Notes">What has to be said of it aloud.</param>
internal sealed record GroupStatistics(MetricSpec Metric, IReadOnlyList<SeedValue> Values, Summary? Summary, IReadOnlyList<string> Notes)
{
    /// <summary>Below this many values, a spread means little.</summary>
    public const int FewRepeats = 5;

    /// <summary>Sums a group up.</summary>
    public static GroupStatistics Of(MetricSpec metric, IReadOnlyList<RunWithMetrics> runs)
    {
        var values = runs.Select(run => new SeedValue(run.Run.Seed, Value(metric.Name, run))).ToList();
        var there = values.Select(value => value.Value).OfType<double>().ToList();
        return new GroupStatistics(metric, values, there.Count > 0 ? Summary.Of(there) : null, [.. Aloud(metric, runs, there)]);
    }

    /// <summary>A run's result: the last value, when the run succeeded and the value is finite.</summary>
    public static double? Value(string metric, RunWithMetrics run) => Core.Studies.TrialOutcome.Value(run, metric);

    private static IEnumerable<string> Aloud(MetricSpec metric, IReadOnlyList<RunWithMetrics> runs, List<double> values)
    {
        var failed = runs.Count(run => run.Run.State is RunState.Failed or RunState.Cancelled);
        var open = runs.Count(run => !run.Run.State.IsFinal());
        if (failed > 0) yield return $"{failed} of {Numbers.Count(runs.Count, "run")} failed or {(failed == 1 ? "was" : "were")} cancelled, and count{(failed == 1 ? "s" : "")} for nothing here";
        if (open > 0) yield return $"{open} of {Numbers.Count(runs.Count, "run")} {(open == 1 ? "has" : "have")} not ended yet";
        var without = runs.Where(run => run.Run.State == RunState.Succeeded && run.Metrics.All(m => m.Name != metric.Name)).ToList();
        if (without.Count > 0)
        {
            var seen = without[0].Metrics.Select(m => m.Name).Take(8).ToList();
            yield return $"{metric.Name} never appeared in {Names(without)}" +
                (seen.Count > 0 ? $"; metrics that did: {string.Join(", ", seen)}" : "; no metric did") +
                $". Print a line {{\"metric\":\"{metric.Name}\",\"value\":0.93}}, or give a pattern under train.metrics";
        }

        var strange = runs.Where(run => run.Run.State == RunState.Succeeded && run.Metrics.Any(m => m.Name == metric.Name && !double.IsFinite(m.Last))).ToList();
        if (strange.Count > 0) yield return $"{metric.Name} ended as {Shown(strange[0], metric)} in {Names(strange)}: no number, so not counted";
        if (values.Count is > 0 and < FewRepeats) yield return $"only {Numbers.Count(values.Count, "value")}: a spread from fewer than {FewRepeats} means little; --repeat 10 is a good start";
        if (values.Count > 1 && values.Distinct().Count() == 1) yield return "every run gave the same value: does the script use its seed ($TENFOLD_SEED, {seed})?";
    }

    private static string Shown(RunWithMetrics run, MetricSpec metric) => run.Metrics.First(m => m.Name == metric.Name).Last switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "infinity",
        _ => "-infinity",
    };

    private static string Names(List<RunWithMetrics> runs) =>
        string.Join(", ", runs.Take(3).Select(run => run.Run.Id)) + (runs.Count > 3 ? $" and {runs.Count - 3} more" : "");
}
