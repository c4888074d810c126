using Tenfold.Core.Garbage;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Data;

/// <summary>Brings data into the store, for machines that don't have it at its path.</summary>
/// <param name="store">The store.</param>
/// <param name="index">Where hashes of unchanged files are remembered.</param>
/// <param name="time">The clock.</param>
public sealed class DataPublisher(IStore store, string index, TimeProvider time)
{
    private const int AtOnce = 8;
    private readonly ContentHash _hash = new(index, time);

    /// <summary>Uploads a file or a folder; what is there already is not sent again, also after a crash half way.</summary>
    /// <param name="path">The data.</param>
    /// <param name="hash">Its SHA-256, as <see cref="ContentHash"/> says: what the runs are pinned to.</param>
    /// <param name="progress">Told the bytes of each file that is in the store; null for nobody.</param>
    /// <param name="cancellationToken">Stops it; what was sent stays, and is not sent again.</param>
    /// <returns>What is wrong and what to do; null when it is all there.</returns>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public async Task<string?> PublishAsync(string path, string hash, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await ContentUse.WriteAsync(store, ContentUse.OfData(hash), time, cancellationToken);
        if (await store.ExistsAsync(DataManifest.ManifestKey(hash), cancellationToken)) return null;
        var outcome = _hash.Compute(path, out var pinned, cancellationToken);
        var fault = outcome.Match(
            hashed => hashed.Sha256 == hash ? null : Changed(path),
            refused => string.Join('\n', refused.Faults.Select(fault => fault.Message)));
        if (fault is not null) return fault;
        var isFolder = Directory.Exists(path);
        var there = new Dictionary<string, long>();
        var folder = DataManifest.FilesKey(hash);
        await foreach (var entry in store.ListAsync(folder, cancellationToken)) there[entry.Key[folder.Length..]] = entry.SizeBytes;
        var files = new DataFile[pinned.Length];
        var changed = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, pinned.Length, options, async (i, token) =>
        {
            var (relative, stat, sha256) = pinned[i];
            var source = isFolder ? $"{path}/{relative}" : path;
            files[i] = new DataFile(isFolder ? relative : DataManifest.SinglePath, stat.SizeBytes, Convert.ToHexStringLower(sha256));
            if (there.GetValueOrDefault(files[i].Path, -1) != stat.SizeBytes)
            {
                await store.PutFileAsync(folder + files[i].Path, source, move: false, token);
                // Written to while it was sent: what is in the store now may be neither the one nor the other.
                if (Platform.Posix.Stat(source, follow: true, out var after) != 0 || after != stat) Interlocked.Exchange(ref changed, 1);
            }

            progress?.Report(stat.SizeBytes);
        });
        if (changed != 0)
        {
            await store.DeleteAsync(DataManifest.Folder(hash), cancellationToken);
            return Changed(path);
        }

        await store.WriteAsync(DataManifest.ManifestKey(hash), new DataManifest { IsFolder = isFolder, Files = files }.ToJson(), cancellationToken);
        return null;
    }

    /// <summary>True when a machine that sees the store may be taken to see the data too: both lie on one file system.</summary>
    public static bool IsSeenBeside(IStore store, string path) =>
        store is FolderStore && Platform.Posix.Stat(path, follow: true, out var data) == 0 && Platform.Posix.Stat(Existing(store.Url), follow: true, out var folder) == 0
        && data.Device == folder.Device;

    // The store's folder is made when it is first written.
    private static string Existing(string folder) => Directory.Exists(folder) ? folder : Existing(Path.GetDirectoryName(folder) ?? "/");

    private static string Changed(string path) => $"the data {path} changed while it was brought into the store: wait until it is written, then start again";
}
