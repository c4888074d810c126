using System.Buffers;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Tenfold.Core.Store;

namespace Tenfold.Core.Snapshots;

/// <summary>The largest archive that is extracted.</summary>
/// <param name="MaxEntries">Files, folders and links together.</param>
/// <param name="MaxBytes">The sum of the files' sizes, not compressed.</param>
public sealed record ArchiveLimits(int MaxEntries, long MaxBytes)
{
    /// <summary>
    /// True to give files the times of change that the archive has for them. Python compares these with its compiled files. Default: false.
    /// </summary>
    public bool KeepsTimes { get; init; }

    /// <summary>True when the caller checks the archive as a whole: the SHA-256 of each file isn't computed. Default: false.</summary>
    public bool IsTrusted { get; init; }
}

/// <summary>A file or link that was extracted from an archive.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="SizeBytes">Its size; 0 for a link.</param>
/// <param name="Sha256">SHA-256 of its content, lower hexadecimal; null for a link, and in an archive that is trusted.</param>
/// <param name="Executable">True when its owner may execute it.</param>
/// <param name="Link">Where a symbolic link points to; null for a file.</param>
public sealed record ArchiveEntry(string Path, long SizeBytes, string? Sha256, bool Executable, string? Link);

/// <summary>The result of extracting an archive.</summary>
public abstract record ArchiveOutcome
{
    private ArchiveOutcome()
    {
    }

    /// <summary>The folder holds all of it.</summary>
    /// <param name="Entries">Its files and links.</param>
    public sealed record Extracted(IReadOnlyList<ArchiveEntry> Entries) : ArchiveOutcome;

    /// <summary>It is hostile or damaged. The files that were extracted so far must not be used.</summary>
    /// <param name="Entry">The entry at fault; null for the archive as a whole.</param>
    /// <param name="Message">What is wrong.</param>
    public sealed record Refused(string? Entry, string Message) : ArchiveOutcome;

    /// <summary>Calls the function for the case.</summary>
    public T Match<T>(Func<Extracted, T> extracted, Func<Refused, T> refused) => this switch
    {
        Extracted it => extracted(it),
        Refused it => refused(it),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>Extracts a tar archive from an untrusted source, and changes nothing outside one folder.</summary>
/// <remarks>
/// It refuses absolute paths, <c>..</c>, links that lead out, entries below a link, devices, pipes, two entries of one name, and archives
/// above the limits. Symbolic links are made last, so that no entry can be written through one. A hard link becomes a copy of its file,
/// which must come first. Owners, times (unless asked for) and mode bits are ignored, except the owner's right to execute.
/// </remarks>
public static class SafeArchive
{
    private const int BufferBytes = 1 << 17;

    /// <summary>Extracts a tar archive, compressed with gzip or not.</summary>
    /// <param name="archive">The archive; it need not be seekable.</param>
    /// <param name="folder">An empty folder that no other process writes to.</param>
    /// <param name="limits">The largest archive to extract.</param>
    /// <param name="cancellationToken">Stops it; the files that were extracted so far must not be used.</param>
    /// <exception cref="StoreException">The folder can't be written.</exception>
    public static async Task<ArchiveOutcome> ExtractAsync(
        Stream archive, string folder, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        await using var extraction = new Extraction(Path.GetFullPath(folder), limits);
        try
        {
            Stream peeked = await PeekableStream.OpenAsync(archive, cancellationToken);
            var compressed = ((PeekableStream)peeked).StartsWith([0x1f, 0x8b]);
            await using var plain = compressed ? new GZipStream(peeked, CompressionMode.Decompress) : peeked;
            await using var tar = new TarReader(plain);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                extraction.Current = entry.Name;
                if (await extraction.AddAsync(entry, cancellationToken) is { } fault)
                    return new ArchiveOutcome.Refused(entry.Name, $"the archive's entry '{entry.Name}' is refused: {fault}");
            }
            return await extraction.FinishAsync();
        }
        catch (Exception e) when (
            e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or OverflowException)
        {
            return new ArchiveOutcome.Refused(extraction.Current, $"the archive is damaged: {e.Message}");
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, folder, folder, writing: true);
        }
    }

    private sealed class Extraction(string folder, ArchiveLimits limits) : IAsyncDisposable
    {
        private SmallFileWriter _small = new(withHashes: !limits.IsTrusted);
        private readonly HashSet<string> _made = [];
        private readonly Dictionary<string, ArchiveEntry> _entries = [];
        private readonly HashSet<string> _folders = [];
        private readonly byte[] _buffer = new byte[BufferBytes];
        private int _count;
        private long _bytes;

        public string? Current { get; set; }

        public ValueTask DisposeAsync() => _small.DisposeAsync();

