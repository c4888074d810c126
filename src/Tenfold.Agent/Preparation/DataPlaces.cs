using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds a run's data on a backend's machine: at its own path, where machines share it, else in the store.</summary>
/// <param name="folder">Where fetched data is kept; other processes may use it too.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="store">The store.</param>
/// <param name="gate">Lets one at a time fetch each.</param>
/// <param name="time">The clock.</param>
public sealed class DataPlaces(string folder, string index, IStore store, CacheGate gate, TimeProvider time)
{
    private readonly ContentHash _hash = new(index, time);
    private readonly DataReader _reader = new(store);
    private readonly CacheFolder _cache = new(folder, gate);

    /// <summary>Brings every channel to this machine.</summary>
    /// <param name="spec">The work.</param>
    /// <param name="uses">Takes what has to stay until the attempt has ended.</param>
    /// <param name="say">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The spec with the paths that the data has here; or what is missing and what to do.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<Prepared<WorkSpec>> FindAsync(WorkSpec spec, CacheUses uses, Action<string> say, CancellationToken cancellationToken)
    {
        var here = new Dictionary<string, DataSpec>();
        foreach (var (channel, data) in spec.Data)
        {
            if (Fault(data.Path, data.Hash, cancellationToken) is not { } fault)
            {
                here[channel] = data;
                continue;
            }

            // Under its own name, which a script may go by; alone in its folder, which SageMaker's contract shows.
            var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(data.Path));
            var taken = await FetchAsync(channel, data, name, say, cancellationToken);
            if (!taken.IsReady)
                return Prepared<WorkSpec>.Refused(
                    $"the data of channel '{channel}' can't be had on {Environment.MachineName}: {fault}, and {taken.Refusal}. Put it where this machine sees it as {data.Path}, or start anew with `tenfold fit`, which brings it into the store");
            uses.Add(taken.Value);
            here[channel] = data with { Path = Path.Combine(taken.Value.Place, name) };
        }

        return spec with { Data = here };
    }

    private string? Fault(string path, string hash, CancellationToken cancellationToken) => _hash.Compute(path, cancellationToken).Match(
        hashed => hashed.Sha256 == hash ? null : $"{path} there holds something else",
        refused => Path.Exists(path) ? string.Join("; ", refused.Faults.Select(fault => fault.Message)) : $"{path} isn't there");

    // Not there, or no longer what it was, or what a killed process left.
    private Task<Prepared<CacheEntry>> FetchAsync(string channel, DataSpec data, string name, Action<string> say, CancellationToken cancellationToken) => _cache.TakeAsync(
        data.Hash, $"the copy of the data of channel '{channel}'", place => Task.FromResult(Fault(Path.Combine(place, name), data.Hash, cancellationToken) is null),
        async place =>
        {
            say($"fetching the data of channel '{channel}' ({data.SizeBytes / 1e6:0.#} MB) from {store.Url}");
            return await _reader.FetchAsync(data.Hash, Path.Combine(place, name), cancellationToken) ?? Fault(Path.Combine(place, name), data.Hash, cancellationToken);
        },
        say, cancellationToken);
}
