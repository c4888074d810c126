using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Fetches each snapshot to this machine once, and gives every attempt its own copy. Each copy is checked file by file while it is made:
/// a run may have changed what lies in the cache, by accident or on purpose.
/// </summary>
/// <param name="cache">Where fetched snapshots are kept.</param>
/// <param name="store">Where they come from.</param>
public sealed class SnapshotCache(CacheFolder cache, IStore store)
{
    private const UnixFileMode Writing = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int BufferBytes = 1 << 17, MaxManifests = 16;

    private readonly SnapshotReader _reader = new(store);

    // A snapshot's id is the digest of its manifest, so a manifest that was checked once stays right.
    private readonly ConcurrentDictionary<string, SnapshotManifest> _manifests = [];

    // What this process has found damaged, and not replaced yet.
    private readonly ConcurrentDictionary<string, bool> _damaged = [];

    /// <summary>Copies a snapshot's files into a new folder.</summary>
    /// <param name="id">The snapshot.</param>
    /// <param name="destination">The folder.</param>
    /// <param name="notify">Takes what the user should know.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What went wrong and what to do; null when the files are copied.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    public async Task<string?> CopyAsync(string id, string destination, Action<string> notify, CancellationToken cancellationToken)
    {
        if (!_manifests.TryGetValue(id, out var manifest))
        {
            (manifest, var failure) = await _reader.ReadManifestAsync(id, cancellationToken);
            if (manifest is null) return failure!.Fault;
            if (_manifests.Count >= MaxManifests) _manifests.Clear();
            _manifests[id] = manifest;
        }

        for (var tries = 0; tries < 2; tries++)
        {
            var copy = await cache.AcquireAsync(id, "the copy of the snapshot", IsTrustedAsync, FetchAsync, notify, cancellationToken);
            if (!copy.IsReady) return copy.Refusal;
            using var entry = copy.Value;
            if (await CopyAsync(manifest, entry.Folder, destination, cancellationToken) is not { } changed) return null;
            _damaged[entry.Folder] = true;
            if (Directory.Exists(destination)) Directory.Delete(destination, recursive: true);
            notify($"the copy of the snapshot on this machine was changed after it was fetched ({changed}), so it is fetched again");
        }

        // Something changes the copies as fast as they are made. This attempt gets its files straight from the store.
        return (await _reader.ExtractAsync(id, destination, cancellationToken)).Fault;

        Task<bool> IsTrustedAsync(string folder) => Task.FromResult(!_damaged.ContainsKey(folder));

        async Task<string?> FetchAsync(string folder)
        {
            foreach (var left in Directory.EnumerateDirectories(Path.GetDirectoryName(folder)!, $"{Path.GetFileName(folder)}.*.tmp"))
                Directory.Delete(left, recursive: true);
            if ((await _reader.ExtractAsync(id, folder, cancellationToken)).Fault is { } fault) return fault;
            foreach (var file in manifest.Files.Where(file => file.Link is null)) Protect(Path.Combine(folder, file.Path));
            _damaged.TryRemove(folder, out _);
            return null;
        }
    }

    // Copies what the manifest lists. Returns the first entry that is not as it was fetched; null when all are.
    private static async Task<string?> CopyAsync(SnapshotManifest manifest, string from, string to, CancellationToken cancellationToken)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        var there = new DirectoryInfo(from).EnumerateFileSystemInfos("*", options)
            .Count(entry => entry is FileInfo || entry.LinkTarget is not null);
        if (there != manifest.Files.Count) return $"it has {there} files and not {manifest.Files.Count}";
        Directory.CreateDirectory(to);
        var buffer = new byte[BufferBytes];
        foreach (var file in manifest.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (source, target) = (Path.Combine(from, file.Path), Path.Combine(to, file.Path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (file.Link is { } link)
            {
                if (new FileInfo(source).LinkTarget != link) return file.Path;
                File.CreateSymbolicLink(target, link);
            }
            else if (!await CopyAsync(file, source, target, buffer, cancellationToken))
            {
                return file.Path;
            }
        }

        return null;
    }

    // The digest is of the bytes that were copied, so a change during the copy is found too.
    private static async Task<bool> CopyAsync(
        SnapshotFile file, string source, string target, byte[] buffer, CancellationToken cancellationToken)
    {
        if (new FileInfo(source) is not { Exists: true, LinkTarget: null } info) return false;
        var mode = info.UnixFileMode;
        if (mode.HasFlag(UnixFileMode.UserExecute) != file.Executable) return false;
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode | UnixFileMode.UserWrite,
            BufferSize = 0,
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var reading = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0))
        await using (var writing = new FileStream(target, options))
        {
            for (int read; (read = await reading.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                hash.AppendData(buffer, 0, read);
                await writing.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256;
    }

    // Against accidents: a script that writes to the cache fails. Folders stay writable, since the user must be able to remove them.
    private static void Protect(string file)
    {
        var mode = File.GetUnixFileMode(file);
        if ((mode & Writing) != 0) File.SetUnixFileMode(file, mode & ~Writing);
    }
}
