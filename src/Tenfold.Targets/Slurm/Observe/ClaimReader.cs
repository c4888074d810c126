using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Reads which element executes an attempt. An element whose own attempt was short executes other attempts of its array
/// (<c>Tenfold.Agent.JobAgent</c>). Then the state of the host element counts, and the state of the attempt's own element doesn't.
/// </summary>
/// <param name="store">The store.</param>
internal sealed class ClaimReader(IStore store)
{
    private readonly StoredAttempts _attempts = new(store);

    // Elements take on attempts from the end of their array backwards.
    private const int ReadsAtOnce = 8;

    /// <summary>
    /// Reads an attempt's claim past the cache of a shared file system, which may remember for a while that a file did not exist. A
    /// listing of the folder is not cached.
    /// </summary>
    public async Task<ClaimedBy?> ReadUncachedAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await _attempts.FindClaimAsync(attempt, cancellationToken) is { } claim) return claim;
        var (key, folder) = (AttemptKeys.Claim(attempt), $"{Path.GetDirectoryName(AttemptKeys.Claim(attempt))}/");
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (entry.Key == key) return await _attempts.FindClaimAsync(attempt, cancellationToken) ?? new ClaimedBy(null);
        return null;
    }

    /// <summary>
    /// Finds the waiting elements whose attempts other elements execute. Reads each array from its end, until a few attempts in a row
    /// are unclaimed.
    /// </summary>
    /// <param name="waiting">The waiting elements.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlySet<string>> FindHostedAsync(
        IEnumerable<(string Attempt, SlurmJob Job)> waiting, CancellationToken cancellationToken)
    {
        var arrays = waiting.GroupBy(element => element.Job.Id)
            .Select(array => array.OrderByDescending(element => element.Job.Indices[0]).Select(element => element.Attempt));
        var found = await Task.WhenAll(arrays.Select(array => ScanFromEndAsync(array, cancellationToken)));
        return found.SelectMany(hosted => hosted).ToHashSet();
    }

    /// <summary>
    /// Lists the attempts that have not ended. A live element whose own attempt has ended stands for the attempt that it executes.
    /// </summary>
    /// <param name="queue">The listing.</param>
    /// <param name="ledger">The ledger that submitted the attempts.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<string>> ListLiveAsync(QueueView queue, string ledger, CancellationToken cancellationToken)
    {
        var live = queue.Live(ledger);
        var hosts = new HashSet<string>();
        foreach (var attempt in live)
            if (queue.Find(attempt)?.State != "PENDING" && await _attempts.HasEndedAsync(attempt, cancellationToken)) hosts.Add(attempt);
        if (hosts.Count == 0) return live;
        List<string> unfinished = [.. live.Where(attempt => !hosts.Contains(attempt))];
        foreach (var attempt in hosts.SelectMany(queue.ArrayOf).Except(live).ToList())
        {
            var isHosted = await _attempts.FindClaimAsync(attempt, cancellationToken) is { HostAttempt: { } host } && hosts.Contains(host);
            if (isHosted && !await _attempts.HasEndedAsync(attempt, cancellationToken)) unfinished.Add(attempt);
        }

        return unfinished;
    }

    private async Task<List<string>> ScanFromEndAsync(IEnumerable<string> attempts, CancellationToken cancellationToken)
    {
        var claimed = new List<string>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
        {
            var isClaimed = await Task.WhenAll(chunk.Select(attempt => store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken)));
            if (!isClaimed.Contains(true)) break;
            claimed.AddRange(chunk.Where((_, i) => isClaimed[i]));
        }

        return claimed;
    }
}
