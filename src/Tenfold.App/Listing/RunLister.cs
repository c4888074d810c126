using Tenfold.App.Queueing;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.App.Listing;

/// <summary>Lists runs and groups, newest first.</summary>
/// <param name="services">The services of this home.</param>
public sealed class RunLister(Services services)
{
    /// <summary>A page of all runs.</summary>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="rows">The size of a page.</param>
    /// <param name="page">The page, counted from 1.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<RunListing>> ListNewestRunsAsync(
        RunState? state, int rows, int page, CancellationToken cancellationToken)
    {
        var offset = OffsetOf(rows, page);
        if (offset > int.MaxValue) return [];
        var listed = await services.Ledger.ListNewestRunsAsync(state, rows, (int)offset, cancellationToken);
        return await AddReasonsAsync(listed, cancellationToken);
    }

    /// <summary>How many runs follow a page. This scans every run, so call it only when there may be more.</summary>
    /// <inheritdoc cref="ListNewestRunsAsync"/>
    public async Task<long> CountAfterAsync(RunState? state, int rows, int page, CancellationToken cancellationToken) =>
        Math.Max(0, await services.Ledger.CountRunsAsync(state, cancellationToken) - OffsetOf(rows, page) - rows);

    /// <summary>A group's runs, in the order of their repeats.</summary>
    /// <param name="prefix">A prefix of the group's id.</param>
    /// <param name="state">Only runs in this state; null for all.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The runs; or NotFound when the prefix matches no group.</returns>
    public async Task<Outcome<IReadOnlyList<RunListing>>> ListGroupRunsAsync(
        string prefix, RunState? state, CancellationToken cancellationToken)
    {
        if (!(await services.Ids.ResolveGroupAsync(prefix, cancellationToken)).Succeeded(out var group, out var refusal)) return refusal;
        var metric = group.Spec.Metric?.Name;
        var runs = (await services.Ledger.ListRunsAsync(group.Id, cancellationToken))
            .Where(run => state is null || run.Run.State == state)
            .Select(run => new RunListing(
                run.Run, group.Spec.Project, group.Target, metric, run.Metrics.FirstOrDefault(one => one.Name == metric)?.Last));
        return Outcome.Of(await AddReasonsAsync([.. runs], cancellationToken));
    }

    /// <summary>The newest groups that belong to no study, each with its runs and the statistics of its metric.</summary>
    /// <param name="limit">How many groups at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(int limit, CancellationToken cancellationToken)
    {
        var groups = new List<GroupListing>();
        foreach (var group in await services.Ledger.ListGroupsAsync(limit, cancellationToken))
        {
            var runs = await services.Damaged.ReadAsync<IReadOnlyList<RunWithMetrics>>(
                $"group {group.Id}", async () => await services.Ledger.ListRunsAsync(group.Id, cancellationToken));
            if (runs is not null) groups.Add(GroupListing.Of(group, runs));
        }

        return groups;
    }

    private static long OffsetOf(int rows, int page) => (page - 1L) * rows;

    // A target says why its runs wait. For runs that another machine controls, the reason is that machine.
    private async Task<IReadOnlyList<RunListing>> AddReasonsAsync(IReadOnlyList<RunListing> rows, CancellationToken cancellationToken)
    {
        var reasons = new Dictionary<string, string?>();
        foreach (var id in rows.Where(IsUnexplained).Select(row => row.Run.Group).Distinct())
        {
            reasons[id] = await services.Damaged.ReadAsync(
                $"group {id}", () => services.Ledger.FindGroupAsync(id, cancellationToken)) is { } group
                ? await services.Targets.ExplainUnavailableAsync(group, cancellationToken) : null;
        }

        var waiting = rows.Any(row => row.Run.State == RunState.Queued)
            ? (await new QueueDesk(services).ListAsync(cancellationToken)).Where(one => one.Ahead > 0)
                .ToDictionary(one => one.Attempt.Run.Id, one => one.Why)
            : [];
        return reasons.Count + waiting.Count == 0 ? rows : [.. rows.Select(Explain)];

        static bool IsUnexplained(RunListing row) => row.Run is { State: RunState.Queued, Reason: null };

        RunListing Explain(RunListing row) =>
            IsUnexplained(row) && reasons[row.Run.Group] is { } reason
                ? row with { Run = row.Run with { Reason = new Reason.Note(reason) } }
                : waiting.TryGetValue(row.Run.Id, out var why) ? row with { Run = row.Run with { Reason = why } } : row;
    }
}

/// <summary>A group with its runs.</summary>
/// <param name="Group">The group.</param>
/// <param name="Runs">The runs with their metrics, in the order of their repeats.</param>
/// <param name="Statistics">The statistics of the metric that decides; null when the project names none.</param>
public sealed record GroupListing(GroupRecord Group, IReadOnlyList<RunWithMetrics> Runs, GroupStatistics? Statistics)
{
    /// <summary>A group, with statistics that are computed from its runs.</summary>
    public static GroupListing Of(GroupRecord group, IReadOnlyList<RunWithMetrics> runs) =>
        new(group, runs, group.Spec.Metric is { } metric ? GroupStatistics.Of(group, runs, metric) : null)
        {
            Variance = GroupVariance.Of(group, runs),
        };

    /// <summary>Where the variance comes from; null when the group doesn't vary several sources.</summary>
    public GroupVariance? Variance { get; init; }

    /// <summary>What the group's machines have cost so far; null when it was not requested.</summary>
    public GroupCost? Cost { get; init; }

    /// <summary>How the group compares with the group that it repeats; null when it repeats none, or when it was not requested.</summary>
    public Reproduction? Reproduction { get; init; }

    /// <summary>True when every run succeeded and gave a value of the metric that decides.</summary>
    public bool HasSucceeded =>
        Runs.All(run => RunValue.Of(run, Group.Spec.Metric?.Name).Missing is null);
}
