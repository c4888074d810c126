using Tenfold.Core.Attempts;
using Tenfold.Core.Checkpoints;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Garbage;

/// <summary>
/// Finds garbage: attempts on targets that the ledger doesn't want, and files in stores that nothing needs any more. It finds only what
/// carries this ledger's id, or what no other ledger can have made.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="targets">Resolves the targets and stores of groups.</param>
/// <param name="time">The clock.</param>
public sealed class GarbageFinder(IGarbageLedger ledger, ITargetResolver targets, TimeProvider time)
{
    private readonly Dictionary<string, AttemptStatus> _attempts = [];
    private readonly Dictionary<(string? Kind, string? Place, string? Store, string? Options), GroupRecord> _groupsByTarget = [];
    private readonly HashSet<string> _content = [];
    private readonly HashSet<string> _sharedFolders = [];
    private readonly List<GarbageItem> _items = [];
    private readonly List<(string Where, TargetLeftover Found)> _leftovers = [];
    private readonly List<ControlFault> _faults = [];

    /// <summary>URLs of stores that another ledger may use without being registered there; default none.</summary>
    public IReadOnlyCollection<string> SharedStores { get; init; } = [];

    /// <summary>The version of the agent in use; null when it is unknown, and then no version is garbage.</summary>
    public string? Agent { get; init; }

    /// <summary>Targets to scan even if no group of the ledger used them; default none. A ledger that was restored from a backup may not
    /// know what runs there.</summary>
    public IReadOnlyList<ResolvedTarget> AlwaysScanned { get; init; } = [];

    /// <summary>Places of a backend to search besides the targets, by name; default none.</summary>
    public IReadOnlyDictionary<string, IFindsLeftovers> Places { get; init; } = new Dictionary<string, IFindsLeftovers>();

