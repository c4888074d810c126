using System.Collections.Concurrent;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;

namespace Tenfold.Targets.Pool;

/// <summary>Decides which agents of a pool are gone. Their runs are stopped and continue elsewhere, so it concludes slowly.</summary>
/// <param name="roster">The pool's machines.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// After an outage of the store, the controller may be the first to write again. Then every agent seems silent. So an agent that seems
/// silent counts as live until it has had time to write again, by the controller's own clock.
/// </remarks>
internal sealed class AgentWatch(PoolRoster roster, TimeProvider time)
{
    /// <summary>For how long an agent must seem silent. Agents write a sign of life every 5 to 15 s, and try for at most 20 s.</summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(30);

    // After a longer pause between two listings, the controller knows nothing of the time between.
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, Silence> _silent = [];

    /// <summary>Lists the agents that have a record: each session, and whether it is gone.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<IReadOnlyDictionary<string, bool>> ListAsync(CancellationToken cancellationToken)
    {
        var sessions = await roster.ListAsync(cancellationToken);
        var now = time.GetTimestamp();
        foreach (var session in _silent.Keys)
            if (!sessions.TryGetValue(session, out var silentFor) || silentFor <= PoolRoster.Silence) _silent.TryRemove(session, out _);
        return sessions.ToDictionary(
            session => session.Key, session => session.Value > PoolRoster.Silence && IsConfirmed(session.Key, now));
    }

    /// <summary>The store failed. Agents could not write either, so their silence says nothing.</summary>
    public void Restart() => _silent.Clear();

    private bool IsConfirmed(string session, long now)
    {
        var silence = _silent.AddOrUpdate(session, _ => new Silence(now, now), (_, before) =>
            time.GetElapsedTime(before.Last, now) > MaxPause ? new Silence(now, now) : before with { Last = now });
        return time.GetElapsedTime(silence.First, now) >= Confirmation;
    }

    private readonly record struct Silence(long First, long Last);
}
