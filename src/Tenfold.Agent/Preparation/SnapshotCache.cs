using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Fetches each snapshot to this machine once, checks it file by file, and gives every attempt its own copy.</summary>
/// <param name="cache">Where fetched snapshots are kept.</param>
/// <param name="store">Where they come from.</param>
public sealed class SnapshotCache(CacheFolder cache, IStore store)
{
    private readonly SnapshotReader _reader = new(store);
    private readonly ConcurrentDictionary<string, bool> _checked = [];

    /// <summary>Copies a snapshot's files into a new folder.</summary>
    /// <param name="id">The snapshot.</param>
    /// <param name="destination">The folder.</param>
    /// <param name="notify">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What went wrong and what to do; null when the files are copied.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<string?> CopyAsync(string id, string destination, Action<string> notify, CancellationToken cancellationToken)
    {
        var copy = await cache.AcquireAsync(id, "the copy of the snapshot", IsTrustedAsync, FetchAsync, notify, cancellationToken);
        if (!copy.IsReady) return copy.Refusal;
        using var entry = copy.Value;
        _checked[entry.Folder] = true;
        Copy(new DirectoryInfo(entry.Folder), destination, cancellationToken);
        return null;

        // A copy that an earlier agent left is checked once: the disk may have lost a file, or a user may have changed one.
        async Task<bool> IsTrustedAsync(string folder) => _checked.ContainsKey(folder) || await IsWholeAsync(id, folder, cancellationToken);

        async Task<string?> FetchAsync(string folder)
        {
            foreach (var left in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!, $"{Path.GetFileName(folder)}.*.tmp"))
                Directory.Delete(left, recursive: true);
            return (await _reader.ExtractAsync(id, folder, cancellationToken)).Fault;
        }
    }

    private async Task<bool> IsWholeAsync(string id, string folder, CancellationToken cancellationToken)
    {
        var (manifest, _) = await _reader.ReadManifestAsync(id, cancellationToken);
        if (manifest is null) return false;
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        var files = new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options)
            .Count(entry => entry is FileInfo || entry.LinkTarget is not null);
        if (files != manifest.Files.Count) return false;
        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Path);
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
