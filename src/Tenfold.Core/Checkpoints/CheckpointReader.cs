using System.Globalization;
using System.Security.Cryptography;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Checkpoints;

/// <summary>Downloads the newest whole checkpoint of a run's earlier attempts.</summary>
/// <param name="store">The store.</param>
public sealed class CheckpointReader(IStore store)
{
    private const int BufferBytes = 1 << 18;

    /// <summary>Restores the checkpoint into an empty folder. The folder stays empty when there is no whole checkpoint.</summary>
    /// <param name="assignment">The attempt that resumes.</param>
    /// <param name="folder">The attempt's checkpoint folder.</param>
    /// <param name="notify">Receives messages for the user: which checkpoint was restored, and which were damaged.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When the restored checkpoint was written, by the clock of its machine; null when there was none.</returns>
    /// <exception cref="StoreException">The store can't be read; call again later.</exception>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public async Task<DateTimeOffset?> RestoreAsync(
        Assignment assignment, string folder, Action<string> notify, CancellationToken cancellationToken)
    {
        for (var number = assignment.Number - 1; number > 0; number--)
        {
            var earlier = RunNames.Attempt(assignment.Run, number);
            foreach (var set in await ListSetsAsync(earlier, cancellationToken))
            {
                Clear(folder);
                var (files, fault) = await RestoreAsync(earlier, set, folder, cancellationToken);
                if (fault is null)
                {
                    notify($"resumes from the checkpoint of {earlier}: {files!.Files.Count} file{(files.Files.Count == 1 ? "" : "s")}, "
                        + $"saved {files.SavedAt:yyyy-MM-dd HH:mm:ss}Z");
                    return files.WrittenAt;
                }

                Clear(folder);
                notify($"a checkpoint of {earlier} is damaged ({fault}): trying the one before");
            }
        }

        if (assignment.Number > 1) notify("there is no checkpoint of an earlier attempt: starts from the beginning");
        return null;
    }

    /// <summary>Reads the newest set of a run's earlier attempts; null when there is none.</summary>
    /// <param name="assignment">The attempt that resumes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal async Task<CheckpointSet?> NewestAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        for (var number = assignment.Number - 1; number > 0; number--)
        {
            var name = RunNames.Attempt(assignment.Run, number);
            foreach (var set in await ListSetsAsync(name, cancellationToken))
                if (await store.ReadAsync(CheckpointSet.ManifestKey(name, set), cancellationToken) is { } json
                    && CheckpointSet.FromJson(json) is { } newest) return newest;
        }

        return null;
    }

    private async Task<List<int>> ListSetsAsync(string attempt, CancellationToken cancellationToken)
    {
        var folder = CheckpointSet.SetsKey(attempt);
        var sets = new List<int>();
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (int.TryParse(entry.Key[folder.Length..].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                sets.Add(number);
        sets.Sort((a, b) => b.CompareTo(a));
        return sets;
    }

    private async Task<(CheckpointSet? Set, string? Fault)> RestoreAsync(
        string attempt, int number, string folder, CancellationToken cancellationToken)
    {
        var key = CheckpointSet.ManifestKey(attempt, number);
        if (await store.ReadAsync(key, cancellationToken) is not { } json) return (null, $"{key} is gone");
        if (CheckpointSet.FromJson(json) is not { } set) return (null, $"{key} is no list of files");
        foreach (var file in set.Files.Where(file => file.Link is null))
            if (await FetchAsync(attempt, file, $"{folder}/{file.Path}", cancellationToken) is { } fault) return (null, fault);
        // Links come last, so that nothing is written through one.
        foreach (var file in set.Files.Where(file => file.Link is not null))
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{folder}/{file.Path}")!);
            if (Path.Exists($"{folder}/{file.Path}")) return (null, $"{file.Path} is listed twice");
            File.CreateSymbolicLink($"{folder}/{file.Path}", file.Link!);
        }

        return (set, null);
    }

    private async Task<string?> FetchAsync(string attempt, CheckpointFile file, string path, CancellationToken cancellationToken)
    {
        await using var source = await store.OpenReadAsync(CheckpointSet.ObjectKey(attempt, file), cancellationToken);
        if (source is null) return $"{file.Path} is missing";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Path.Exists(path)) return $"{file.Path} is listed twice";
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        long size = 0;
        for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            // An object that is too large is damaged, and must not fill the disk.
            if ((size += read) > file.SizeBytes) break;
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await target.DisposeAsync();
        // Scripts may look for the newest file.
        if (file.WrittenAt is { } at) File.SetLastWriteTimeUtc(path, at.UtcDateTime);
        return size == file.SizeBytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == file.Sha256 ? null
            : $"{file.Path} does not have the SHA-256 that it was saved with";
    }

    private static void Clear(string folder)
    {
        FolderRemoval.Delete(folder);
        Directory.CreateDirectory(folder);
    }
}
