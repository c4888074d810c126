using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Holds copies of data that lies at origins. Each is fetched to this machine once.</summary>
/// <param name="cache">Where the copies are kept.</param>
/// <param name="index">The folder that caches the hashes of unchanged files.</param>
/// <param name="settings">What the agent works with.</param>
/// <remarks>
/// A copy's mark holds the SHA-256 of what was fetched, and is written once the copy is whole. The fetch of a copy without a mark is
/// resumed; a copy that no longer has the SHA-256 of its mark is fetched again.
/// </remarks>
internal sealed class OriginCache(CacheFolder cache, string index, AgentSettings settings)
{
    private readonly ContentHasher _hash = new(index, settings.Time);
    private readonly DataReader _reader = new(settings.Store);

    /// <summary>Fetches a channel's data unless there is a copy already.</summary>
    /// <returns>The channel with the path and the SHA-256 of the copy; or why there is none.</returns>
    /// <exception cref="StoreException">The store or the origin can't be read; call again later to resume.</exception>
    public async Task<PreparationResult<DataSpec>> FetchAsync(
        string channel, DataSpec data, CacheLeases leases, Action<string> notify, CancellationToken cancellationToken)
    {
        // A script may depend on the data's own name, and one content may have two names, so the name is part of the key.
        var name = OriginListing.NameFault(data.Name) is null ? data.Name : "data";
        var key = $"{data.Hash}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";
        while (true)
        {
            var fetching = "";
            var acquired = await cache.AcquireAsync(
                key, $"the copy of the data of channel '{channel}'",
                folder => IsWholeAsync(new DataCopy(fetching = folder, name), cancellationToken),
                folder => MakeAsync(channel, data, new DataCopy(fetching = folder, name), notify, cancellationToken),
                notify, cancellationToken, resumes: true);
            if (acquired.IsReady)
            {
                leases.Add(acquired.Value);
                var copy = new DataCopy(acquired.Value.Folder, name);
                return data with { Path = copy.Data, Hash = (await File.ReadAllTextAsync(copy.Mark, cancellationToken)).Trim() };
            }

            // A large fetch takes longer than the lock's timeout. While another process fetches the data, this one can only wait.
            var isFetchedElsewhere = fetching.Length == 0 && Directory.Exists(new DataCopy(cache.PathOf(key), name).Part);
            if (!isFetchedElsewhere) return PreparationResult<DataSpec>.Refused(acquired.Refusal);
        }
    }

    private async Task<bool> IsWholeAsync(DataCopy copy, CancellationToken cancellationToken) =>
        File.Exists(copy.Mark)
            && Hashed(copy.Data, cancellationToken)?.Sha256 == (await File.ReadAllTextAsync(copy.Mark, cancellationToken)).Trim();

    private async Task<string?> MakeAsync(
        string channel, DataSpec data, DataCopy copy, Action<string> notify, CancellationToken cancellationToken)
    {
        // The copy was changed or damaged. The mark is removed first, so that a half-removed copy never passes for a whole one.
        if (File.Exists(copy.Mark))
        {
            File.Delete(copy.Mark);
            if (Directory.Exists(copy.Folder)) Directory.Delete(copy.Folder, recursive: true);
        }

        if (await FetchAsync(channel, data, copy.Data, notify, cancellationToken) is { } fault)
            return $"the data of channel '{channel}' is not available on {settings.Machine}: {fault}{WhoseAccess}";
        // Hashing takes a while too, and this folder tells other processes to wait.
        Directory.CreateDirectory(copy.Part);
        if (Hashed(copy.Data, cancellationToken) is not { } whole || whole.SizeBytes != data.SizeBytes)
        {
            return $"the data of channel '{channel}' was fetched to {copy.Data}, and is no longer there: "
                + "find out what removes files there, then retry the run";
        }

        await File.WriteAllTextAsync($"{copy.Mark}.tmp", whole.Sha256, CancellationToken.None);
        File.Move($"{copy.Mark}.tmp", copy.Mark, overwrite: true);
        Directory.Delete(copy.Part, recursive: true);
        return null;
    }

    // The agent of a queue may have been started by another shell than the one that submitted the run.
    private string WhoseAccess => settings.Host is not null ? ""
        : ". It was read with the variables (AWS_…) of the shell that started the agent of this machine, which leaves " +
            "when nothing waits or runs";

    private ContentHashOutcome.Hashed? Hashed(string path, CancellationToken cancellationToken) =>
        _hash.Compute(path, cancellationToken).Match<ContentHashOutcome.Hashed?>(hashed => hashed, _ => null);

    private async Task<string?> FetchAsync(
        string channel, DataSpec data, string path, Action<string> notify, CancellationToken cancellationToken)
    {
        if (settings.Origins is null) return $"this agent can't read {data.Path}";
        var (manifest, missing) = await _reader.ReadManifestAsync(data.Hash, cancellationToken);
        if (manifest is null) return missing;
        var count = manifest.Files.Count == 1 ? "1 file" : $"{manifest.Files.Count:N0} files";
        notify($"fetching the data of channel '{channel}' ({count}, {data.SizeBytes / 1e6:0.#} MB) from {data.Path}");
        var (origin, closed) = Open(data.Path);
        if (origin is null) return closed;
        using var opened = origin as IDisposable;
        return await new OriginReader(origin).FetchAsync(manifest, path, cancellationToken);
    }

    // Opening an origin sends no request, so a fault here is permanent.
    private (IDataOrigin? Origin, string? Fault) Open(string url)
    {
        try
        {
            return (settings.Origins!(url), null);
        }
        catch (StoreException e)
        {
            return (null, e.Message);
        }
    }
}
