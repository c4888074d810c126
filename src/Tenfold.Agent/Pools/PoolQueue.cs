using System.Collections.Concurrent;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Queueing;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Pools;

/// <summary>Reads the waiting attempts of a pool, again and again. Each assignment is read once.</summary>
/// <param name="settings">The store and the clock.</param>
/// <param name="pool">The pool.</param>
internal sealed class PoolQueue(AgentSettings settings, string pool)
{
    // An assignment that can't be read, or an attempt that could not be begun, is tried again after this time.
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Assignment> _read = [];
    private readonly SharedSpecs _specs = new();
    private readonly HashSet<string> _started = [];

    // Attempts that end on other threads are put here too.
    private readonly ConcurrentDictionary<string, long> _restingSince = [];

    /// <summary>Whose attempts no longer waited at the last listing, without those that this machine started.</summary>
    public IReadOnlyList<QueueOwner> TakenElsewhere { get; private set; } = [];

    /// <summary>This machine has started an attempt.</summary>
    public void Started(string attempt) => _started.Add(attempt);

    /// <summary>Lists the waiting attempts, the oldest first.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<IReadOnlyList<PoolEntry>> ReadAsync(CancellationToken cancellationToken)
    {
        var entries = new List<PoolEntry>();
        var found = new HashSet<string>();
        await foreach (var stored in settings.Store.ListAsync(PoolKeys.Queue(pool), cancellationToken))
        {
            if (PoolKeys.AttemptOf(stored.Key) is not { } attempt || !found.Add(attempt)) continue;
            if (_restingSince.TryGetValue(attempt, out var since) && settings.Time.GetElapsedTime(since) < Rest) continue;
            if (await TryReadAsync(attempt, cancellationToken) is { } assignment)
                entries.Add(new PoolEntry(stored.Key, assignment with { Priority = PoolKeys.PriorityOf(stored.Key) }));
            else LetRest(attempt);
        }

        TakenElsewhere =
            [.. _read.Where(one => !found.Contains(one.Key) && !_started.Contains(one.Key)).Select(one => one.Value.Owner)];
        _started.IntersectWith(found);
        foreach (var gone in _read.Keys.Except(found).ToList()) _read.Remove(gone);
        foreach (var gone in _restingSince.Keys.Except(found)) _restingSince.TryRemove(gone, out _);
        _specs.KeepOnly(_read.Values.Select(assignment => assignment.Group));
        return entries;
    }

    /// <summary>Leaves an attempt alone for a minute. Any thread may call it.</summary>
    public void LetRest(string attempt) => _restingSince[attempt] = settings.Time.GetTimestamp();

    // One damaged assignment must not hold up the others. An outage of the store ends the round.
    private async Task<Assignment?> TryReadAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(attempt, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or StoreException { IsDamaged: false }))
        {
            settings.Log.AttemptFaulted(attempt, e);
            return null;
        }
    }

    private async Task<Assignment?> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(attempt, out var known)) return known;
        if (await settings.Store.ReadAsync(AttemptKeys.Assignment(attempt), cancellationToken) is not { } json) return null;
        if (ClaimMaker.Read(json, AttemptJson.Default.Assignment) is not { } assignment) return null;
        return _read[attempt] = _specs.Share(assignment);
    }
}

/// <summary>An attempt that waits in a pool.</summary>
/// <param name="Key">The entry's key.</param>
/// <param name="Assignment">The attempt.</param>
internal sealed record PoolEntry(string Key, Assignment Assignment);
