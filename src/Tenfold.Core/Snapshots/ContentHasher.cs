using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>The result of hashing a data channel.</summary>
public abstract record ContentHashOutcome
{
    private ContentHashOutcome()
    {
    }

    /// <summary>The data's hash.</summary>
    /// <param name="Sha256">SHA-256, lower hexadecimal. For a file: of its content. For a folder: of its list of files, in the order of the
    /// UTF-8 bytes of their paths, with <c>sha256 NUL size NUL path NUL</c> for each.</param>
    /// <param name="FileCount">The number of files; 1 for a file.</param>
    /// <param name="SizeBytes">The sum of their sizes.</param>
    public sealed record Hashed(string Sha256, int FileCount, long SizeBytes) : ContentHashOutcome;

    /// <summary>The data is missing, empty, unreadable, or changing.</summary>
    /// <param name="Faults">Every fault, in the order of the paths.</param>
    public sealed record Refused(IReadOnlyList<FileFault> Faults) : ContentHashOutcome;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Hashed, T> hashed, Func<Refused, T> refused) => this switch
    {
        Hashed it => hashed(it),
        Refused it => refused(it),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>
/// Computes the hash of a data channel. Unlike a snapshot it includes files that git ignores, follows links (data is often a link to a
/// big disk), and stores nothing. Files that haven't changed since the last time aren't read again.
/// </summary>
/// <param name="cacheFolder">The folder that caches the hashes of unchanged files.</param>
/// <param name="clock">The clock. A file that changed just now is read again the next time; see <see cref="FileIndex"/>.</param>
public sealed class ContentHasher(string cacheFolder, TimeProvider clock)
{
    /// <summary>Hashes a file or a folder.</summary>
    /// <remarks>It blocks the calling thread while the changed files are read.</remarks>
    public ContentHashOutcome Compute(string path, CancellationToken cancellationToken) => Compute(path, out _, cancellationToken);

    /// <summary>Hashes a file or a folder, and returns its files in the order of their paths; none when it is refused.</summary>
    internal ContentHashOutcome Compute(string path, out PinnedFile[] files, CancellationToken cancellationToken)
    {
        files = [];
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var observedAt = clock.GetUtcNow();
        var error = Posix.Stat(full, follow: true, out var stat);
        if (error is Posix.Enoent or Posix.Enotdir) return Refused(path, $"the data {path} doesn't exist: check the path in tenfold.yaml");
        if (error != 0) return new ContentHashOutcome.Refused([FileHasher.Unreadable(error, path)]);
        var index = FileIndex.Load(cacheFolder, full);
        switch (stat.Kind)
        {
            case FileKind.File:
                return HashFile(path, full, stat, index, observedAt, out files);
            case FileKind.Folder:
                return HashFolder(path, full, index, observedAt, out files, cancellationToken);
            default:
                return Refused(path, $"the data {path} is neither a file nor a folder: name one that can be read more than once");
        }
    }

    private static ContentHashOutcome HashFile(
        string path, string full, FileStat stat, FileIndex index, DateTimeOffset observedAt, out PinnedFile[] files)
    {
        files = [];
        var known = index.Find("", stat);
        byte[] hash;
        if (known >= 0) hash = index.HashOf(known).ToArray();
        else if (FileHasher.Hash(full, path, out hash, out stat) is { } fault) return new ContentHashOutcome.Refused([fault]);
        files = [new PinnedFile("", stat, hash)];
        if (known < 0) index.Save(files, observedAt, "");
        return new ContentHashOutcome.Hashed(Convert.ToHexStringLower(hash), 1, stat.SizeBytes);
    }

    private static ContentHashOutcome HashFolder(
        string path, string full, FileIndex index, DateTimeOffset observedAt, out PinnedFile[] all, CancellationToken cancellationToken)
    {
        all = [];
        var walk = new TreeWalk(full) { Index = index, FollowLinks = true };
        walk.Run(cancellationToken);
        var files = walk.Files;
        if (files.Count == 0 && walk.Faults.Count == 0)
            return Refused(path, $"the data folder {path} is empty: put the data into it, or correct the path in tenfold.yaml");
        files.Sort((a, b) => SnapshotManifest.ComparePaths(a.Path, b.Path));
        var pinned = new PinnedFile[files.Count];
        var faults = new FileFault?[files.Count];
        Workers.Run(
            files.Count,
            i =>
            {
                (var relative, var stat, _, var known) = files[i];
                byte[] hash;
                if (known >= 0) hash = index.HashOf(known).ToArray();
                else faults[i] = FileHasher.Hash($"{full}/{relative}", $"{path}/{relative}", out hash, out stat);
                pinned[i] = new PinnedFile(relative, stat, hash);
            },
            cancellationToken);

        List<FileFault> refused = [.. faults.OfType<FileFault>()];
        refused.AddRange(walk.Faults.Select(fault => new FileFault($"{path}/{fault.Path}", fault.Message)));
        refused.AddRange(walk.Skipped.Select(name => new FileFault(
            $"{path}/{name}", $"{path}/{name} is a socket, a pipe or a device, and can't be data: remove it")));
        if (refused.Count > 0) return new ContentHashOutcome.Refused([.. refused.OrderBy(fault => fault.Path, StringComparer.Ordinal)]);
        all = pinned;
        if (pinned.Length != index.Count || files.Exists(file => file.Known < 0)) index.Save(pinned, observedAt, "");
        return new ContentHashOutcome.Hashed(HashList(pinned), pinned.Length, pinned.Sum(file => file.Stat.SizeBytes));
    }

    private static string HashList(PinnedFile[] files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            var size = file.Stat.SizeBytes.ToString(CultureInfo.InvariantCulture);
            hash.AppendData(Encoding.UTF8.GetBytes($"{Convert.ToHexStringLower(file.Sha256)}\0{size}\0{file.Path}\0"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static ContentHashOutcome.Refused Refused(string path, string message) => new([new FileFault(path, message)]);
}
