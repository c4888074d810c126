using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Artifacts;

/// <summary>Downloads the artifacts of an attempt.</summary>
/// <param name="store">The store that has them.</param>
/// <remarks>
/// Each file is written to <c>name.&lt;start of its SHA-256&gt;.part</c> beside its destination, checked, and renamed. A part of an
/// interrupted fetch is continued, and complete files aren't fetched again.
/// </remarks>
public sealed class ArtifactFetcher(IStoreReader store)
{
    /// <summary>Fetches all files, a folder or one file.</summary>
    /// <exception cref="StoreException">The store can't be read, or the destination can't be written.</exception>
    public async Task<FetchOutcome> FetchAsync(
        FetchRequest request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        var key = ArtifactManifest.ManifestKey(request.AttemptId);
        var json = await store.ReadAsync(key, cancellationToken);
        if (json is null)
            return Failed($"attempt {request.AttemptId} has no artifacts in {store.Url}: it has not ended, or they were removed");
        var manifest = ArtifactManifest.FromJson(json);
        if (manifest is null)
            return Failed($"{key} in {store.Url} is corrupted: it is not a manifest. Restore it, or run again", key);
        if (manifest.Schema > ArtifactManifest.CurrentSchema)
            return Failed($"{key} was written by a newer version of Tenfold (schema {manifest.Schema}): update Tenfold");
        if (HarmOf(manifest) is { } harm)
            return Failed($"{key} in {store.Url} can't be trusted: {harm}. Nothing was fetched", key);

        var files = Select(manifest, request);
        if (files.Count == 0)
        {
            if (request.Path is null) return new FetchOutcome();
            var there = string.Join(", ", manifest.Files.Take(10).Select(file => file.Path));
            if (there.Length == 0) there = "nothing";
            var more = manifest.Files.Count > 10 ? ", ..." : "";
            return Failed($"attempt {request.AttemptId} has no '{request.Path}'; it has: {there}{more}");
        }
        try
        {
            return await FetchAsync(request, files, progress, cancellationToken);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, request.Destination, Path.GetFullPath(request.Destination), writing: true);
        }
    }

    private async Task<FetchOutcome> FetchAsync(
        FetchRequest request, List<PlacedFile> files, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        var unchanged = new List<string>();
        var refused = new List<string>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckWay(file, Path.GetFullPath(request.Destination));
            switch (CheckDestination(file))
            {
                case Destination.Same: unchanged.Add(file.Artifact.Path); break;
                case Destination.Different when !request.Overwrite: refused.Add(file.Target); break;
                case Destination.Blocked: refused.Add(file.Target); break;
            }
        }
        if (refused.Count > 0)
        {
            var fault = $"{Count(refused.Count)} there already and different: {string.Join(", ", refused)}. " +
                "Nothing was touched; choose another folder, or give --overwrite (which replaces files, never folders)";
            return new FetchOutcome { Unchanged = unchanged, Refused = refused, Fault = fault };
        }

        var fetched = new List<string>();
        var corrupted = new List<string>();
        var transfer = new ArtifactTransfer(store, request.AttemptId, progress, files, unchanged);
        foreach (var file in files)
        {
            if (transfer.IsUnchanged(file))
            {
                ArtifactTransfer.MakeExecutable(file);
                continue;
            }

            (await transfer.FetchAsync(file, cancellationToken) ? fetched : corrupted).Add(file.Artifact.Path);
        }
        return new FetchOutcome
        {
            Fetched = fetched,
            Unchanged = unchanged,
            Corrupted = corrupted,
            Fault = corrupted.Count == 0
                ? null
                : $"{Count(corrupted.Count)} corrupted in {store.Url} (missing, or with another SHA-256 than " +
                    $"was recorded): {string.Join(", ", corrupted)}. They were not written; 'tenfold fit --like' repeats the run",
        };
    }

    private static FetchOutcome Failed(string fault, params string[] corrupted) => new() { Fault = fault, Corrupted = corrupted };

    private static string Count(int files) => files == 1 ? "1 file is" : $"{files} files are";

    /// <summary>Why a manifest, which may be hostile, could harm this machine; null when it can't.</summary>
    private static string? HarmOf(ArtifactManifest manifest)
    {
        var seen = new HashSet<string>();
        foreach (var file in manifest.Files)
        {
            if ((SafePath.Fault(file.Path) ?? StoreKey.Fault(file.Path)) is { } fault) return $"'{file.Path}': {fault}";
            if (file.Sha256.Length != 64 || !file.Sha256.All(char.IsAsciiHexDigitLower)) return $"'{file.Path}' has no SHA-256";
            if (!seen.Add(file.Path)) return $"'{file.Path}' is listed twice";
        }
        return null;
    }

    /// <summary>Selects the files, each with its destination.</summary>
    private static List<PlacedFile> Select(ArtifactManifest manifest, FetchRequest request)
    {
        var destination = Path.GetFullPath(request.Destination);
        var wanted = request.Path?.Trim('/');
        if (wanted is "") wanted = null;
        var placed = new List<PlacedFile>();
        foreach (var file in manifest.Files)
        {
            if (wanted is null)
            {
                placed.Add(new PlacedFile(file, $"{destination}/{file.Path}"));
            }
            else if (file.Path == wanted)
            {
                var into = Directory.Exists(destination) || request.Destination.EndsWith('/');
                placed.Add(new PlacedFile(file, into ? Path.Combine(destination, Path.GetFileName(wanted)) : destination));
            }
            else if (file.Path.StartsWith(wanted + "/", StringComparison.Ordinal))
            {
                placed.Add(new PlacedFile(file, $"{destination}/{file.Path[(wanted.Length + 1)..]}"));
            }
        }
        return placed;
    }

    private enum Destination
    {
        Free,
        Same,
        Different,
        Blocked,
    }

    // In a folder that others may write to, a link of theirs could lead to any file of this user. That is found out before a folder is
    // made.
    private static void CheckWay(PlacedFile file, string destination)
    {
        if (file.Target == destination) return;
        var folder = Path.GetRelativePath(destination, Path.GetDirectoryName(file.Target)!);
        HeldFolder.Find(destination, folder == "." ? "" : folder)?.Dispose();
    }

    /// <summary>Checks what exists at a file's destination.</summary>
    private static Destination CheckDestination(PlacedFile file)
    {
        var error = Posix.Stat(file.Target, follow: false, out var stat);
        if (error == Posix.Enoent) return Destination.Free;
        if (error == Posix.Enotdir || (error == 0 && stat.Kind == FileKind.Folder)) return Destination.Blocked;
        if (error != 0) throw DiskFault.Translate(error, file.Target, file.Target);
        if (stat.Kind == FileKind.Link) return Destination.Different;
        if (stat.SizeBytes != file.Artifact.SizeBytes) return Destination.Different;
        var same = FileHasher.Hash(file.Target, file.Target, out var hash, out _) is null
            && Convert.ToHexStringLower(hash) == file.Artifact.Sha256;
        return same ? Destination.Same : Destination.Different;
    }
}
