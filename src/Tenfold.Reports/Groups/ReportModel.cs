using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;
using Tenfold.Reports.Text;

namespace Tenfold.Reports.Groups;

/// <summary>Everything that a report on groups shows, as plain data without words or layout. Immutable.</summary>
public sealed record ReportModel
{
    /// <summary>The name of the deciding metric; null when no group names one. It comes from a user and must be escaped.</summary>
    public required string? Metric { get; init; }

    /// <summary>Which way the metric is better; <see cref="MetricGoal.Maximize"/> without a metric.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>The groups, at least one. With several, the first is the baseline.</summary>
    public required IReadOnlyList<ReportGroup> Groups { get; init; }

    /// <summary>Each group after the first against the first, in order; empty for one group, or without a metric.</summary>
    public required IReadOnlyList<Comparison> Comparisons { get; init; }

    /// <summary>For each comparison, how often runs of the two groups failed or diverged; null when none did.</summary>
    public required IReadOnlyList<RateComparison?> BadRuns { get; init; }

    /// <summary>For each comparison, the looks that are recorded; empty for none.</summary>
    public IReadOnlyList<ComparisonHistory> Looks { get; init; } = [];

    /// <summary>Where the variance comes from; null unless the only group varies several sources.</summary>
    public GroupVariance? Variance { get; init; }

    /// <summary>How many pairs of groups of the project were compared so far; null when not counted.</summary>
    public int? MadeInProject { get; init; }

    /// <summary>The significance level and power of comparisons and intervals.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>The names of the parameters whose values differ between groups.</summary>
    public required IReadOnlyList<string> DifferingParameters { get; init; }

    /// <summary>Reasons for caution about the values; <see cref="Comparison.Notes"/> has those about a verdict.</summary>
    public required IReadOnlyList<GroupNote> Notes { get; init; }

    /// <summary>When the model was made. Unfinished runs are shown as of this time.</summary>
    public required DateTimeOffset GeneratedAt { get; init; }

    /// <summary>The spread that determines how values of the metric are rounded; null when no group has any spread.</summary>
    public double? Spread
    {
        get
        {
            double[] spreads = [.. Groups.Select(group => group.Summary?.StandardDeviation ?? 0).Where(spread => spread > 0)];
            return spreads.Length == 0 ? null : Math.Max(spreads.Min(), spreads.Max() / 100);
        }
    }

    /// <summary>Computes everything that the report shows.</summary>
    /// <param name="groups">The groups, at least one, with the series of their runs' metrics. The first is the baseline of the
    /// others.</param>
    /// <param name="metric">The deciding metric (see <see cref="MetricAgreement"/>); null for none.</param>
    /// <param name="now">The time of the report.</param>
    /// <param name="options">The significance level and power; null for the defaults.</param>
    /// <param name="labels">
    /// The name of each group. Null: its id and the values of the parameters in which the groups differ.
    /// </param>
    /// <param name="histories">Earlier looks at each candidate; null for none.</param>
    /// <exception cref="ArgumentException">There is no group.</exception>
    public static ReportModel From(
        IReadOnlyList<GroupRuns> groups,
        MetricSpec? metric,
        DateTimeOffset now,
        ComparisonOptions? options = null,
        IReadOnlyList<string>? labels = null,
        IReadOnlyList<ComparisonHistory>? histories = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count == 0) throw new ArgumentException("A report needs a group.", nameof(groups));
        options ??= new();

        var differing = ParameterText.Differing([.. groups.Select(group => group.Group.Spec.Parameters)]);
        var comparison = metric is null ? null : GroupComparison.Of(groups, metric, options, options.Confidence, histories);
        return new()
        {
            Metric = metric?.Name,
            Goal = metric?.Goal ?? MetricGoal.Maximize,
            Groups =
            [
                .. groups.Select((group, i) => ReportGroup.Of(
                    group, labels?[i] ?? ParameterText.Label(group.Group, differing), comparison?.Groups[i].Statistics, now, options)),
            ],
            Comparisons = comparison?.Comparisons ?? [],
            BadRuns = [.. comparison?.Candidates.Select(candidate => candidate.BadRuns) ?? []],
            Options = options,
            DifferingParameters = differing,
            Notes = [.. NotesOf(groups, comparison)],
            GeneratedAt = now,
            Looks = histories ?? [],
            Variance = groups is [var only] ? GroupVariance.Of(only.Group, only.Runs, metric, options.Confidence) : null,
        };
    }

    private static IEnumerable<GroupNote> NotesOf(IReadOnlyList<GroupRuns> groups, GroupComparison? comparison)
    {
        var notes = comparison switch
        {
            null =>
            [
                new GroupNote(null, new Note.NoMetric()),
                .. groups.SelectMany(group => About(group.Group, GroupStatistics.NotesOfRuns(group.Runs))),
                .. groups.Skip(1).SelectMany(group => About(group.Group, GroupDifferences.Between(groups[0], group))),
            ],
            { Candidates.Count: 0 } => About(groups[0].Group, comparison.Baseline.Statistics.Notes),
            _ => comparison.NotesOfGroups,
        };
        var uncommitted = groups.Where(group => group.Group.GitDirty == true)
            .Select(group => new GroupNote(group.Group.Id, new Note.UncommittedChanges(group.Group.GitCommit)));
        return [.. notes, .. uncommitted];
    }

    private static IEnumerable<GroupNote> About(GroupRecord group, IEnumerable<Note> notes) =>
        notes.Select(note => new GroupNote(group.Id, note));
}
