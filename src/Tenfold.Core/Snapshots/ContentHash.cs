using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>What became of hashing a data channel.</summary>
public abstract record ContentHashOutcome
{
    private ContentHashOutcome()
    {
    }

    /// <summary>The data is known by one hash.</summary>
    /// <param name="Sha256">Of a file's content; or of a folder's list: for each file, in the order of the UTF-8 bytes of the paths,
    /// <c>sha256 NUL size NUL path NUL</c>. Lower hexadecimal.</param>
    /// <param name="FileCount">How many files; 1 for a file.</param>
    /// <param name="SizeBytes">Their sizes together.</param>
    public sealed record Hashed(string Sha256, int FileCount, long SizeBytes) : ContentHashOutcome;

    /// <summary>The data is missing, empty, unreadable, or changes.</summary>
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
/// Names data by its content. Unlike a snapshot it takes every file, ignored by git or not, follows links (data is often a
/// link to a big disk), and stores nothing. Files that didn't change since the last time aren't read again.
/// </summary>
/// <param name="cacheFolder">Where the hashes of unchanged files are remembered.</param>
/// <param name="clock">Tells which files changed too lately for their times to be trusted.</param>
public sealed class ContentHash(string cacheFolder, TimeProvider clock)
{
    /// <summary>Hashes a file or a folder.</summary>
    /// <remarks>It keeps the calling thread busy for as long as the disk takes to read what is new.</remarks>
    public ContentHashOutcome Compute(string path, CancellationToken cancellationToken) => Compute(path, out _, cancellationToken);

    /// <summary>The same, with the files that make it up, in the order of their paths; none when it is refused.</summary>
    internal ContentHashOutcome Compute(string path, out PinnedFile[] files, CancellationToken cancellationToken)
    {
        files = [];
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var lookedAt = clock.GetUtcNow();
        var error = Posix.Stat(full, follow: true, out var stat);
        if (error is Posix.Enoent or Posix.Enotdir) return Refused(path, $"the data {path} isn't there: check the path in tenfold.yaml");
        if (error != 0) return new ContentHashOutcome.Refused([FileHasher.Unreadable(error, path)]);
        var index = FileIndex.Load(cacheFolder, full);
        switch (stat.Kind)
        {
            case FileKind.File:
                return HashFile(path, full, stat, index, lookedAt, out files);
            case FileKind.Folder:
                return HashFolder(path, full, index, lookedAt, out files, cancellationToken);
            default:
                return Refused(path, $"the data {path} is neither a file nor a folder: give one that can be read again");
        }
    }

    private static ContentHashOutcome HashFile(string path, string full, FileStat stat, FileIndex index, DateTimeOffset lookedAt, out PinnedFile[] files)
    {
        files = [];
        var known = index.Find("", stat);
        byte[] hash;
        if (known >= 0) hash = index.HashOf(known).ToArray();
        else if (FileHasher.Hash(full, path, out hash, out stat) is { } fault) return new ContentHashOutcome.Refused([fault]);
        files = [new PinnedFile("", stat, hash)];
        if (known < 0) index.Save(files, lookedAt, "");
        return new ContentHashOutcome.Hashed(Convert.ToHexStringLower(hash), 1, stat.SizeBytes);
    }

    private static ContentHashOutcome HashFolder(
        string path, string full, FileIndex index, DateTimeOffset lookedAt, out PinnedFile[] all, CancellationToken cancellationToken)
    {
        all = [];
        var walk = new TreeWalk(full) { Index = index, FollowLinks = true };
        walk.Run(cancellationToken);
        var files = walk.Files;
        if (files.Count == 0 && walk.Faults.Count == 0)
            return Refused(path, $"the data folder {path} is empty: put the data there, or correct the path in tenfold.yaml");
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
            $"{path}/{name}", $"{path}/{name} is a socket, a pipe or a device, which is no data: remove it")));
        if (refused.Count > 0) return new ContentHashOutcome.Refused([.. refused.OrderBy(fault => fault.Path, StringComparer.Ordinal)]);
        all = pinned;
        if (pinned.Length != index.Count || files.Exists(file => file.Known < 0)) index.Save(pinned, lookedAt, "");
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
