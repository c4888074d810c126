using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Finds a run's data on the machine that runs it.</summary>
/// <param name="cache">Where fetched data is kept.</param>
/// <param name="index">The folder that caches the hashes of unchanged files.</param>
/// <param name="settings">What the agent works with.</param>
/// <remarks>
/// In this machine's own queue the data is at its own path. Under a host it may be there too, on a shared file system; otherwise it comes
/// from the store. Data that lies at an origin is fetched from there on every machine.
/// </remarks>
public sealed class DataLocator(CacheFolder cache, string index, AgentSettings settings)
{
    private readonly ContentHasher _hash = new(index, settings.Time);
    private readonly DataReader _reader = new(settings.Store);
    private readonly OriginCache _origins = new(cache, index, settings);

    /// <summary>Brings every channel to this machine.</summary>
    /// <param name="spec">The work.</param>
    /// <param name="leases">Receives what has to stay until the attempt has ended.</param>
    /// <param name="notify">Receives notes for the user.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The spec with the paths and SHA-256 that the data has here; or what is missing and what to do.</returns>
    /// <exception cref="StoreException">The store or an origin can't be read; call again later.</exception>
    public async Task<PreparationResult<WorkSpec>> FindAsync(
        WorkSpec spec, CacheLeases leases, Action<string> notify, CancellationToken cancellationToken)
    {
        var here = new Dictionary<string, DataSpec>();
        foreach (var (channel, data) in spec.Data)
        {
            if (data.IsAtOrigin)
            {
                var fetched = await _origins.FetchAsync(channel, data, leases, notify, cancellationToken);
                if (!fetched.IsReady) return PreparationResult<WorkSpec>.Refused(fetched.Refusal);
                here[channel] = fetched.Value;
                continue;
            }

            // Without a host the data is this machine's own, and DataLinks checks it.
            if (settings.Host is null || Fault(data.Path, data.Hash, cancellationToken) is not { } fault)
            {
                here[channel] = data;
                continue;
            }

            // The data has its own name, which a script may depend on, and is alone in its folder, because SageMaker's contract
            // shows the folder.
            var copy = await FetchAsync(channel, data, notify, cancellationToken);
            if (!copy.IsReady)
            {
                return PreparationResult<WorkSpec>.Refused(
                    $"the data of channel '{channel}' is not available on {settings.Machine}: {fault}, and {copy.Refusal}. "
                    + $"Put it where this machine sees it as {data.Path}, or start a new run with `tenfold fit`, " +
                        "which puts it into the store");
            }

            leases.Add(copy.Value);
            here[channel] = data with { Path = Path.Combine(copy.Value.Folder, data.Name) };
        }

        return spec with { Data = here };
    }

    private string? Fault(string path, string hash, CancellationToken cancellationToken) => _hash.Compute(path, cancellationToken).Match(
        hashed => hashed.Sha256 == hash ? null : $"{path} there has other content",
        refused => Path.Exists(path) ? string.Join("; ", refused.Faults.Select(fault => fault.Message)) : $"{path} isn't there");

    // The copy may be missing, changed, or truncated by a killed process, so its hash is checked.
    private Task<PreparationResult<CacheEntry>> FetchAsync(
        string channel, DataSpec data, Action<string> notify, CancellationToken cancellationToken)
    {
        return cache.AcquireAsync(
            data.Hash, $"the copy of the data of channel '{channel}'", folder => Task.FromResult(FaultIn(folder) is null), MakeAsync,
            notify, cancellationToken);

        string? FaultIn(string folder) => Fault(Path.Combine(folder, data.Name), data.Hash, cancellationToken);

        async Task<string?> MakeAsync(string folder)
        {
            notify($"fetching the data of channel '{channel}' ({data.SizeBytes / 1e6:0.#} MB) from {settings.Store.Url}");
            return await _reader.FetchAsync(data.Hash, Path.Combine(folder, data.Name), cancellationToken) ?? FaultIn(folder);
        }
    }
}
