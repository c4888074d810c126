using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Artifacts;

/// <summary>A folder that an attempt wrote.</summary>
/// <param name="Name">The first segment of its files' paths: <c>model</c>, <c>output</c>.</param>
/// <param name="Path">The folder's path. Nothing is published when it doesn't exist.</param>
public sealed record ArtifactFolder(string Name, string Path)
{
    /// <summary>True for what to publish, by its path in the folder: a file, a link, or a path below a link. What it refuses is not
    /// reported as skipped either. Null for all.</summary>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>True when the files stay in the folder, too. Default: false, they are moved.</summary>
    public bool IsKept { get; init; }
}

/// <summary>Moves the files that an attempt wrote into the store.</summary>
/// <param name="store">The store.</param>
/// <remarks>
/// Call it after the attempt has ended, since files are hashed first and moved then. Call it again after a crash: files that were moved
/// before are in the manifest too. A link is published as a copy of its target when that is in the same folder. Other links, sockets,
/// pipes, devices and unreadable files are skipped, and the manifest names them.
/// </remarks>
public sealed class ArtifactPublisher(IStore store)
{
    /// <summary>Publishes the files, and writes the manifest last.</summary>
    /// <returns>The manifest.</returns>
    /// <exception cref="StoreException">The store can't be written; call again later.</exception>
    public async Task<ArtifactManifest> PublishAsync(
        string attemptId, IReadOnlyList<ArtifactFolder> folders, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, ArtifactFile>(StringComparer.Ordinal);
        var skipped = new List<SkippedArtifact>();
        foreach (var folder in folders)
        {
            var listing = ArtifactListing.Of(folder, cancellationToken);
            skipped.AddRange(listing.Skipped);
            // Links are copied before their targets are moved.
            foreach (var file in listing.Files.OrderBy(file => file.IsMovable))
            {
                if (FileHasher.Hash(file.Source, file.Path, out var hash, out var stat) is { } fault)
                {
                    skipped.Add(new SkippedArtifact(file.Path, fault.Message));
                    continue;
                }
                var isMoved = file.IsMovable && !folder.IsKept;
                await store.PutFileAsync(ArtifactManifest.FilesKey(attemptId) + file.Path, file.Source, isMoved, cancellationToken);
                var sha256 = Convert.ToHexStringLower(hash);
                files[file.Path] = new ArtifactFile
                {
                    Path = file.Path,
                    SizeBytes = stat.SizeBytes,
                    Sha256 = sha256,
                    Executable = stat.Executable,
                };
            }
        }
        await AddEarlierAsync(attemptId, files, cancellationToken);
        skipped.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        var manifest = new ArtifactManifest { Files = [.. files.Values], Skipped = skipped };
        await store.WriteAsync(ArtifactManifest.ManifestKey(attemptId), manifest.ToJson(), cancellationToken);
        return manifest;
    }

    /// <summary>Adds the files that an interrupted call moved.</summary>
    private async Task AddEarlierAsync(string attemptId, SortedDictionary<string, ArtifactFile> files, CancellationToken cancellationToken)
    {
        var folder = ArtifactManifest.FilesKey(attemptId);
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
        {
            var path = entry.Key[folder.Length..];
            if (files.ContainsKey(path)) continue;
            await using var content = await store.OpenReadAsync(entry.Key, cancellationToken);
            if (content is null) continue;
            var hash = await SHA256.HashDataAsync(content, cancellationToken);
            files[path] = new ArtifactFile { Path = path, SizeBytes = entry.SizeBytes, Sha256 = Convert.ToHexStringLower(hash) };
        }
    }
}
