using System.Security.Cryptography;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Artifacts;

/// <summary>A folder that an attempt wrote.</summary>
/// <param name="Name">What its files' paths start with: <c>model</c>, <c>output</c>.</param>
/// <param name="Path">Where it is; nothing is published when it isn't there.</param>
public sealed record ArtifactFolder(string Name, string Path)
{
    /// <summary>Says which files to take, by their path in the folder; null for all.</summary>
    public Func<string, bool>? Wanted { get; init; }
}

/// <summary>Moves what an attempt wrote into the store.</summary>
/// <remarks>
/// The attempt must have ended: files are read, then moved. It may be called again after a crash, and takes up what was moved before.
/// A link is published as a copy of what it stands for when that is inside its own folder, and named as left out otherwise, as are
/// sockets, pipes, devices and what can't be read.
/// </remarks>
public sealed class ArtifactPublisher(IStore store)
{
    /// <summary>Publishes, and writes the manifest last.</summary>
    /// <returns>The manifest as it was written.</returns>
    /// <exception cref="StoreException">The store can't be written; call again when that is mended.</exception>
    public async Task<ArtifactManifest> PublishAsync(
        string attemptId, IReadOnlyList<ArtifactFolder> folders, CancellationToken cancellationToken)
    {
        var files = new SortedDictionary<string, ArtifactFile>(StringComparer.Ordinal);
        var leftOut = new List<ArtifactLeftOut>();
        foreach (var folder in folders)
        {
            var listing = ArtifactListing.Of(folder, cancellationToken);
            leftOut.AddRange(listing.LeftOut);
            // Copies first: a move takes away what a link stands for.
            foreach (var file in listing.Files.OrderBy(file => file.IsMovable))
            {
                if (FileHasher.Hash(file.Source, file.Path, out var hash, out var stat) is { } fault)
                {
                    leftOut.Add(new ArtifactLeftOut(file.Path, fault.Message));
                    continue;
                }
                await store.PutFileAsync(ArtifactManifest.FilesKey(attemptId) + file.Path, file.Source, file.IsMovable, cancellationToken);
                var sha256 = Convert.ToHexStringLower(hash);
                files[file.Path] = new ArtifactFile { Path = file.Path, SizeBytes = stat.SizeBytes, Sha256 = sha256 };
            }
        }
        await AddEarlierAsync(attemptId, files, cancellationToken);
        leftOut.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        var manifest = new ArtifactManifest { Files = [.. files.Values], LeftOut = leftOut };
        await store.WriteAsync(ArtifactManifest.ManifestKey(attemptId), manifest.ToJson(), cancellationToken);
        return manifest;
    }

    /// <summary>Adds what an interrupted call moved.</summary>
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