    /// <summary>Finds garbage, and removes nothing.</summary>
    /// <param name="id">The ledger's id.</param>
    /// <param name="stores">The stores to scan, besides those of the ledger's groups.</param>
    /// <param name="checkpoints">The folder on this machine in which each local run has a folder of checkpoints; null for none.</param>
    /// <param name="retention">How long garbage stays.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public async Task<GarbageScan> FindAsync(
        string id, IReadOnlyList<IStore> stores, string? checkpoints, Retention retention, CancellationToken cancellationToken)
    {
        await ledger.VisitGroupsAsync(Visit, cancellationToken);
        var storesByUrl = stores.ToDictionary(store => store.Url);
        // Targets are listed before the ledger's attempts are read. So an attempt that is recorded in between is no orphan.
        var listed = await ListTargetsAsync(id, storesByUrl, cancellationToken);
        foreach (var (name, place) in Places)
        {
            // A service that refuses must not hide what the others have.
            foreach (var search in place is ISearchesServices services ? services.Searches : [place])
            {
                await TryAsync(
                    ControlFaultKind.Target, name, async () => AddLeftovers(name, await search.FindLeftoversAsync(id, cancellationToken)));
            }
        }

        await ledger.VisitAttemptsAsync(attempt => _attempts[attempt.Attempt] = attempt, cancellationToken);
        foreach (var found in listed.GroupBy(pair => (pair.Target.Name, pair.Attempt), pair => pair.Target))
        {
            await TryAsync(ControlFaultKind.Target, found.Key.Name, async () =>
            {
                var target = await FindOwnerAsync([.. found], found.Key.Attempt, cancellationToken);
                AddOrphan(target, found.Key.Attempt);
            });
        }

        AddLeftovers();
        foreach (var store in storesByUrl.Values)
        {
            var garbage = new StoreGarbage(store, _attempts, _content, retention, time)
            {
                MayBeShared = SharedStores.Contains(store.Url),
                Agent = AgentInUse,
                IsUsedNow = IsUsedNowAsync,
            };
            await TryAsync(ControlFaultKind.Store, store.Url, () => garbage.FindAsync(id, _items, cancellationToken));
        }

        if (AgentInUse is { } agent)
        {
            foreach (var folder in _sharedFolders)
            {
                await TryAsync(
                    ControlFaultKind.Store, folder,
                    () => new SharedFolderGarbage(folder, agent, retention, time).FindAsync(id, _items, cancellationToken));
            }
        }

        if (checkpoints is not null) FindCheckpoints(checkpoints, retention);
        return new GarbageScan(_items, _faults);
    }

    // While an attempt runs or waits, an agent of any version may be about to start it.
    private string? AgentInUse => _attempts.Values.All(attempt => attempt.State.IsFinal()) ? Agent : null;

    /// <summary>Lists what carries the ledger's id on every target, and adds the targets' stores and shared folders.</summary>
    private async Task<List<(ResolvedTarget Target, string Attempt)>> ListTargetsAsync(
        string id, Dictionary<string, IStore> storesByUrl, CancellationToken cancellationToken)
    {
        var attempts = new List<(ResolvedTarget Target, string Attempt)>();
        var listed = new HashSet<ResolvedTarget>();
        foreach (var group in _groupsByTarget.Values)
        {
            await TryAsync(ControlFaultKind.Target, group.Target, async () =>
            {
                var resolution = await targets.FindAsync(group, cancellationToken);
                if (resolution.Fault is { } fault) Add(fault);
                if (resolution.Target is not { } target) return;
                storesByUrl[target.Store.Url] = target.Store;
                if (target.Target is ISharesFolder shares)
                    if (shares.FolderOf(group.Spec).Succeeded(out var folder, out var refusal)) _sharedFolders.Add(folder);
                    else Add(new ControlFault(ControlFaultKind.Target, group.Target, refusal.Message));
                if (listed.Add(target)) await ListAsync(target);
            });
        }

        // A group may have used one of these under another name, and then its queue is listed already.
        foreach (var target in AlwaysScanned)
        {
            if (!listed.Any(other => other.Target == target.Target && other.Store == target.Store))
                await TryAsync(ControlFaultKind.Target, target.Name, () => ListAsync(target));
        }

        return attempts;

        async Task ListAsync(ResolvedTarget target)
        {
            foreach (var attempt in await target.Target.ListAsync(id, cancellationToken)) attempts.Add((target, attempt));
            if (target.Target is not IFindsLeftovers finder) return;
            AddLeftovers(target.Name, await finder.FindLeftoversAsync(id, cancellationToken));
        }
    }

    private void AddLeftovers(string where, IEnumerable<TargetLeftover> found) => _leftovers.AddRange(found.Select(one => (where, one)));

    // A machine may be an orphan of a target, a leftover of that target, and a leftover of the place, but is listed once.
    private void AddLeftovers()
    {
        var liveGroups = _attempts.Where(attempt => !attempt.Value.State.IsFinal())
            .Select(attempt => RunNames.GroupOf(attempt.Key)).ToHashSet();
        var orphans = _items.Select(item => item.Name).ToHashSet();
        // Two regions may have resources of one name, such as the log groups of two stacks.
        foreach (var (where, found) in _leftovers.DistinctBy(
            one => (one.Found.Kind == LeftoverKind.Machine ? null : one.Where, one.Found.Name)))
        {
            if (found.Attempt is { } attempt
                && (orphans.Contains(attempt) || _attempts.GetValueOrDefault(attempt)?.State.IsFinal() == false)) continue;
            if (found.Group is { } group && liveGroups.Contains(group)) continue;
            var kind = found.Kind == LeftoverKind.Machine ? GarbageKind.Machine : GarbageKind.Resource;
            _items.Add(new GarbageItem(kind, where, found.Name, null, found.Why) { RemoveAsync = found.RemoveAsync });
        }
    }

    private async Task<bool> IsUsedNowAsync(string content, CancellationToken cancellationToken)
    {
        await ledger.VisitGroupsAsync(Visit, cancellationToken);
        return _content.Contains(content);
    }

    private void Visit(GroupRecord group)
    {
        var (target, store) = (group.Spec.Target, group.Spec.Store);
        _groupsByTarget.TryAdd((target?.Kind, target?.Place, store, target?.Options.ToString()), group);
        _content.Add(group.Spec.Snapshot);
        foreach (var data in group.Spec.Data.Values) _content.Add(data.Hash);
    }

    // A backend lists an attempt whatever store its agent uses. The agent reads its stop mark in the store that has its assignment.
    private static async Task<ResolvedTarget> FindOwnerAsync(
        IReadOnlyList<ResolvedTarget> candidates, string attempt, CancellationToken cancellationToken)
    {
        if (candidates.Count == 1) return candidates[0];
        foreach (var target in candidates)
            if (await target.Store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken)) return target;
        return candidates[0];
    }

    private void AddOrphan(ResolvedTarget target, string attempt)
    {
        var status = _attempts.GetValueOrDefault(attempt);
        if (status?.State.IsFinal() == false) return;
        var why = status is null ? "the ledger does not know it" : $"the ledger records it as {status.State.ToString().ToLowerInvariant()}";
        _items.Add(new GarbageItem(GarbageKind.Orphan, target.Name, attempt, null, why)
        {
            RemoveAsync = async cancellationToken =>
            {
                await StopMarks.WriteAsync(target.Store, [attempt], time, cancellationToken);
                await target.Target.StopAsync([attempt], cancellationToken);
            },
        });
    }

    private void FindCheckpoints(string folder, Retention retention)
    {
        if (!Directory.Exists(folder)) return;
        var runs = new Dictionary<string, AttemptStatus>();
        foreach (var attempt in _attempts.Values) runs[attempt.Run] = attempt;
        foreach (var run in new DirectoryInfo(folder).EnumerateDirectories().GroupBy(entry => LocalCheckpoints.RunOf(entry.Name)).ToList())
        {
            if (!runs.TryGetValue(run.Key, out var status)) continue;
            if (StoreGarbage.WhyNoCheckpoints(status, retention, time.GetUtcNow()) is not { } why) continue;
            var size = run.Sum(
                entry => entry.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0));
            _items.Add(new GarbageItem(GarbageKind.Checkpoints, "this machine", Path.Combine(folder, run.Key), size, why)
            {
                RemoveAsync = _ =>
                {
                    new LocalCheckpoints(Path.GetDirectoryName(folder)!, run.Key).Remove();
                    return Task.CompletedTask;
                },
            });
        }
    }

    // A target or store that is offline must not keep the others from being scanned.
    private async Task TryAsync(ControlFaultKind kind, string place, Func<Task> scan)
    {
        try
        {
            await scan();
        }
        catch (Exception e) when (e is TargetException or StoreException or IOException or UnauthorizedAccessException)
        {
            Add(new ControlFault(e is StoreException ? ControlFaultKind.Store : kind, place, e.Message));
        }
    }

    // One cause may be met through several groups.
    private void Add(ControlFault fault)
    {
        if (!_faults.Contains(fault)) _faults.Add(fault);
    }
}

/// <summary>The result of a search for garbage.</summary>
/// <param name="Items">What can go.</param>
/// <param name="Faults">What could not be scanned, and why.</param>
public sealed record GarbageScan(IReadOnlyList<GarbageItem> Items, IReadOnlyList<ControlFault> Faults)
{
    /// <summary>Removes an item.</summary>
    /// <returns>Why that failed; null when the item is gone, or when its target has accepted to stop it.</returns>
    public static async Task<string?> RemoveAsync(GarbageItem item, CancellationToken cancellationToken)
    {
        try
        {
            await item.RemoveAsync(cancellationToken);
            return null;
        }
        catch (Exception e) when (e is TargetException or StoreException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
