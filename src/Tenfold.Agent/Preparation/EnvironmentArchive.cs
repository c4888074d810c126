using System.Formats.Tar;
using System.IO.Compression;
using Tenfold.Core.Environments;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Preparation;

/// <summary>Writes an environment into an archive, and makes it from one.</summary>
/// <remarks>
/// A virtual environment has links to its interpreter, which lies outside. They are not in the archive, because an archive's links must not
/// lead out. The record names them, and they are made again only if they lead to the interpreter of the machine.
/// </remarks>
internal static class EnvironmentArchive
{
    /// <summary>The most files that are stored.</summary>
    public const int MaxEntries = 500_000;

    /// <summary>The largest environment that is stored, not compressed: 16 GiB.</summary>
    public const long MaxBytes = 1L << 34;

    private const int BufferBytes = 1 << 20;

    /// <summary>Writes the archive.</summary>
    /// <param name="folder">The environment, which nobody uses yet.</param>
    /// <param name="path">The archive.</param>
    /// <param name="interpreters">The paths of the interpreter.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The record without authentication; or why the environment can't be stored.</returns>
    /// <exception cref="IOException">The disk is full, for example.</exception>
    public static PreparationResult<StoredEnvironment> Write(
        string folder, string path, IReadOnlyCollection<string> interpreters, CancellationToken cancellationToken)
    {
        var entries = new List<FileSystemInfo>();
        var bytes = 0L;
        foreach (var entry in List(new DirectoryInfo(folder)))
        {
            entries.Add(entry);
            if (entry is FileInfo { LinkTarget: null } file) bytes += file.Length;
            if (entries.Count > MaxEntries) return Refused($"it has more than {MaxEntries:N0} files");
            if (bytes > MaxBytes) return Refused($"it has more than {MaxBytes >> 30} GiB");
        }

        // The disk belongs to the runs: an archive that would fill it is not made.
        var disk = new DriveInfo(Path.GetDirectoryName(path)!);
        if (disk.AvailableFreeSpace < bytes) return Refused("the disk has too little room for its archive");
        var links = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var output = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        using var hashed = new HashedStream(output);
        var count = 0;
        using (var gzip = new GZipStream(hashed, CompressionLevel.Fastest, leaveOpen: true))
        using (var buffered = new BufferedStream(gzip, BufferBytes))
        using (var tar = new TarWriter(buffered, TarEntryFormat.Gnu))
        {
            foreach (var entry in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var name = Path.GetRelativePath(folder, entry.FullName);
                if (entry.LinkTarget is { } target)
                {
                    if (interpreters.Contains(target)) links.Add(name, target);
                    // What a reader refuses is not stored: each machine would fetch it, refuse it and store it again.
                    else if (SafePath.LinkFault(name, target) is { } fault) return Refused($"its link {name} leads to {target}: {fault}");
                    else Add(new GnuTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });
                }
                else if (entry is FileInfo)
                {
                    using var content = new FileStream(entry.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
                    Add(new GnuTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = content,
                        Mode = entry.UnixFileMode,
                        ModificationTime = new DateTimeOffset(entry.LastWriteTimeUtc),
                    });
                }
                else Add(new GnuTarEntry(TarEntryType.Directory, name));
            }

            void Add(GnuTarEntry entry)
            {
                tar.WriteEntry(entry);
                count++;
            }
        }

        output.Flush();
        return new StoredEnvironment
        {
            Sha256 = hashed.Sha256(),
            SizeBytes = hashed.Count,
            Entries = count,
            UnpackedBytes = bytes,
            InterpreterLinks = links,
        };
    }

    /// <summary>Makes the environment from its archive, and checks that it is the one that was stored.</summary>
    /// <param name="content">The archive in the store, which may be hostile.</param>
    /// <param name="record">Its record, which is authentic.</param>
    /// <param name="folder">The environment's folder, which does not exist.</param>
    /// <param name="interpreters">The paths of the interpreter.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Why the archive is refused, after which the folder must not be used; null when the environment is made.</returns>
    /// <exception cref="StoreException">The store can't be read, or the folder can't be written.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public static async Task<string?> MakeAsync(
        Stream content, StoredEnvironment record, string folder, IReadOnlyCollection<string> interpreters,
        CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var download = new CheckedDownload(content, record.SizeBytes, record.Sha256, cancellationToken);
        // The archive as a whole is checked, so its files need not be.
        var limits = new ArchiveLimits(record.Entries, record.UnpackedBytes) { KeepsTimes = true, IsTrusted = true };
        var outcome = await SafeArchive.ExtractAsync(download, folder, limits, cancellationToken);
        if (await download.FinishAsync(cancellationToken) is { } difference) return difference;
        if (outcome.Match<string?>(_ => null, refused => refused.Message) is { } fault) return fault;
        foreach (var (path, target) in record.InterpreterLinks)
        {
            if (!interpreters.Contains(target)) return $"its link {path} leads to {target}, which is not the interpreter of this machine";
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.CreateSymbolicLink(Path.Combine(folder, path), target);
        }

        return null;
    }

    // Files and links, and folders that have nothing in them.
    private static IEnumerable<FileSystemInfo> List(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is not DirectoryInfo inner || entry.LinkTarget is not null)
            {
                yield return entry;
                continue;
            }

            var isEmpty = true;
            foreach (var below in List(inner))
            {
                isEmpty = false;
                yield return below;
            }

            if (isEmpty) yield return entry;
        }
    }

    private static PreparationResult<StoredEnvironment> Refused(string why) => PreparationResult<StoredEnvironment>.Refused(why);
}
