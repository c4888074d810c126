using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Finds a run's data where it is to run: on this machine at its own path; on a backend's machine there too, where machines share it, else in the store;
/// and what lies at an origin is fetched from there on every machine.
/// </summary>
/// <param name="cache">Where fetched data is kept.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="settings">What the agent works with.</param>
public sealed class DataPlaces(CacheFolder cache, string index, AgentSettings settings)
{
    private readonly ContentHasher _hash = new(index, settings.Time);
    private readonly DataReader _reader = new(settings.Store);
    private readonly OriginCache _origins = new(cache, index, settings);

    /// <summary>Brings every channel to this machine.</summary>
    /// <param name="spec">The work.</param>
    /// <param name="uses">Takes what has to stay until the attempt has ended.</param>
    /// <param name="say">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The spec with the paths that the data has here, and the SHA-256 of what is there; or what is missing and what to do.</returns>
    /// <exception cref="StoreException">The store or an origin can't be read; call again later.</exception>
    public async Task<Prepared<WorkSpec>> FindAsync(WorkSpec spec, CacheUses uses, Action<string> say, CancellationToken cancellationToken)
    {
        var here = new Dictionary<string, DataSpec>();
        foreach (var (channel, data) in spec.Data)
        {
            if (data.IsAtOrigin)
            {
                var fetched = await _origins.FetchAsync(channel, data, uses, say, cancellationToken);
                if (!fetched.IsReady) return Prepared<WorkSpec>.Refused(fetched.Refusal);
                here[channel] = fetched.Value;
                continue;
            }

            // This machine's own data is looked at by whoever links it.
            if (settings.Node is null || Fault(data.Path, data.Hash, cancellationToken) is not { } fault)
            {
                here[channel] = data;
                continue;
            }

            // Under its own name, which a script may go by; alone in its folder, which SageMaker's contract shows.
            var taken = await FetchAsync(channel, data, say, cancellationToken);
            if (!taken.IsReady)
                return Prepared<WorkSpec>.Refused(
                    $"the data of channel '{channel}' can't be had on {Environment.MachineName}: {fault}, and {taken.Refusal}. Put it where this machine sees it as {data.Path}, or start anew with `tenfold fit`, which brings it into the store");
            uses.Add(taken.Value);
            here[channel] = data with { Path = Path.Combine(taken.Value.Place, data.Name) };
        }

        return spec with { Data = here };
    }

    private string? Fault(string path, string hash, CancellationToken cancellationToken) => _hash.Compute(path, cancellationToken).Match(
        hashed => hashed.Sha256 == hash ? null : $"{path} there holds something else",
        refused => Path.Exists(path) ? string.Join("; ", refused.Faults.Select(fault => fault.Message)) : $"{path} isn't there");

    // Not there, or no longer what it was, or what a killed process left.
    private Task<Prepared<CacheEntry>> FetchAsync(string channel, DataSpec data, Action<string> say, CancellationToken cancellationToken) => cache.TakeAsync(
        data.Hash, $"the copy of the data of channel '{channel}'", place => Task.FromResult(Fault(Path.Combine(place, data.Name), data.Hash, cancellationToken) is null),
        async place =>
        {
            say($"fetching the data of channel '{channel}' ({data.SizeBytes / 1e6:0.#} MB) from {settings.Store.Url}");
            return await _reader.FetchAsync(data.Hash, Path.Combine(place, data.Name), cancellationToken) ?? Fault(Path.Combine(place, data.Name), data.Hash, cancellationToken);
        },
        say, cancellationToken);
}
