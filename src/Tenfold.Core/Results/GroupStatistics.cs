using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>The results of a group's runs in one metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Values">
/// Each run's seed with its value, in the order of the runs; null for a run without a value that counts (<see cref="RunValue"/>).
/// </param>
/// <param name="Summary">The summary of the values that count; null when none does.</param>
/// <param name="Notes">What to know before believing the values, most important first.</param>
public sealed record GroupStatistics(MetricSpec Metric, IReadOnlyList<SeedValue> Values, Summary? Summary, IReadOnlyList<Note> Notes)
{
    /// <summary>Computes the statistics of a group, with the notes on all its runs.</summary>
    /// <param name="group">The group. When it varies several sources, its base runs are what the statistics are about.</param>
    /// <param name="runs">All its runs.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="confidence">The confidence of the interval for the mean, above 0 and below 1; default 0.95.</param>
    public static GroupStatistics Of(
        GroupRecord group, IReadOnlyList<RunWithMetrics> runs, MetricSpec metric, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(group);
        var sample = Of(metric, GroupVariance.SampleOf(group, runs), confidence, group.Spec.TestFraction);
        if (group.Spec.Variation is null) return sample;
        var all = Of(metric, runs);
        var notes = all.Notes.Where(note => !IsOfSample(note)).Concat(sample.Notes.Where(IsOfSample));
        return sample with { Notes = [.. notes] };
    }

    /// <summary>Computes the statistics of runs that differ in their seed only.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="runs">The group's runs.</param>
    /// <param name="confidence">The confidence of the interval for the mean, above 0 and below 1; default 0.95.</param>
    /// <param name="testFraction">See <see cref="WorkSpec.TestFraction"/>; null when the runs are independent.</param>
    public static GroupStatistics Of(
        MetricSpec metric, IReadOnlyList<RunWithMetrics> runs, double confidence = 0.95, double? testFraction = null)
    {
        ArgumentNullException.ThrowIfNull(metric);
        var values = runs.Select(run => new SeedValue(run.Run.Seed, RunValue.Of(run, metric.Name).Value)).ToList();
        var counted = values.Select(value => value.Value).OfType<double>().ToList();
        var summary = counted.Count == 0 ? null : Summary.Of(counted, confidence, testFraction);
        return new GroupStatistics(metric, values, summary, [.. NotesOfRuns(runs), .. NotesOfValues(metric, runs, summary)]);
    }

    /// <summary>What to know of a group's runs, whatever the metric.</summary>
    /// <param name="runs">The group's runs.</param>
    public static IEnumerable<Note> NotesOfRuns(IReadOnlyList<RunWithMetrics> runs)
    {
        var unfinished = runs.Count(run => !run.Run.State.IsFinal());
        var failed = runs.Count(run => run.Run.State == RunState.Failed);
        var cancelled = runs.Count(run => run.Run.State == RunState.Cancelled);
        if (failed + cancelled > 0) yield return new Note.RunsFailed(failed, cancelled, runs.Count);
        if (unfinished > 0) yield return new Note.RunsUnfinished(unfinished, runs.Count);
    }

    /// <summary>True for a note on the values as a sample, and not on the runs that gave them.</summary>
    internal static bool IsOfSample(Note note) => note is Note.FewValues or Note.SkewedValues or Note.EqualValues;

    private static IEnumerable<Note> NotesOfValues(MetricSpec metric, IReadOnlyList<RunWithMetrics> runs, Summary? summary)
    {
        var values = runs.ToLookup(run => RunValue.Of(run, metric.Name).Missing);
        var without = values[MissingValue.NotReported].ToList();
        if (without.Count > 0)
            yield return new Note.MetricMissing(metric.Name, Ids(without), [.. without[0].Metrics.Select(one => one.Name).Take(8)]);
        foreach (var same in values[MissingValue.NotFinite].GroupBy(run => RunValue.Of(run, metric.Name).Last!.Value))
            yield return new Note.MetricNotFinite(metric.Name, same.Key, Ids(same));
        var unread = runs.Where(run => RunValue.Of(run, metric.Name).Value is not null
            && run.Run.Warnings.Any(warning => warning is Warning.MetricsNotUnderstood)).ToList();
        if (unread.Count > 0) yield return new Note.MetricLinesUnread(metric.Name, Ids(unread));
        if (StepsOf(metric, runs) is { } steps) yield return steps;
        foreach (var read in runs.GroupBy(run => run.Metrics.FirstOrDefault(one => one.Name == metric.Name)?.Pattern))
            if (read.Key is { } pattern) yield return new Note.MetricReread(metric.Name, pattern, Ids(read));
        if (summary is { N: < Summary.Few }) yield return new Note.FewValues(summary.N);
        if (summary is { IsSkewed: true, N: < Summary.FewSkewed }) yield return new Note.SkewedValues(summary.N);
        if (summary is { N: > 1 } && summary.Min == summary.Max) yield return new Note.EqualValues(summary.N);
    }

    // A run that early stopping ended, as the project asked, has its last value where it should be.
    private static Note.StepsDiffer? StepsOf(MetricSpec metric, IReadOnlyList<RunWithMetrics> runs)
    {
        var ends = runs.Where(run => RunValue.Of(run, metric.Name).Value is not null && run.Run.Reason is not Reason.EarlyStopped)
            .Select(run => (Run: run, run.Metrics.First(one => one.Name == metric.Name).LastStep)).ToList();
        if (ends.Count == 0) return null;
        var (first, last) = (ends.Min(end => end.LastStep), ends.Max(end => end.LastStep));
        return first == last ? null
            : new(metric.Name, first, last, Ids(ends.Where(end => end.LastStep < last).Select(end => end.Run)));
    }

    private static IReadOnlyList<string> Ids(IEnumerable<RunWithMetrics> runs) => [.. runs.Select(run => run.Run.Id)];
}
