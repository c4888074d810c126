using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Studies;

/// <summary>Derives a trial's outcome from its runs.</summary>
public static class TrialOutcome
{
    /// <summary>The outcome of a trial; null while one of its runs is unfinished.</summary>
    /// <param name="trial">The trial.</param>
    /// <param name="metrics">The metric that decides; or each of several objectives.</param>
    /// <param name="runs">Its runs with their metrics.</param>
    /// <param name="lost">The names of runs that failed because their machine was lost too often.</param>
    /// <param name="pruned">Why the trial was pruned; null when it was not.</param>
    /// <param name="limits">The study's constraints; null for none.</param>
    /// <remarks>
    /// A run counts when it succeeded and the last value of each metric is finite. A trial with at least one such run is completed, unless
    /// it was pruned: a crash among several repeats is noted, but doesn't discard the other repeats.
    /// </remarks>
    public static TrialTell? Of(
        TrialRecord trial, IReadOnlyList<string> metrics, IReadOnlyList<RunWithMetrics> runs, IReadOnlySet<string> lost,
        Reason.Pruned? pruned, IReadOnlyList<MetricLimit>? limits = null)
    {
        if (runs.Count == 0 || !runs.All(run => run.Run.State.IsFinal())) return null;
        var good = runs.Where(run => metrics.All(metric => Value(run, metric) is not null)).ToList();
        var bad = runs.Except(good).ToList();
        List<List<double>> values = [.. metrics.Select(metric => good.ConvertAll(run => Value(run, metric)!.Value))];
        var state = 0 switch
        {
            _ when pruned is not null && bad.Count > 0 => TrialState.Pruned,
            _ when good.Count > 0 => TrialState.Completed,
            _ when bad.Exists(run => run.Run.State == RunState.Cancelled) => TrialState.Cancelled,
            _ when bad.TrueForAll(run => lost.Contains(run.Run.Id)) => TrialState.Lost,
            _ => TrialState.Failed,
        };
        var why = state switch
        {
            TrialState.Pruned => pruned,
            TrialState.Completed => bad.Count == 0 ? null : new Reason.RunsNotCounted(bad.Count, runs.Count, Why(bad[0], metrics)),
            _ => Why(bad.Find(run => run.Run.State == RunState.Failed) ?? bad[0], metrics),
        };
        // A constraint is kept by the mean over the runs that count, as the value is their mean.
        if (state == TrialState.Completed && MetricLimit.Check(limits ?? [], name => MetricLimit.MeanOf(good, name)) is { } broken)
            (state, why) = broken;
        return new TrialTell(trial.Study, trial.Number, state, values[0], why, runs.Max(run => run.Run.EndedAt) ?? trial.AskedAt)
        {
            Others = good.Count == 0 ? [] : [.. values.Skip(1)],
        };
    }

    /// <summary>The value of a run that counts; null when it does not.</summary>
    public static double? Value(RunWithMetrics run, string metric) => RunValue.Of(run, metric).Value;

    private static double? Last(RunWithMetrics run, string metric) => run.Metrics.FirstOrDefault(one => one.Name == metric)?.Last;

    private static Reason? Why(RunWithMetrics run, IReadOnlyList<string> metrics)
    {
        if (run.Run.State != RunState.Succeeded) return run.Run.Reason;
        var metric = metrics.First(metric => Value(run, metric) is null);
        return Last(run, metric) is { } last ? new Reason.MetricNotFinite(metric, last) : new Reason.MetricMissing(metric);
    }
}
