using Tenfold.App.Fitting;
using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Comparing;

/// <summary>Loads groups and compares them.</summary>
/// <param name="services">The services of this home.</param>
public sealed class GroupLoader(Services services)
{
    /// <summary>Loads groups with their runs, in the order of the ids.</summary>
    /// <param name="ids">Prefixes of the groups' ids.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The groups; or a refusal: a prefix matches no group, or two prefixes match the same group.</returns>
    public async Task<Outcome<IReadOnlyList<GroupRuns>>> LoadAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var groups = new List<GroupRuns>();
        foreach (var prefix in ids)
        {
            if (!(await services.Ids.ResolveGroupAsync(prefix, cancellationToken)).Succeeded(out var group, out var refusal))
                return refusal;
            if (groups.Exists(other => other.Group.Id == group.Id))
                return Refusal.BadInput($"{group.Id} is named twice; a group is not compared with itself");
            groups.Add(new GroupRuns(group, await services.Ledger.ListRunsAsync(group.Id, cancellationToken)));
        }

        return Outcome.Of<IReadOnlyList<GroupRuns>>(await AddFilesAsync(groups, cancellationToken));
    }

    // Only groups of different snapshots need their files. Without a store that can be read, the difference just has no names.
    private async Task<IReadOnlyList<GroupRuns>> AddFilesAsync(List<GroupRuns> groups, CancellationToken cancellationToken)
    {
        if (groups.Select(group => group.Group.Spec.Snapshot).Distinct().Count() < 2) return groups;
        var loaded = new List<GroupRuns>();
        foreach (var group in groups) loaded.Add(group with { Files = await ReadFilesAsync(group.Group, cancellationToken) });
        return loaded;
    }

    private async Task<IReadOnlyList<SnapshotFile>?> ReadFilesAsync(GroupRecord group, CancellationToken cancellationToken)
    {
        try
        {
            if (!services.StoreOf(group).Succeeded(out var store, out _)) return null;
            return (await new SnapshotReader(store).ReadManifestAsync(group.Spec.Snapshot, cancellationToken)).Manifest?.Files;
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>Compares groups with a baseline.</summary>
    /// <param name="ids">Prefixes of the groups' ids, the baseline first.</param>
    /// <param name="metric">The metric as the user wrote it; null for the one that the groups agree on.</param>
    /// <param name="options">The level, between 0 and 0.5, and the margin.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The comparison; or a refusal: a prefix matches no group, or no metric is named.</returns>
    public async Task<Outcome<GroupComparison>> CompareAsync(
        IReadOnlyList<string> ids, string? metric, ComparisonOptions options, CancellationToken cancellationToken)
    {
        if (!(await LoadAsync(ids, cancellationToken)).Succeeded(out var groups, out var refusal)) return refusal;
        if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], metric, out var chosen, out refusal)) return refusal;
        if (chosen is null)
        {
            return Refusal.BadInput($"{groups[0].Group.Id} names no metric to compare; name one, such as --metric accuracy:maximize");
        }

        if (FaultOf(groups, options) is { } fault) return fault;
        var histories = await HistoriesAsync(groups, chosen, cancellationToken);
        if (FaultOf(histories, groups, options) is { } planned) return planned;
        var comparison = GroupComparison.Of(groups, chosen, options, histories: histories);
        await RecordAsync(groups, comparison.Metric, comparison.Comparisons, histories, cancellationToken);
        return comparison with
        {
            MadeInProject = await services.Comparisons.CountComparisonsAsync(groups[0].Group.Spec.Project, cancellationToken),
        };
    }

    /// <summary>Why groups with a plan can't be compared in this way; null when they can.</summary>
    internal static Refusal? FaultOf(
        IReadOnlyList<ComparisonHistory> histories, IReadOnlyList<GroupRuns> groups, ComparisonOptions options)
    {
        if (histories.Index().FirstOrDefault(one => one.Item.Plan is not null) is not { Item: not null } planned) return null;
        if (options.Statistic != LocationStatistic.Mean)
        {
            return Refusal.BadInput(
                "these groups have a plan (--until-shown), which compares means: leave out --statistic, or compare new groups");
        }

        var (baseline, candidate) = (groups[0].Group.Id, groups[planned.Index + 1].Group.Id);
        return histories.Count == 1 ? null : Refusal.BadInput(
            $"{baseline} and {candidate} have a plan (--until-shown), whose looks have levels of their own: name these two alone");
    }

    /// <summary>Why groups can't be compared, or not by a statistic; null when they can.</summary>
    internal static Refusal? FaultOf(IReadOnlyList<GroupRuns> groups, ComparisonOptions options)
    {
        if (groups.Count > 1 && groups.FirstOrDefault(group => group.Group.Spec.Variation is not null) is { } varied)
        {
            return Refusal.BadInput(
                $"{varied.Group.Id} tells where the variance comes from (--vary): its runs are no plain repeats, so they are not compared "
                + "with other groups. Compare groups of tenfold fit --repeat N; tenfold show and report take this one alone");
        }

        return options.Statistic != LocationStatistic.Mean && groups.Any(group => group.Group.Spec.TestFraction is not null)
            ? Refusal.BadInput(
                "train.resampling says that the splits of these runs overlap, and only means of such runs can be compared: leave out "
                + "--statistic")
            : null;
    }

    /// <summary>The earlier looks at each candidate beside the baseline.</summary>
    internal async Task<IReadOnlyList<ComparisonHistory>> HistoriesAsync(
        IReadOnlyList<GroupRuns> groups, MetricSpec metric, CancellationToken cancellationToken)
    {
        var histories = new List<ComparisonHistory>();
        foreach (var candidate in groups.Skip(1))
        {
            histories.Add(new(await services.Comparisons.ListLooksAsync(
                groups[0].Group.Id, candidate.Group.Id, metric.Name, cancellationToken)));
        }

        return histories;
    }

    /// <summary>Records looks. Who adds repeats later learns then that they were added after a look.</summary>
    internal async Task RecordAsync(
        IReadOnlyList<GroupRuns> groups, MetricSpec metric, IReadOnlyList<Comparison> comparisons,
        IReadOnlyList<ComparisonHistory> histories, CancellationToken cancellationToken)
    {
        foreach (var (candidate, history, judged) in groups.Skip(1).Zip(histories, comparisons))
        {
            if (history.LookOf(groups[0], candidate, metric, judged, services.Time.GetUtcNow()) is { } look)
                await services.Comparisons.AddLookAsync(look, cancellationToken);
        }
    }
}
