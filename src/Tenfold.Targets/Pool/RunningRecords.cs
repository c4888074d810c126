using System.Collections.Concurrent;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;

namespace Tenfold.Targets.Pool;

/// <summary>
/// The attempts that machines of a pool name in their records. With many runs, this says what runs at the cost of one read for each machine
/// instead of one for each run. A record may be 25 s old, so an attempt's end is noticed that much later.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="pool">The pool.</param>
/// <param name="time">The clock.</param>
internal sealed class RunningRecords(IStore store, string pool, TimeProvider time)
{
    /// <summary>With fewer attempts, each one is read, so that its end is noticed within a round.</summary>
    public const int Many = 500;

    // Agents write their record every 5 to 15 s.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly PoolRoster _roster = new(store, pool);
    private HashSet<string> _running = [];
    private long? _readAt;

    /// <summary>Reads which attempts run on machines that are online.</summary>
    /// <param name="attempts">How many attempts are asked for; with few, nothing is read.</param>
    /// <param name="sessions">Each session, and whether it is gone.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<IReadOnlySet<string>> ReadAsync(
        int attempts, IReadOnlyDictionary<string, bool> sessions, CancellationToken cancellationToken)
    {
        if (attempts <= Many) return new HashSet<string>();
        if (_readAt is { } last && time.GetElapsedTime(last) < MaxAge) return _running;
        var online = sessions.Where(session => !session.Value).Select(session => session.Key);
        var running = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            online, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (session, token) =>
            {
                foreach (var attempt in (await _roster.FindAsync(session, token))?.Running ?? []) running.Add(attempt);
            });
        (_running, _readAt) = ([.. running], time.GetTimestamp());
        return _running;
    }
}
