using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>Uploads data to the store, for machines that don't have it at its path.</summary>
/// <param name="store">The store.</param>
/// <param name="index">The folder that caches the hashes of unchanged files.</param>
/// <param name="time">The clock.</param>
public sealed class DataPublisher(IStore store, string index, TimeProvider time)
{
    private const int AtOnce = 8;
    private readonly ContentHasher _hash = new(index, time);

    /// <summary>Uploads a file or a folder. Files that the store has aren't sent again, also after a crash half way.</summary>
    /// <param name="path">The data.</param>
    /// <param name="hash">Its SHA-256 from <see cref="ContentHasher"/>, which the runs are pinned to.</param>
    /// <param name="progress">Receives the size of each file once the store has it; null for no reports.</param>
    /// <param name="cancellationToken">Stops the upload; files that were sent aren't sent again.</param>
    /// <returns>What is wrong and what to do; null when the store has all of it.</returns>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public async Task<string?> PublishAsync(string path, string hash, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await ContentUse.RecordAsync(store, DataManifest.UseKey(hash), time, cancellationToken);
        if (await store.ExistsAsync(DataManifest.ManifestKey(hash), cancellationToken)) return null;
        var outcome = _hash.Compute(path, out var pinned, cancellationToken);
        var fault = outcome.Match(
            hashed => hashed.Sha256 == hash ? null : Changed(path),
            refused => string.Join('\n', refused.Faults.Select(fault => fault.Message)));
        if (fault is not null) return fault;
        var isFolder = Directory.Exists(path);
        var stored = new Dictionary<string, long>();
        var folder = DataManifest.FilesKey(hash);
        await foreach (var entry in store.ListAsync(folder, cancellationToken)) stored[entry.Key[folder.Length..]] = entry.SizeBytes;
        var files = new DataFile[pinned.Length];
        var changed = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, pinned.Length, options, async (i, token) =>
        {
            var (relative, stat, sha256) = pinned[i];
            var source = isFolder ? $"{path}/{relative}" : path;
            files[i] = new DataFile(isFolder ? relative : DataManifest.SinglePath, stat.SizeBytes, Convert.ToHexStringLower(sha256));
            if (stored.GetValueOrDefault(files[i].Path, -1) != stat.SizeBytes)
            {
                await store.PutFileAsync(folder + files[i].Path, source, move: false, token);
                // A file that changed while it was sent may be a mixture of both contents in the store.
                if (Posix.Stat(source, follow: true, out var after) != 0 || after != stat) Interlocked.Exchange(ref changed, 1);
            }

            progress?.Report(stat.SizeBytes);
        });
        if (changed != 0)
        {
            await store.DeleteAsync(DataManifest.Folder(hash), cancellationToken);
            return Changed(path);
        }

        var manifest = new DataManifest { IsFolder = isFolder, Files = files };
        await store.WriteAsync(DataManifest.ManifestKey(hash), manifest.ToJson(), cancellationToken);
        return null;
    }

    /// <summary>True when store and data are on one file system, so that every machine that has the store has the data too.</summary>
    public static bool IsOnSameFileSystem(IStore store, string path) =>
        store is FolderStore
        && Posix.Stat(path, follow: true, out var data) == 0
        && Posix.Stat(Existing(store.Url), follow: true, out var folder) == 0
        && data.Device == folder.Device;

    // The first write makes the store's folder, so it may not exist yet.
    private static string Existing(string folder) => Directory.Exists(folder) ? folder : Existing(Path.GetDirectoryName(folder) ?? "/");

    private static string Changed(string path) =>
        $"the data {path} changed while it was uploaded: wait until it is written, then start again";
}
