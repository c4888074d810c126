using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;
using Tenfold.Core.Requests;

namespace Tenfold.Gateway.RequestLog;

/// <summary>A spool's folder: a lock, the spool's id, the counts of its losses, and its segments.</summary>
/// <remarks>The database stores the position under the id, which is in the folder: an emptied folder is another spool.</remarks>
internal sealed class SpoolFolder : IDisposable
{
    private const string Extension = ".seg", LockName = "lock", IdName = "id", CountsName = "counts";
    private const int CountsBytes = 3 * sizeof(long);

    private readonly Lock _gate = new();
    private readonly FileLock _lock;
    private readonly SafeFileHandle _counts;

    private SpoolFolder(string path, FileLock heldLock)
    {
        (Path, _lock) = (path, heldLock);
        Id = ReadOrMakeId();
        _counts = File.OpenHandle(At(CountsName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        Losses = ReadCounts();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The id under which the database stores the position.</summary>
    public string Id { get; }

    /// <summary>What the spool lost since it exists.</summary>
    public SpoolLosses Losses { get; private set; }

    /// <summary>Opens a spool, and creates it when missing.</summary>
    /// <returns>The spool; null when another gateway uses it.</returns>
    /// <exception cref="IOException">The folder can't be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read or write the folder.</exception>
    public static SpoolFolder? TryOpen(string path)
    {
        // Bodies may be confidential.
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var held = FileLock.TryAcquire(System.IO.Path.Combine(path, LockName));
        if (held is null) return null;
        try
        {
            return new SpoolFolder(path, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The spools below a folder.</summary>
    public static IEnumerable<string> FindAll(string parent) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent).Where(folder => File.Exists(System.IO.Path.Combine(folder, IdName)))
            : [];

    /// <summary>The file of a segment.</summary>
    public string FileOf(long segment) => At(string.Create(CultureInfo.InvariantCulture, $"{segment:D16}{Extension}"));

    /// <summary>The segments with their sizes, in order.</summary>
    public IReadOnlyList<(long Segment, long SizeBytes)> ListSegments() =>
    [
        .. new DirectoryInfo(Path).EnumerateFiles($"*{Extension}")
            .Select(file => (
                Segment: long.TryParse(System.IO.Path.GetFileNameWithoutExtension(file.Name), NumberStyles.None,
                    CultureInfo.InvariantCulture, out var segment) ? segment : -1,
                file.Length))
            .Where(file => file.Segment >= 0).OrderBy(file => file.Segment),
    ];

    /// <summary>Deletes a loaded segment.</summary>
    public void Delete(long segment) => File.Delete(FileOf(segment));

    /// <summary>Copies a segment aside before it is deleted, because a part of it can't be read.</summary>
    public void Preserve(long segment)
    {
        var copy = System.IO.Path.ChangeExtension(FileOf(segment), ".damaged");
        if (!File.Exists(copy)) File.Copy(FileOf(segment), copy);
    }

    /// <summary>Adds to the losses. The counts are in a file whose space is allocated, so that a full disk can't lose them.</summary>
    public void AddLosses(long dropped = 0, long torn = 0, long damaged = 0)
    {
        if ((dropped, torn, damaged) == (0, 0, 0)) return;
        lock (_gate)
        {
            Losses = new SpoolLosses(Losses.Dropped + dropped, Losses.Torn + torn, Losses.Damaged + damaged);
            WriteCounts();
        }
    }

    /// <summary>Deletes the folder after everything in it was loaded. A folder with damaged segments stays.</summary>
    /// <remarks>The lock is deleted last: from then on, another gateway may create the spool again.</remarks>
    public void Remove()
    {
        if (Directory.EnumerateFiles(Path, "*.damaged").Any()) return;
        foreach (var file in Directory.EnumerateFiles(Path).Where(file => System.IO.Path.GetFileName(file) != LockName).ToList())
            File.Delete(file);
        _lock.Remove();
        try
        {
            Directory.Delete(Path);
        }
        catch (IOException)
        {
            // Another gateway uses it again.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _counts.Dispose();
        _lock.Dispose();
    }

    private string At(string name) => System.IO.Path.Combine(Path, name);

    private string ReadOrMakeId()
    {
        var file = At(IdName);
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } id) return id;
        var made = RandomNumberGenerator.GetHexString(24, lowercase: true);
        File.WriteAllText($"{file}.new", made);
        File.Move($"{file}.new", file, overwrite: true);
        return made;
    }

    private SpoolLosses ReadCounts()
    {
        Span<byte> bytes = stackalloc byte[CountsBytes];
        bytes.Clear();
        if (RandomAccess.Read(_counts, bytes, 0) < CountsBytes) RandomAccess.Write(_counts, bytes, 0);
        return new SpoolLosses(
            BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
    }

    private void WriteCounts()
    {
        Span<byte> bytes = stackalloc byte[CountsBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Losses.Dropped);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Losses.Torn);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Losses.Damaged);
        try
        {
            RandomAccess.Write(_counts, bytes, 0);
        }
        catch (IOException)
        {
            // The disk failed. The counts stay right in memory, and the next write stores them.
        }
    }
}
