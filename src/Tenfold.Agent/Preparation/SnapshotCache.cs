using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Brings snapshots to this machine once each, checked file by file, and gives every attempt a copy of its own.</summary>
/// <param name="folder">Where they are kept; other processes may use it too.</param>
/// <param name="store">Where they come from.</param>
/// <param name="gate">Lets one at a time fetch each.</param>
public sealed class SnapshotCache(string folder, IStore store, CacheGate gate)
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
        var place = Path.Combine(folder, id);
        if (!_checked.ContainsKey(id) || !Directory.Exists(place))
        {
            var turn = await gate.EnterAsync(place, "the copy of the snapshot", say, cancellationToken);
            if (!turn.IsReady) return turn.Refusal;
            using var held = turn.Value;
            // What an earlier agent left is looked through once: a disk may have lost it, or somebody changed it.
            if (!_checked.ContainsKey(id) && Directory.Exists(place) && !await IsWholeAsync(id, place, cancellationToken)) Directory.Delete(place, recursive: true);
            if (!Directory.Exists(place))
            {
                foreach (var left in Directory.EnumerateDirectories(folder, $"{id}.*.tmp")) Directory.Delete(left, recursive: true);
                if ((await _reader.ExtractAsync(id, place, cancellationToken)).Fault is { } fault) return fault;
            }

            _checked[id] = true;
        }

        Copy(new DirectoryInfo(place), destination, cancellationToken);
        return null;
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
