using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Observe;

/// <summary>
/// Who has taken attempts up. An element whose own attempt was short carries out others of its array (<c>Tenfold.Agent.JobAgent</c>): what Slurm says of
/// their own elements then means nothing, and what it says of the carrier's counts.
/// </summary>
/// <param name="store">The store.</param>
internal sealed class ClaimReader(IStore store)
{
    private readonly AttemptReports _reports = new(store);

    // What is taken up is taken from the end of an array backwards.
    private const int AtOnce = 8;

    /// <summary>An attempt's claim.</summary>
    /// <returns>Null when there is none. One that can't be read is an attempt's own.</returns>
    public async Task<ElementClaim?> ReadAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(AttemptKeys.Claim(attempt), cancellationToken) is not { } json) return null;
        try
        {
            return new ElementClaim(JsonSerializer.Deserialize(json, AttemptJson.Default.AttemptClaim)?.Carrier);
        }
        catch (JsonException)
        {
            return new ElementClaim(null);
        }
    }

    /// <summary>The same where nothing may be missed: a shared file system may remember for a while that there was none, but not when its folder is read.</summary>
    public async Task<ElementClaim?> ReadUncachedAsync(string attempt, CancellationToken cancellationToken)
    {
        if (await ReadAsync(attempt, cancellationToken) is { } claim) return claim;
        var (key, folder) = (AttemptKeys.Claim(attempt), $"{Path.GetDirectoryName(AttemptKeys.Claim(attempt))}/");
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (entry.Key == key) return await ReadAsync(attempt, cancellationToken) ?? new ElementClaim(null);
        return null;
    }

    /// <summary>Which waiting elements have attempts that others have taken up: each array is looked at from its end, until some in a row are nobody's.</summary>
    /// <param name="waiting">The waiting elements.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlySet<string>> FindCarriedAsync(IEnumerable<(string Attempt, SlurmJob Job)> waiting, CancellationToken cancellationToken)
    {
        var arrays = waiting.GroupBy(element => element.Job.Id).Select(array => array.OrderByDescending(element => element.Job.Indices[0]).Select(element => element.Attempt));
        var found = await Task.WhenAll(arrays.Select(array => ScanFromEndAsync(array, cancellationToken)));
        return found.SelectMany(some => some).ToHashSet();
    }

    /// <summary>What has not ended: an element whose own attempt has stands for the one that it carries.</summary>
    /// <param name="queue">What is there.</param>
    /// <param name="ledger">The ledger whose it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<string>> ListLiveAsync(QueueView queue, string ledger, CancellationToken cancellationToken)
    {
        var live = queue.Live(ledger);
        var carriers = new HashSet<string>();
        foreach (var attempt in live)
            if (queue.Find(attempt)?.State != "PENDING" && await HasEndedAsync(attempt, cancellationToken)) carriers.Add(attempt);
        if (carriers.Count == 0) return live;
        var others = carriers.SelectMany(queue.ArrayOf).Except(live).ToList();
        List<string> there = [.. live.Where(attempt => !carriers.Contains(attempt))];
        foreach (var attempt in others)
            if (await ReadAsync(attempt, cancellationToken) is { Carrier: { } carrier } && carriers.Contains(carrier) && !await HasEndedAsync(attempt, cancellationToken)) there.Add(attempt);
        return there;
    }

    /// <summary>True when its end has been reported.</summary>
    public async Task<bool> HasEndedAsync(string attempt, CancellationToken cancellationToken)
    {
        try
        {
            return (await _reports.ReadAsync(attempt, cancellationToken))?.State.IsFinal() == true;
        }
        catch (StoreException e) when (e.IsDamaged)
        {
            return false;
        }
    }

    private async Task<List<string>> ScanFromEndAsync(IEnumerable<string> attempts, CancellationToken cancellationToken)
    {
        var taken = new List<string>();
        foreach (var some in attempts.Chunk(AtOnce))
        {
            var are = await Task.WhenAll(some.Select(attempt => store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken)));
            if (!are.Contains(true)) break;
            taken.AddRange(some.Where((_, i) => are[i]));
        }

        return taken;
    }
}

/// <summary>That an attempt was taken up.</summary>
/// <param name="Carrier">In whose element; null for its own.</param>
internal sealed record ElementClaim(string? Carrier);