        /// <summary>Extracts one entry; returns why it is refused, or null.</summary>
        public async Task<string?> AddAsync(TarEntry entry, CancellationToken cancellationToken)
        {
            if (entry.EntryType == TarEntryType.GlobalExtendedAttributes) return null;
            if (++_count > limits.MaxEntries) return $"there are more than {limits.MaxEntries} entries";
            var path = entry.Name;
            while (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
            var isFolder = entry.EntryType == TarEntryType.Directory;
            if (isFolder) path = path.TrimEnd('/');
            if (isFolder && path is "" or "." && entry.Name.Length > 0 && entry.Name[0] != '/') return null;
            if (SafePath.Fault(path) is { } fault) return fault;
            if (AddFoldersAbove(path) is { } above) return above;
            if (_entries.ContainsKey(path) || (!isFolder && _folders.Contains(path))) return "there are two entries of this name";
            switch (entry.EntryType)
            {
                case TarEntryType.Directory:
                    _folders.Add(path);
                    Directory.CreateDirectory($"{folder}/{path}");
                    return null;
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile:
                    var executable = entry.Mode.HasFlag(UnixFileMode.UserExecute);
                    return await WriteAsync(path, entry, entry.DataStream ?? Stream.Null, entry.Length, executable, cancellationToken);
                case TarEntryType.HardLink:
                    var target = entry.LinkName.StartsWith("./", StringComparison.Ordinal) ? entry.LinkName[2..] : entry.LinkName;
                    if (!_entries.TryGetValue(target, out var original) || original.Link is not null)
                        return $"it is a hard link to '{entry.LinkName}', which is not a file that came before it";
                    // It may still be waiting to be written.
                    await FinishFilesAsync();
                    await using (var content = File.OpenRead($"{folder}/{target}"))
                        return await WriteAsync(path, entry, content, original.SizeBytes, original.Executable, cancellationToken);
                case TarEntryType.SymbolicLink:
                    if (SafePath.LinkFault(path, entry.LinkName) is { } linkFault)
                        return $"it is a link to '{entry.LinkName}': {linkFault}";
                    _entries.Add(path, new ArchiveEntry(path, 0, null, false, entry.LinkName));
                    return null;
                default:
                    return $"it is neither a file nor a folder nor a link, but {entry.EntryType}";
            }
        }

        /// <summary>Makes the links, once all files are written.</summary>
        public async Task<ArchiveOutcome.Extracted> FinishAsync()
        {
            await FinishFilesAsync();
            foreach (var entry in _entries.Values)
            {
                if (entry.Link is null) continue;
                MakeFolderAbove(entry.Path);
                File.CreateSymbolicLink($"{folder}/{entry.Path}", entry.Link);
            }

            return new ArchiveOutcome.Extracted([.. _entries.Values]);
        }

        private async Task FinishFilesAsync()
        {
            var hashes = await _small.FinishAsync();
            _small = new SmallFileWriter(withHashes: !limits.IsTrusted);
            foreach (var (path, sha256) in hashes) _entries[path] = _entries[path] with { Sha256 = sha256 };
        }

        private void MakeFolderAbove(string path)
        {
            var above = path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";
            if (_made.Add(above)) Directory.CreateDirectory($"{folder}/{above}");
        }

        /// <summary>Records the folders above a path; returns the fault when one of them is a file or a link.</summary>
        private string? AddFoldersAbove(string path)
        {
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                var above = path[..slash];
                if (_entries.TryGetValue(above, out var entry))
                    return entry.Link is null ? $"'{above}' is a file" : $"it would be written through the link '{above}'";
                _folders.Add(above);
            }
            return null;
        }

        private async Task<string?> WriteAsync(
            string path, TarEntry entry, Stream content, long length, bool executable, CancellationToken cancellationToken)
        {
            if (length < 0 || length > limits.MaxBytes - _bytes) return $"the files are bigger than {limits.MaxBytes} bytes together";
            MakeFolderAbove(path);
            var time = limits.KeepsTimes ? entry.ModificationTime.UtcDateTime : (DateTime?)null;
            if (length <= SmallFileWriter.MaxBytes)
            {
                var buffer = ArrayPool<byte>.Shared.Rent((int)length);
                var read = await content.ReadAtLeastAsync(
                    buffer.AsMemory(0, (int)length), (int)length, throwOnEndOfStream: false, cancellationToken);
                if (read != length) throw TooShort(path, read, length);
                _bytes += length;
                _entries.Add(path, new ArchiveEntry(path, length, null, executable, null));
                await _small.AddAsync(new SmallFile(folder, path, buffer, (int)length, executable, time), cancellationToken);
                return null;
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var file = SmallFileWriter.Create($"{folder}/{path}", executable);
            long size = 0;
            for (int read; (read = await content.ReadAsync(_buffer, cancellationToken)) > 0; size += read)
            {
                if (!limits.IsTrusted) hash.AppendData(_buffer, 0, read);
                file.Write(_buffer, 0, read);
            }
            if (size != length) throw TooShort(path, size, length);
            if (time is { } at) File.SetLastWriteTimeUtc(file.SafeFileHandle, at);
            _bytes += size;
            var sha256 = limits.IsTrusted ? null : Convert.ToHexStringLower(hash.GetHashAndReset());
            _entries.Add(path, new ArchiveEntry(path, size, sha256, executable, null));
            return null;
        }

        private static EndOfStreamException TooShort(string path, long size, long length) =>
            new($"'{path}' ends after {size} of {length} bytes");
    }
}
