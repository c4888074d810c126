using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App.Pools;

/// <summary>Looks after the instances of a pool, for <c>tenfold pool watch</c>.</summary>
/// <param name="services">The services of this home.</param>
/// <param name="store">The pool's store.</param>
internal sealed class InstanceKeeper(Services services, IStore store)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);

    // A drain may take as long as a run, so one call does not wait for it.
    private const int MaxRounds = 6;

    private readonly HashSet<string> _reported = [];

    /// <summary>Starts what waiting work needs, and stops what is on for nothing.</summary>
    /// <exception cref="TargetException">The cloud does not answer.</exception>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<WatchResult> RunAsync(
        IReadOnlyList<InstanceList> lists, Action<string> report, CancellationToken cancellationToken)
    {
        var started = await StartAsync(lists, report, cancellationToken);
        var watchdogs = lists.Select(list =>
            new InstanceWatchdog(list, store, services.PoolCloud.Open(list.Region), services.Time)).ToList();
        var (stopped, left) = (0, 0);
        for (var round = 1; ; round++)
        {
            var found = new List<WatchedInstance>();
            foreach (var watchdog in watchdogs) found.AddRange((await watchdog.RunAsync(cancellationToken)).Instances);
            foreach (var one in found)
                if (one.Words.Length > 0 && _reported.Add($"{one.Instance.Id} {one.Finding}")) report(one.Words);
            stopped += found.Count(one => one.Finding == WatchFinding.Stopped);
            left = found.Count(one => one.Finding is WatchFinding.NotStopped or WatchFinding.Unknown);
            if (round == MaxRounds || found.TrueForAll(one => one.Finding != WatchFinding.Suspect)) break;
            await Task.Delay(Pause, services.Time, cancellationToken);
        }

        return new WatchResult(started, stopped, left);
    }

    private async Task<int> StartAsync(IReadOnlyList<InstanceList> lists, Action<string> report, CancellationToken cancellationToken)
    {
        var (pool, attempts, wanted) = (lists[0].Pool, new StoredAttempts(store), new List<(string Region, WaitingAttempt Attempt)>());
        await foreach (var entry in store.ListAsync(PoolKeys.Queue(pool), cancellationToken))
        {
            if (PoolKeys.AttemptOf(entry.Key) is not { } attempt) continue;
            if (await attempts.FindAssignmentAsync(attempt, cancellationToken) is not { Spec: var spec } assignment) continue;
            var region = spec.Target is { } target ? TargetSettings.From(target).Text("region") : null;
            if (lists.FirstOrDefault(list => list.Project == spec.Project && list.Region == region) is { } list)
                wanted.Add((list.Region, new WaitingAttempt(attempt, assignment.Group, spec, list.Instances)));
        }

        var started = 0;
        foreach (var region in wanted.GroupBy(one => one.Region))
        {
            var starter = new InstanceStarter(pool, store, services.PoolCloud.Open(region.Key), services.Time);
            var round = await starter.RunAsync([.. region.Select(one => one.Attempt)], cancellationToken);
            foreach (var reason in round.Reasons) report(reason);
            started += round.Started.Count;
        }

        return started;
    }
}

/// <summary>What was done to the instances of a pool.</summary>
/// <param name="Started">How many were started for waiting work.</param>
/// <param name="Stopped">How many were on for nothing, and were stopped.</param>
/// <param name="Left">How many may be on for nothing, and could not be stopped.</param>
public sealed record WatchResult(int Started, int Stopped, int Left);
