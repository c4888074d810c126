using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Core.Garbage;

/// <summary>
/// Finds what was left behind: what exists on targets and isn't wanted by the ledger, and what lies in stores and is of no use any more. It only
/// ever finds what carries this ledger's id, or what no other ledger can have made.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="reach">Finds places.</param>
/// <param name="time">The clock.</param>
public sealed class GarbageFinder(IGarbageLedger ledger, ITargetResolver reach, TimeProvider time)
{
    private readonly Dictionary<string, AttemptStatus> _attempts = [];
    private readonly Dictionary<(string? Kind, string? Place, string? Store, string? Options), GroupRecord> _places = [];
    private readonly HashSet<string> _content = [];
    private readonly HashSet<string> _folders = [];
    private readonly List<GarbageItem> _items = [];
    private readonly List<string> _faults = [];

    /// <summary>URLs of stores that another ledger may use without having left its mark there.</summary>
    public IReadOnlyCollection<string> UsedByOthers { get; init; } = [];

    /// <summary>The version of the agent in use; null when it is not known, and then none goes.</summary>
    public string? Agent { get; init; }

    /// <summary>
    /// Places that are looked through whatever the ledger's groups say: one that was brought back from a backup may know nothing of what runs there.
    /// </summary>
    public IReadOnlyList<ResolvedTarget> Always { get; init; } = [];

    /// <summary>Finds it. Nothing is removed.</summary>
    /// <param name="id">The ledger's id.</param>
    /// <param name="stores">The stores to look through, beside those of the ledger's groups that are reached.</param>
    /// <param name="checkpoints">The folder on this machine in which local runs keep their checkpoints, one each; null for none.</param>
    /// <param name="retention">What is kept all the same.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<GarbageScan> FindAsync(
        string id, IReadOnlyList<IStore> stores, string? checkpoints, Retention retention, CancellationToken cancellationToken)
    {
        await ledger.VisitGroupsAsync(Note, cancellationToken);
        var found = stores.ToDictionary(store => store.Url);
        var there = new List<(ResolvedTarget Place, string Attempt)>();
        var listed = new HashSet<ResolvedTarget>();
        foreach (var group in _places.Values)
        {
            await TryAsync(async () =>
            {
                if (await reach.FindAsync(group, cancellationToken) is not { } reached) return;
                found[reached.Store.Url] = reached.Store;
                if (reached.Target is ISharesFolder shares) _folders.Add(shares.FolderOf(group.Spec));
                if (listed.Add(reached)) await ListAsync(reached);
            });
        }

        // A group that ran on this machine under another name has listed what its queue has.
        foreach (var always in Always.Where(always => !listed.Any(other => other.Target == always.Target && other.Store == always.Store)))
            await TryAsync(() => ListAsync(always));

        // First what is there, then what is wanted: what is recorded in between is wanted, and found to be.
        await ledger.VisitAttemptsAsync(attempt => _attempts[attempt.Attempt] = attempt, cancellationToken);
        foreach (var same in there.GroupBy(one => (one.Place.Name, one.Attempt)))
            await TryAsync(async () => AddOrphan(await OwnAsync([.. same.Select(one => one.Place)], same.Key.Attempt, cancellationToken), same.Key.Attempt));
        foreach (var store in found.Values)
            await TryAsync(() => new StoreGarbage(store, _attempts, _content, retention, time) { IsUsedByOthers = UsedByOthers.Contains(store.Url), Agent = AgentInUse, IsUsedNow = IsUsedNowAsync }.FindAsync(id, _items, cancellationToken));
        if (AgentInUse is { } agent)
            foreach (var folder in _folders) await TryAsync(() => new SharedFolderGarbage(folder, agent, retention, time).FindAsync(id, _items, cancellationToken));
        if (checkpoints is not null) FindCheckpoints(checkpoints, retention);
        return new GarbageScan(_items, _faults);

        async Task ListAsync(ResolvedTarget reached)
        {
            foreach (var attempt in await reached.Target.ListAsync(id, cancellationToken)) there.Add((reached, attempt));
        }
    }

    // As long as something runs or waits, it may be about to be started by an agent of any version.
    private string? AgentInUse => _attempts.Values.All(attempt => attempt.State.IsFinal()) ? Agent : null;

    private async Task<bool> IsUsedNowAsync(string content, CancellationToken cancellationToken)
    {
        await ledger.VisitGroupsAsync(Note, cancellationToken);
        return _content.Contains(content);
    }

    private void Note(GroupRecord group)
    {
        _places.TryAdd((group.Spec.Target?.Kind, group.Spec.Target?.Place, group.Spec.Store, group.Spec.Target?.Options.ToString()), group);
        _content.Add(group.Spec.Snapshot);
        foreach (var data in group.Spec.Data.Values) _content.Add(data.Hash);
    }

    // A backend lists what it has whatever store it reports to: the one with its assignment is the one that its agent listens to.
    private static async Task<ResolvedTarget> OwnAsync(IReadOnlyList<ResolvedTarget> places, string attempt, CancellationToken cancellationToken)
    {
        if (places.Count == 1) return places[0];
        foreach (var place in places)
            if (await place.Store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken)) return place;
        return places[0];
    }

    private void AddOrphan(ResolvedTarget reached, string attempt)
    {
        var standing = _attempts.GetValueOrDefault(attempt);
        if (standing?.State.IsFinal() == false) return;
        _items.Add(new GarbageItem(
            GarbageKind.Orphan, reached.Name, attempt, null, standing is null ? "the ledger does not know it" : $"the ledger has it as {standing.State.ToString().ToLowerInvariant()}")
        {
            RemoveAsync = cancellationToken => reached.Target.StopAsync([attempt], cancellationToken),
        });
    }

    private void FindCheckpoints(string folder, Retention retention)
    {
        if (!Directory.Exists(folder)) return;
        var runs = new Dictionary<string, AttemptStatus>();
        foreach (var attempt in _attempts.Values) runs[attempt.Run] = attempt;
        foreach (var run in new DirectoryInfo(folder).EnumerateDirectories())
        {
            if (!runs.TryGetValue(run.Name, out var standing) || StoreGarbage.WhyNoCheckpoints(standing, retention, time.GetUtcNow()) is not { } why) continue;
            var size = run.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);
            _items.Add(new GarbageItem(GarbageKind.Checkpoints, "this machine", run.FullName, size, why)
            {
                RemoveAsync = _ =>
                {
                    FolderRemoval.Delete(run.FullName);
                    return Task.CompletedTask;
                },
            });
        }
    }

    // What can't be looked at does not keep the rest from being cleaned up.
    private async Task TryAsync(Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception e) when (e is TargetException or StoreException or IOException or UnauthorizedAccessException)
        {
            if (!_faults.Contains(e.Message)) _faults.Add(e.Message);
        }
    }
}

/// <summary>What was found.</summary>
/// <param name="Items">What may go.</param>
/// <param name="Faults">What could not be looked at, and why.</param>
public sealed record GarbageScan(IReadOnlyList<GarbageItem> Items, IReadOnlyList<string> Faults)
{
    /// <summary>Removes an item.</summary>
    /// <returns>Why it could not be; null when it is gone, or its target has accepted that it ends.</returns>
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
