using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Snapshots;

/// <summary>Takes snapshots of projects, and stores each once.</summary>
/// <param name="store">The store of the snapshots.</param>
/// <param name="cacheFolder">A folder outside the project, for the hashes of unchanged files and for archives while they are
/// made.</param>
/// <param name="clock">The clock. A file that changed just now is read again the next time; see <see cref="FileIndex"/>.</param>
/// <remarks>
/// Unchanged files aren't read. When no file changed, nothing is computed either, and a snapshot costs one system call for each file.
/// When a file changes meanwhile, the snapshot is taken again, twice at most.
/// </remarks>
public sealed class SnapshotTaker(IStore store, string cacheFolder, TimeProvider clock)
{
    /// <summary>The size above which the outcome has a warning.</summary>
    public const long WarningBytes = 100_000_000;

    /// <summary>Takes a snapshot, and stores it unless the store has it.</summary>
    /// <exception cref="StoreException">The store or the cache folder can't be written.</exception>
    public async Task<SnapshotOutcome> TakeAsync(SnapshotRequest request, CancellationToken cancellationToken)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Root));
        if (ProjectRoot.Fault(root, request.HomeFolder) is { } fault) return new SnapshotOutcome.Refused([new FileFault(root, fault)]);
        FileFault? changed = null;
        for (var attempt = 0; attempt < FileHasher.Tries; attempt++)
        {
            var pinned = Pin(request, root, trustIndex: changed is null, cancellationToken);
            if (pinned.Faults.Count > 0) return new SnapshotOutcome.Refused(pinned.Faults);
            var stored = await IsStoredAsync(pinned.Id, cancellationToken);
            if (stored && !request.IsTrial)
            {
                // Another process may be cleaning up. Content that it removed before we recorded the use is stored again.
                await ContentUse.RecordAsync(store, Snapshot.UseKey(pinned.Id), clock, cancellationToken);
                stored = await IsStoredAsync(pinned.Id, cancellationToken);
            }
            if (!stored && !request.IsTrial)
            {
                changed = await StoreAsync(root, pinned.Manifest(), pinned.Id, cancellationToken);
                if (changed is not null) continue;
            }
            var warning = pinned.SizeBytes > WarningBytes ? SnapshotSize.Warn(pinned.Files, pinned.SizeBytes) : null;
            var snapshot = new Snapshot(pinned.Id, pinned.Files.Count, pinned.SizeBytes);
            return new SnapshotOutcome.Stored(snapshot, stored, pinned.Skipped, warning)
            {
                Paths = pinned.Files.Select(file => file.Path),
                Credentials = pinned.Credentials,
                Suspects = Suspects(pinned),
                Excluded = pinned.Excluded,
            };
        }
        return new SnapshotOutcome.Refused([changed!]);
    }

    private static IReadOnlyList<string> Suspects(Pinned pinned)
    {
        var named = pinned.Files.Select(file => file.Path).Where(SecretFiles.IsSecretName);
        return [.. pinned.Suspects.Union(named).Order(StringComparer.Ordinal)];
    }

    private async Task<bool> IsStoredAsync(string id, CancellationToken cancellationToken) =>
        await store.ExistsAsync(Snapshot.ManifestKey(id), cancellationToken)
        && await store.ExistsAsync(Snapshot.ArchiveKey(id), cancellationToken);

    /// <summary>Finds the files and their hashes.</summary>
    private Pinned Pin(SnapshotRequest request, string root, bool trustIndex, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            return Pinned.Refused([new FileFault(root, $"the project's folder {root} doesn't exist: check the path")]);
        var observedAt = clock.GetUtcNow();
        var index = trustIndex ? FileIndex.Load(cacheFolder, root) : FileIndex.Empty(cacheFolder, root);
        var excluded = new HashSet<string>();
        foreach (var path in request.ExcludedPaths) excluded.Add(Path.GetRelativePath(root, Path.GetFullPath(path, root)));
        var walk = new TreeWalk(root) { Index = index, Rules = IgnoreRules.Load(root, request.Exclude), ExcludedPaths = excluded };
        walk.Run(cancellationToken);
        RemovePrivateKeys(root, walk, new ExcludePatterns(request.Exclude));

        var faults = walk.Faults;
        var links = new List<FoundFile>();
        var known = 0;
        long size = 0;
        foreach (var file in walk.Files)
        {
            if (file.Known >= 0) known++;
            if (file.Target is null) size += file.Stat.SizeBytes;
            else links.Add(file);
        }
        foreach (var link in links)
            if (SafePath.LinkFault(link.Path, link.Target!) is { } fault) faults.Add(OutwardLink(link, fault));
        if (walk.Skipped.Count > 1) walk.Skipped.Sort(string.CompareOrdinal);
        var summary = DescribeLinks(links);
        var same = known == walk.Files.Count - links.Count && known == index.Count && faults.Count == 0
            && index.Summary.Length > 64 && string.CompareOrdinal(index.Summary, 64, summary, 0, int.MaxValue) == 0;
        if (same) return new Pinned(walk, index, index.Summary[..64], size, []);
        return Hash(root, walk, index, observedAt, summary, cancellationToken);
    }

    private static void RemovePrivateKeys(string root, TreeWalk walk, ExcludePatterns exclude)
    {
        var keys = walk.Files.Where(file => file.Target is null && SecretFiles.IsPrivateKey(root, file.Path)
            && !exclude.IsTakenIn(file.Path, isFolder: false)).ToHashSet();
        if (keys.Count > 0) walk.Files.RemoveAll(keys.Contains);
        walk.Credentials.AddRange(keys.Select(file => file.Path));
        walk.Credentials.Sort(string.CompareOrdinal);
    }

    /// <summary>Hashes the files that changed, and saves the index.</summary>
    private static Pinned Hash(
        string root, TreeWalk walk, FileIndex index, DateTimeOffset observedAt, string summary, CancellationToken cancellationToken)
    {
        var files = walk.Files;
        files.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        var (hashes, stats, faults, holdsToken) = HashChanged(root, files, index, cancellationToken);
        var pinned = new List<PinnedFile>(files.Count);
        var all = walk.Faults;
        long size = 0;
        for (var i = 0; i < files.Count; i++)
        {
            if (faults[i] is { } fault)
            {
                all.Add(fault);
                continue;
            }
            if (hashes[i] is not { } hash) continue;
            files[i] = files[i] with { Stat = stats[i] };
            pinned.Add(new PinnedFile(files[i].Path, stats[i], hash));
            size += stats[i].SizeBytes;
        }
        all.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        var result = new Pinned(walk, null, "", size, all)
        {
            Hashes = hashes,
            Suspects = [.. files.Where((_, i) => holdsToken[i]).Select(file => file.Path)],
        };
        if (all.Count == 0) result.Id = result.Manifest().ComputeId();
        index.Save(pinned, observedAt, all.Count == 0 ? result.Id + summary : "");
        return result;
    }

    private static (byte[]?[] Hashes, FileStat[] Stats, FileFault?[] Faults, bool[] HoldsToken) HashChanged(
        string root, List<FoundFile> files, FileIndex index, CancellationToken cancellationToken)
    {
        var hashes = new byte[]?[files.Count];
        var stats = new FileStat[files.Count];
        var faults = new FileFault?[files.Count];
        var holdsToken = new bool[files.Count];
        Workers.Run(
            files.Count,
            i =>
            {
                var file = files[i];
                if (file.Target is not null) return;
                stats[i] = file.Stat;
                if (file.Known >= 0) hashes[i] = index.HashOf(file.Known).ToArray();
                else
                {
                    faults[i] = FileHasher.Hash($"{root}/{file.Path}", file.Path, out hashes[i]!, out stats[i]);
                    holdsToken[i] = SecretFiles.HoldsToken(root, file.Path, stats[i].SizeBytes);
                }
            },
            cancellationToken);
        return (hashes, stats, faults, holdsToken);
    }

    /// <summary>All links and their targets as a text, which the next snapshot compares.</summary>
    private static string DescribeLinks(List<FoundFile> links)
    {
        if (links.Count > 1) links.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        var text = new StringBuilder("\0");
        foreach (var link in links) text.Append(link.Path).Append('\0').Append(link.Target).Append('\0');
        return text.ToString();
    }

    private static FileFault OutwardLink(FoundFile link, string why) => new(
        link.Path,
        $"the link {link.Path} -> {link.Target} would not work on another machine ({why}): make it a relative link to something inside " +
        "the project, name it under 'data:', or exclude it");

    /// <summary>Makes the archive, and stores the archive and the manifest.</summary>
    /// <returns>Null, or the file that changed meanwhile.</returns>
    private async Task<FileFault?> StoreAsync(string root, SnapshotManifest manifest, string id, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(cacheFolder, $"{id}.{Guid.NewGuid():N}.tar.gz");
        try
        {
            FileFault? changed;
            try
            {
                Directory.CreateDirectory(cacheFolder);
                changed = SnapshotArchive.Write(root, manifest, temporary, cancellationToken);
            }
            catch (Exception e) when (DiskFault.Covers(e))
            {
                throw DiskFault.Translate(e, temporary, cacheFolder, writing: true);
            }
            if (changed is not null) return changed;
            await store.PutFileAsync(Snapshot.ArchiveKey(id), temporary, move: true, cancellationToken);
            await store.WriteAsync(Snapshot.ManifestKey(id), manifest.ToJson(), cancellationToken);
            return null;
        }
        finally
        {
            // A file in the cache is harmless. The user must see the first error, not this one.
            try
            {
                File.Delete(temporary);
            }
            catch (Exception e) when (DiskFault.Covers(e))
            {
            }
        }
    }

    /// <summary>A project's files with their hashes, or the files' faults.</summary>
    private sealed class Pinned(TreeWalk? walk, FileIndex? index, string id, long sizeBytes, List<FileFault> faults)
    {
        private readonly List<FoundFile> _files = walk?.Files ?? [];
        public List<FoundFile> Files => _files;
        public string Id { get; set; } = id;
        public long SizeBytes => sizeBytes;
        public List<string> Skipped => walk?.Skipped ?? [];
        public List<string> Credentials => walk?.Credentials ?? [];
        public List<string> Excluded => walk?.Excluded ?? [];
        public IReadOnlyList<string> Suspects { get; init; } = [];
        public List<FileFault> Faults => faults;
        public byte[]?[]? Hashes { get; init; }

        public static Pinned Refused(List<FileFault> faults) => new(null, null, "", 0, faults);

        public SnapshotManifest Manifest()
        {
            if (Hashes is null) _files.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
            var entries = new SnapshotFile[_files.Count];
            for (var i = 0; i < entries.Length; i++)
            {
                var file = _files[i];
                if (file.Target is not null)
                {
                    entries[i] = new SnapshotFile { Path = file.Path, Link = file.Target };
                    continue;
                }
                var hash = Hashes is null ? index!.HashOf(file.Known) : Hashes[i];
                entries[i] = new SnapshotFile
                {
                    Path = file.Path,
                    SizeBytes = file.Stat.SizeBytes,
                    Sha256 = Convert.ToHexStringLower(hash),
                    Executable = file.Stat.Executable,
                };
            }
            return new SnapshotManifest { Files = entries };
        }
    }
}
