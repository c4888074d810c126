using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Reports.Groups;

/// <summary>A group in a report.</summary>
public sealed record ReportGroup
{
    /// <summary>The group as the ledger has it.</summary>
    public required GroupRecord Group { get; init; }

    /// <summary>What the report calls the group. Comes from a user: escape it.</summary>
    public required string Label { get; init; }

    /// <summary>All its runs, in the order of their repeats.</summary>
    public required IReadOnlyList<ReportRun> Runs { get; init; }

    /// <summary>The result of each run, in the order of <see cref="Runs"/>.</summary>
    public IReadOnlyList<RunValue> Results => [.. Runs.Select(run => run.Result)];

    /// <summary>The summary of the values that count, see <see cref="RunValue"/>; null when none does, or without a metric.</summary>
    public required Summary? Summary { get; init; }

    /// <summary>Makes a group of a report.</summary>
    /// <param name="group">The group with its runs.</param>
    /// <param name="label">What to call it.</param>
    /// <param name="statistics">What its runs say of the metric that decides; null for no metric.</param>
    /// <param name="now">The time of the report.</param>
    internal static ReportGroup Of(GroupRuns group, string label, GroupStatistics? statistics, DateTimeOffset now) => new()
    {
        Group = group.Group,
        Label = label,
        Runs = [.. group.Runs.OrderBy(run => run.Run.Repeat).Select(run => ReportRun.Of(run, statistics?.Metric.Name, now))],
        Summary = statistics?.Summary,
    };
}
