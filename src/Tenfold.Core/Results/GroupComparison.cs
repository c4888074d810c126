using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>Groups beside a baseline: the verdicts, and what to know before believing them.</summary>
/// <param name="Metric">The metric that decides.</param>
/// <param name="Options">How sure the comparisons are.</param>
/// <param name="Baseline">The group that the others are compared with.</param>
/// <param name="Candidates">The other groups, in the order given.</param>
public sealed record GroupComparison(
    MetricSpec Metric, ComparisonOptions Options, MeasuredGroup Baseline, IReadOnlyList<ComparedGroup> Candidates)
{
    /// <summary>How many pairs of groups of the baseline's project were compared so far, these included; null when not counted.</summary>
    public int? MadeInProject { get; init; }

    /// <summary>The earlier looks at each candidate that the verdicts regard; null when none were asked for.</summary>
    public IReadOnlyList<ComparisonHistory>? Histories { get; init; }

    /// <summary>The baseline, then the candidates.</summary>
    public IReadOnlyList<MeasuredGroup> Groups => [Baseline, .. Candidates.Select(candidate => candidate.Measured)];

    /// <summary>The verdicts on the candidates, in order; p-values are Holm-corrected when there are several.</summary>
    public IReadOnlyList<Comparison> Comparisons => [.. Candidates.Select(candidate => candidate.Comparison)];

    /// <summary>What to know of the groups, each note once; <see cref="Comparison.Notes"/> has the notes on a verdict.</summary>
    public IReadOnlyList<GroupNote> NotesOfGroups =>
    [
        .. Groups.SelectMany(OwnNotes),
        .. Candidates.SelectMany(candidate => candidate.Differences.Select(note => new GroupNote(candidate.Measured.Group.Id, note))),
    ];

    /// <summary>Compares groups with the first of them.</summary>
    /// <param name="groups">The baseline, then the candidates; at least one group.</param>
    /// <param name="metric">The metric that decides: <see cref="MetricAgreement"/> finds it.</param>
    /// <param name="options">How sure the comparisons must be; null for the defaults.</param>
    /// <param name="confidence">The confidence of each group's own interval; default 0.95.</param>
    /// <param name="histories">Earlier looks at each candidate; null for none.</param>
    /// <exception cref="ArgumentException">There is no group.</exception>
    public static GroupComparison Of(
        IReadOnlyList<GroupRuns> groups, MetricSpec metric, ComparisonOptions? options = null, double confidence = 0.95,
        IReadOnlyList<ComparisonHistory>? histories = null)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(metric);
        if (groups.Count == 0) throw new ArgumentException("A comparison needs a baseline.", nameof(groups));
        options ??= new();
        var resampled = groups.Max(group => group.Group.Spec.TestFraction);
        if (resampled is not null) options = options with { TestFraction = resampled };
        MeasuredGroup[] measured = [.. groups.Select(group => MeasuredGroup.Of(group, metric, confidence))];
        var (baseline, others) = (measured[0], measured[1..]);
        var comparisons = histories is [var only] && others.Length == 1 ? [only.Compare(groups[0], groups[1], metric, options)]
            : histories is not null ? ComparisonHistory.CompareAll(histories, groups, metric, options)
            : Comparison.Family([.. others.Select(other => other.Statistics.Values)], baseline.Statistics.Values, metric.Goal, options);
        return new(metric, options, baseline,
            [
                .. others.Select((other, i) => ComparedGroup.Of(baseline, other, comparisons[i]) with
                {
                    BadRuns = (histories?.ElementAtOrDefault(i) ?? new ComparisonHistory([]))
                        .BadRunsOf(groups[0], groups[i + 1], metric, isFamily: others.Length > 1),
                }),
            ])
        {
            Histories = histories,
        };
    }

    /// <summary>What a group's statistics note, without what a comparison notes itself: few, failed and equal repeats.</summary>
    internal static IEnumerable<GroupNote> OwnNotes(MeasuredGroup group) =>
        group.Statistics.Notes
            .Where(note => note is not Note.RunsFailed && !GroupStatistics.IsOfSample(note))
            .Select(note => new GroupNote(group.Group.Id, note));
}

/// <summary>A group with its statistics.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">Its runs.</param>
/// <param name="Statistics">Their result for the deciding metric.</param>
public sealed record MeasuredGroup(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs, GroupStatistics Statistics)
{
    /// <inheritdoc cref="GroupRuns.Files"/>
    public IReadOnlyList<SnapshotFile>? Files { get; init; }

    internal static MeasuredGroup Of(GroupRuns group, MetricSpec metric, double confidence) =>
        new(group.Group, group.Runs, GroupStatistics.Of(group.Group, group.Runs, metric, confidence))
        {
            Files = group.Files,
        };

    internal GroupRuns ToRuns() => new(Group, Runs) { Files = Files };
}

/// <summary>A candidate in a <see cref="GroupComparison"/>.</summary>
/// <param name="Measured">The group with its statistics.</param>
/// <param name="Comparison">The verdict against the baseline.</param>
/// <param name="Differences">What it differs in from the baseline, beside seeds and parameters.</param>
/// <param name="Notes">All that a reader should know before believing the verdict, the differences included.</param>
public sealed record ComparedGroup(
    MeasuredGroup Measured, Comparison Comparison, IReadOnlyList<Note> Differences, IReadOnlyList<GroupNote> Notes)
{
    /// <summary>
    /// How often runs of the two groups failed or diverged, among the repeats that are compared; null when none did.
    /// </summary>
    public RateComparison? BadRuns { get; init; }

    internal static ComparedGroup Of(MeasuredGroup baseline, MeasuredGroup candidate, Comparison comparison)
    {
        var differences = GroupDifferences.Between(baseline.ToRuns(), candidate.ToRuns());
        return new(candidate, comparison, differences,
        [
            .. differences.Concat(comparison.Notes.Select(note => new Note.OfComparison(note))).Select(note => new GroupNote(null, note)),
            .. GroupComparison.OwnNotes(candidate),
            .. GroupComparison.OwnNotes(baseline),
        ]);
    }
}
