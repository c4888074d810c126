using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Snapshots;

/// <summary>The result of extracting a snapshot.</summary>
public abstract record ExtractOutcome
{
    private ExtractOutcome()
    {
    }

    /// <summary>The folder holds the snapshot, each file checked against its SHA-256.</summary>
    public sealed record Extracted(Snapshot Snapshot) : ExtractOutcome;

    /// <summary>The store doesn't have the snapshot.</summary>
    public sealed record Missing(string Message) : ExtractOutcome;

    /// <summary>The store's content is not what was written; the folder is unchanged.</summary>
    /// <param name="File">The file at fault: a file of the project, or an object of the store.</param>
    /// <param name="Message">What is wrong and what to do.</param>
    public sealed record Corrupted(string File, string Message) : ExtractOutcome;

    /// <summary>The folder exists and isn't empty; it is unchanged.</summary>
    public sealed record Occupied(string Message) : ExtractOutcome;

    /// <summary>The message for the user; null when the snapshot was extracted.</summary>
    public string? Fault =>
        Match(_ => (string?)null, missing => missing.Message, corrupted => corrupted.Message, occupied => occupied.Message);

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Extracted, T> extracted, Func<Missing, T> missing, Func<Corrupted, T> corrupted, Func<Occupied, T> occupied) =>
        this switch
        {
            Extracted it => extracted(it),
            Missing it => missing(it),
            Corrupted it => corrupted(it),
            Occupied it => occupied(it),
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>Reads and extracts the snapshots of a store.</summary>
public sealed class SnapshotReader(IStore store)
{
    /// <summary>Extracts a snapshot to a folder that doesn't exist or is empty. The folder appears complete, or not at all.</summary>
    /// <exception cref="StoreException">The store can't be read, or the folder can't be written.</exception>
    public async Task<ExtractOutcome> ExtractAsync(string id, string folder, CancellationToken cancellationToken)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        (var manifest, var failure) = await ReadManifestAsync(id, cancellationToken);
        if (manifest is null) return failure!;
        await using var archive = await store.OpenReadAsync(Snapshot.ArchiveKey(id), cancellationToken);
        if (archive is null) return NotStored(id, Snapshot.ArchiveKey(id));

        var temporary = $"{folder}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(temporary);
            var size = manifest.Files.Sum(file => file.SizeBytes);
            var outcome =
                await SafeArchive.ExtractAsync(archive, temporary, new ArchiveLimits(manifest.Files.Count, size), cancellationToken);
            (string File, string Message)? fault = outcome.Match(
                extracted => Compare(manifest, extracted.Entries),
                refused => (refused.Entry ?? Snapshot.ArchiveKey(id), refused.Message));
            if (fault is { } it) return Corrupted(id, it.File, it.Message);
            var error = Posix.Rename(temporary, folder);
            if (error is Posix.Enotempty or Posix.Eexist or Posix.Enotdir)
                return new ExtractOutcome.Occupied($"{folder} exists and is not empty: choose another folder, or empty it");
            if (error != 0) throw DiskFault.Translate(error, folder, folder);
            return new ExtractOutcome.Extracted(new Snapshot(id, manifest.Files.Count, size));
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, folder, folder, writing: true);
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Reads a snapshot's manifest, and checks it against the id.</summary>
    /// <returns>The manifest; or the failure, which is never <see cref="ExtractOutcome.Extracted"/>.</returns>
    public async Task<(SnapshotManifest? Manifest, ExtractOutcome? Failure)> ReadManifestAsync(
        string id, CancellationToken cancellationToken)
    {
        var key = Snapshot.ManifestKey(id);
        var json = await store.ReadAsync(key, cancellationToken);
        if (json is null) return (null, NotStored(id, key));
        var manifest = SnapshotManifest.FromJson(json);
        if (manifest is { Schema: > SnapshotManifest.CurrentSchema })
            return (null, Corrupted(id, key,
                $"{key} was written by a newer version of Tenfold (schema {manifest.Schema}): update Tenfold"));
        if (manifest?.ComputeId() != id) return (null, Corrupted(id, key, $"{key} is not the manifest of this snapshot"));
        return (manifest, null);
    }

    private ExtractOutcome.Missing NotStored(string id, string key) => new(
        $"the store {store.Url} has no {key}: it was removed, or this is another store. Run 'tenfold fit' in the project as it was " +
        $"when snapshot {id[..Math.Min(12, id.Length)]} was taken, which stores it again");

    private ExtractOutcome.Corrupted Corrupted(string id, string file, string message) => new(
        file,
        $"snapshot {id[..Math.Min(12, id.Length)]} in {store.Url} is corrupted: {message}. " +
        $"Delete {Snapshot.ManifestKey(id)} there and run 'tenfold fit' in the project as it was, which stores the snapshot again");

    private static (string, string)? Compare(SnapshotManifest manifest, IReadOnlyList<ArchiveEntry> entries)
    {
        var there = entries.ToDictionary(entry => entry.Path);
        foreach (var file in manifest.Files)
        {
            if (!there.Remove(file.Path, out var entry)) return (file.Path, $"{file.Path} is not in its archive");
            if (entry.Link != file.Link || entry.Executable != file.Executable)
                return (file.Path, $"{file.Path} is not the kind of file it was");
            if (entry.Sha256 != file.Sha256 || entry.SizeBytes != file.SizeBytes)
                return (file.Path, $"{file.Path} does not have the SHA-256 that it was stored with");
        }
        return there.Count == 0 ? null : (there.Keys.First(), $"{there.Keys.First()} is in its archive but not in its manifest");
    }

    private static void Remove(string temporary)
    {
        try
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            // The folder is harmless. The user must see the first error, not this one.
        }
    }
}
