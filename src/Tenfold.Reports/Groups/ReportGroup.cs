using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Groups;

/// <summary>A group in a report.</summary>
public sealed record ReportGroup
{
    /// <summary>The group's record in the ledger.</summary>
    public required GroupRecord Group { get; init; }

    /// <summary>The group's name in the report. It comes from a user and must be escaped.</summary>
    public required string Label { get; init; }

    /// <summary>All runs of the group, in the order of their repeats.</summary>
    public required IReadOnlyList<ReportRun> Runs { get; init; }

    /// <summary>
    /// The runs that means and intervals are about: all, or the base runs of a group that varies several sources.
    /// </summary>
    public IReadOnlyList<ReportRun> Sample => Group.Spec.Variation is { } variation
        ? [.. Runs.Where(run => variation.SourceOf(run.Record.Repeat) is null)] : Runs;

    /// <summary>The result of each run, in the order of <see cref="Runs"/>.</summary>
    public IReadOnlyList<RunValue> Results => [.. Runs.Select(run => run.Result)];

    /// <summary>The summary of the values that count (see <see cref="RunValue"/>); null when none counts, or without a metric.</summary>
    public required Summary? Summary { get; init; }

    /// <summary>Where the values lie by the statistic that the report compares; null without a value.</summary>
    public required CentralValue? Location { get; init; }

    /// <summary>How often runs failed or diverged; null when no run ended by itself, or without a metric.</summary>
    public required Rate? BadRuns { get; init; }

    /// <summary>Makes a group of a report.</summary>
    /// <param name="group">The group with its runs.</param>
    /// <param name="label">The group's name in the report.</param>
    /// <param name="statistics">The statistics of the group's deciding metric; null without a metric.</param>
    /// <param name="now">The time of the report.</param>
    /// <param name="options">The statistic, and the confidence of its interval; null for the mean.</param>
    internal static ReportGroup Of(
        GroupRuns group, string label, GroupStatistics? statistics, DateTimeOffset now, ComparisonOptions? options = null)
    {
        var summary = statistics?.Summary;
        return new()
        {
            Group = group.Group,
            Label = label,
            Runs = [.. group.Runs.OrderBy(run => run.Run.Repeat).Select(run => ReportRun.Of(run, statistics?.Metric.Name, now))],
            Summary = summary,
            Location = summary is null ? null
                : options is null or { Statistic: LocationStatistic.Mean } ? new(LocationStatistic.Mean, summary.Mean, summary.Interval)
                : CentralValue.Of(summary.Values, options.Statistic, options.Confidence),
            BadRuns = statistics is null ? null : Core.Results.BadRuns.RateOf(statistics.Metric, group.Runs),
        };
    }
}
