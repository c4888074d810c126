using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Data;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Copies on this machine of data that lies at origins, fetched once each.</summary>
/// <param name="folder">Where they are kept; other processes may use it too.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="settings">What the agent works with.</param>
/// <param name="gate">Lets one at a time fetch each.</param>
/// <remarks>
/// A copy lies in a folder of its own. Beside it stands its mark (<see cref="DataCopies"/>): the SHA-256 of what was fetched, written when all of
/// it was there. A copy without a mark is gone on with; one that no longer has that SHA-256 is fetched anew. The mark is touched with each use, since
/// cleaning up goes by that.
/// </remarks>
internal sealed class OriginCache(string folder, string index, AgentSettings settings, CacheGate gate)
{
    private readonly ContentHash _hash = new(index, settings.Time);
    private readonly DataReader _reader = new(settings.Store);

    /// <summary>Makes sure that there is a copy.</summary>
    /// <returns>The channel with the path and the SHA-256 of the copy; or why there is none.</returns>
    /// <exception cref="StoreException">The store or the origin can't be read; call again later, and it goes on.</exception>
    public async Task<Prepared<DataSpec>> FetchAsync(string channel, DataSpec data, Action<string> say, CancellationToken cancellationToken)
    {
        // Under its own name, which a script may go by; alone in its folder, which SageMaker's contract shows. One content may have two names.
        var name = OriginListing.NameFault(data.Name) is null ? data.Name : "data";
        var home = Path.Combine(folder, $"{data.Hash}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}");
        var (place, mark) = (Path.Combine(home, name), home + DataCopies.Mark);
        var turn = await EnterAsync(home, channel, say, cancellationToken);
        if (!turn.IsReady) return Prepared<DataSpec>.Refused(turn.Refusal);
        using var held = turn.Value;
        if (File.Exists(mark))
        {
            var fetched = (await File.ReadAllTextAsync(mark, cancellationToken)).Trim();
            if (Hashed(place, cancellationToken)?.Sha256 == fetched)
            {
                File.SetLastWriteTimeUtc(mark, settings.Time.GetUtcNow().UtcDateTime);
                return data with { Path = place, Hash = fetched };
            }

            // Changed or damaged since. First the mark goes, so that nothing half is taken for whole.
            File.Delete(mark);
            if (Directory.Exists(home)) Directory.Delete(home, recursive: true);
        }

        if (await FetchAsync(channel, data, place, say, cancellationToken) is { } fault)
            return Prepared<DataSpec>.Refused($"the data of channel '{channel}' can't be had on {Environment.MachineName}: {fault}{WhoseAccess}");
        // Reading it all takes its time, for which others wait too.
        Directory.CreateDirectory(home + DataCopies.Part);
        if (Hashed(place, cancellationToken) is not { } whole || whole.SizeBytes != data.SizeBytes)
        {
            return Prepared<DataSpec>.Refused(
                $"the data of channel '{channel}' was fetched to {place}, and is not there any more: see what removes files there, then retry the run");
        }

        await File.WriteAllTextAsync($"{mark}.tmp", whole.Sha256, CancellationToken.None);
        File.Move($"{mark}.tmp", mark, overwrite: true);
        Directory.Delete(home + DataCopies.Part, recursive: true);
        return data with { Path = place, Hash = whole.Sha256 };
    }

    // An agent that was there already has the variables of another shell.
    private string WhoseAccess => settings.Node is not null ? "" :
        ". It was read with the variables (AWS_…) of the shell that started the agent of this machine, which leaves when nothing waits or runs";

    // Much data takes longer than patience lasts. As long as another process lives and fetches, there is nothing better than to wait for it.
    private async Task<Prepared<CacheGate.Turn>> EnterAsync(string home, string channel, Action<string> say, CancellationToken cancellationToken)
    {
        while (true)
        {
            var turn = await gate.EnterAsync(home, $"the copy of the data of channel '{channel}'", say, cancellationToken);
            if (turn.IsReady || !Directory.Exists(home + DataCopies.Part)) return turn;
        }
    }

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
