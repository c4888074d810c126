using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>Counts the runs of a group that failed or diverged, and compares their rates.</summary>
/// <remarks>
/// A run diverged when its value is NaN or infinite, or far from the others in the worse direction (<see cref="FarOut"/>). Cancelled and
/// unfinished runs don't count, because they say nothing about the settings.
/// </remarks>
public static class BadRuns
{
    /// <summary>The rate of bad runs among those that ended by themselves; null when none did.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="runs">The group's runs.</param>
    public static Rate? RateOf(MetricSpec metric, IReadOnlyList<RunWithMetrics> runs)
    {
        ArgumentNullException.ThrowIfNull(metric);
        var ended = runs.Where(run => run.Run.State is RunState.Succeeded or RunState.Failed)
            .Select(run => RunValue.Of(run, metric.Name)).Where(value => value.Missing is not MissingValue.NotReported).ToList();
        if (ended.Count == 0) return null;
        List<double> values = [.. ended.Select(value => value.Value).OfType<double>()];
        var bad = ended.Count - values.Count + FarOut.FindDiverged(values, metric.Goal).Count(isFar => isFar);
        return Rate.Estimate(bad, ended.Count);
    }

    /// <summary>Compares the rates of bad runs of two groups; null when there are no bad runs.</summary>
    public static RateComparison? Compare(
        MetricSpec metric, IReadOnlyList<RunWithMetrics> candidate, IReadOnlyList<RunWithMetrics> baseline) =>
        RateOf(metric, candidate) is { } one && RateOf(metric, baseline) is { } other && one.Count + other.Count > 0
            ? RateComparison.Between(one, other) : null;
}
