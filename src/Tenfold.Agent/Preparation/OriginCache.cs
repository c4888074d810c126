using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Copies on this machine of data that lies at origins, fetched once each.</summary>
/// <param name="cache">Where they are kept.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="settings">What the agent works with.</param>
/// <remarks>
/// A copy's mark holds the SHA-256 of what was fetched, and is written when all of it was there. A copy without a mark is gone on with; one that no
/// longer has that SHA-256 is fetched anew.
/// </remarks>
internal sealed class OriginCache(CacheFolder cache, string index, AgentSettings settings)
{
    private readonly ContentHasher _hash = new(index, settings.Time);
    private readonly DataReader _reader = new(settings.Store);

    /// <summary>Makes sure that there is a copy.</summary>
    /// <returns>The channel with the path and the SHA-256 of the copy; or why there is none.</returns>
    /// <exception cref="StoreException">The store or the origin can't be read; call again later, and it goes on.</exception>
    public async Task<Prepared<DataSpec>> FetchAsync(string channel, DataSpec data, CacheUses uses, Action<string> say, CancellationToken cancellationToken)
    {
        // Under its own name, which a script may go by; one content may have two names.
        var name = OriginListing.NameFault(data.Name) is null ? data.Name : "data";
        var key = $"{data.Hash}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}";
        while (true)
        {
            var fetching = "";
            var taken = await cache.TakeAsync(
                key, $"the copy of the data of channel '{channel}'",
                place => IsWholeAsync(new DataCopy(fetching = place, name), cancellationToken),
                place => MakeAsync(channel, data, new DataCopy(fetching = place, name), say, cancellationToken), say, cancellationToken, goesOn: true);
            if (taken.IsReady)
            {
                uses.Add(taken.Value);
                var copy = new DataCopy(taken.Value.Place, name);
                return data with { Path = copy.Data, Hash = (await File.ReadAllTextAsync(copy.Mark, cancellationToken)).Trim() };
            }

            // Much data takes longer than patience lasts. As long as another process fetches, there is nothing better than to wait for it.
            if (fetching.Length > 0 || !Directory.Exists(new DataCopy(cache.PlaceOf(key), name).Part)) return Prepared<DataSpec>.Refused(taken.Refusal);
        }
    }

    private async Task<bool> IsWholeAsync(DataCopy copy, CancellationToken cancellationToken) =>
        File.Exists(copy.Mark) && Hashed(copy.Data, cancellationToken)?.Sha256 == (await File.ReadAllTextAsync(copy.Mark, cancellationToken)).Trim();

    private async Task<string?> MakeAsync(string channel, DataSpec data, DataCopy copy, Action<string> say, CancellationToken cancellationToken)
    {
        // Changed or damaged since. First the mark goes, so that nothing half is taken for whole.
        if (File.Exists(copy.Mark))
        {
            File.Delete(copy.Mark);
            if (Directory.Exists(copy.Folder)) Directory.Delete(copy.Folder, recursive: true);
        }

        if (await FetchAsync(channel, data, copy.Data, say, cancellationToken) is { } fault)
            return $"the data of channel '{channel}' can't be had on {Environment.MachineName}: {fault}{WhoseAccess}";
        // Reading it all takes its time, for which others wait too.
        Directory.CreateDirectory(copy.Part);
        if (Hashed(copy.Data, cancellationToken) is not { } whole || whole.SizeBytes != data.SizeBytes)
            return $"the data of channel '{channel}' was fetched to {copy.Data}, and is not there any more: see what removes files there, then retry the run";
        await File.WriteAllTextAsync($"{copy.Mark}.tmp", whole.Sha256, CancellationToken.None);
        File.Move($"{copy.Mark}.tmp", copy.Mark, overwrite: true);
        Directory.Delete(copy.Part, recursive: true);
        return null;
    }

    // An agent that was there already has the variables of another shell.
    private string WhoseAccess => settings.Node is not null ? "" :
        ". It was read with the variables (AWS_…) of the shell that started the agent of this machine, which leaves when nothing waits or runs";

    private ContentHashOutcome.Hashed? Hashed(string place, CancellationToken cancellationToken) =>
        _hash.Compute(place, cancellationToken).Match<ContentHashOutcome.Hashed?>(hashed => hashed, _ => null);

    private async Task<string?> FetchAsync(string channel, DataSpec data, string place, Action<string> say, CancellationToken cancellationToken)
    {
        if (settings.Origins is null) return $"this agent can't read {data.Path}";
        var (manifest, missing) = await _reader.ReadManifestAsync(data.Hash, cancellationToken);
        if (manifest is null) return missing;
        var count = manifest.Files.Count == 1 ? "1 file" : $"{manifest.Files.Count:N0} files";
        say($"fetching the data of channel '{channel}' ({count}, {data.SizeBytes / 1e6:0.#} MB) from {data.Path}");
        var (origin, closed) = Open(data.Path);
        if (origin is null) return closed;
        using var opened = origin as IDisposable;
        return await new OriginReader(origin).FetchAsync(manifest, place, cancellationToken);
    }

    // Nothing is asked of a server yet: what is wrong here stays so.
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
