using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Brings snapshots to this machine once each, checked file by file, and gives every attempt a copy of its own.</summary>
/// <param name="cache">Where they are kept.</param>
/// <param name="store">Where they come from.</param>
public sealed class SnapshotCache(CacheFolder cache, IStore store)
{
    private readonly SnapshotReader _reader = new(store);
    private readonly ConcurrentDictionary<string, bool> _checked = [];

    /// <summary>Copies a snapshot's files into a new folder.</summary>
    /// <param name="id">The snapshot.</param>
    /// <param name="destination">The folder.</param>
    /// <param name="say">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What went wrong and what to do; null when they are there.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<string?> CopyAsync(string id, string destination, Action<string> say, CancellationToken cancellationToken)
    {
        // What an earlier agent left is looked through once: a disk may have lost it, or somebody changed it.
        var taken = await cache.TakeAsync(
            id, "the copy of the snapshot", async place => _checked.ContainsKey(place) || await IsWholeAsync(id, place, cancellationToken), FetchAsync, say, cancellationToken);
        if (!taken.IsReady) return taken.Refusal;
        using var entry = taken.Value;
        _checked[entry.Place] = true;
        Copy(new DirectoryInfo(entry.Place), destination, cancellationToken);
        return null;

        async Task<string?> FetchAsync(string place)
        {
            foreach (var left in Directory.EnumerateDirectories(Path.GetDirectoryName(place)!, $"{Path.GetFileName(place)}.*.tmp")) Directory.Delete(left, recursive: true);
            return (await _reader.ExtractAsync(id, place, cancellationToken)).Fault;
        }
    }

    private async Task<bool> IsWholeAsync(string id, string place, CancellationToken cancellationToken)
    {
        var (manifest, _) = await _reader.ReadManifestAsync(id, cancellationToken);
        if (manifest is null) return false;
        var files = new DirectoryInfo(place).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Count(entry => entry is FileInfo || entry.LinkTarget is not null);
        if (files != manifest.Files.Count) return false;
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(place, file.Path);
            if (file.Link is { } link)
            {
                if (new FileInfo(path).LinkTarget != link) return false;
                continue;
            }

            if (!File.Exists(path)) return false;
            await using var content = File.OpenRead(path);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != file.Sha256) return false;
        }

        return true;
    }

    private static void Copy(DirectoryInfo from, string to, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link) File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo inner) Copy(inner, target, cancellationToken);
            else ((FileInfo)entry).CopyTo(target);
        }
    }
}
