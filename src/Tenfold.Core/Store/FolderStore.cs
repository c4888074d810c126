using System.Runtime.CompilerServices;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>A store in a folder of this machine, or of a file system that several machines share.</summary>
/// <remarks>
/// An object is a file with the key's name. It is written below <c>.tmp</c> and renamed, so a reader sees the old object, the new one or
/// none. What a killed process leaves below <c>.tmp</c> is harmless and never listed. In a <see cref="TeamFolder"/>, everything belongs to
/// the folder's group too. Nothing is forced to the disk (fsync): a power cut may lose the last seconds, and readers then find a wrong
/// checksum.
/// </remarks>
public sealed class FolderStore : IStore, IIncompleteWrites
{
    private readonly string _root;
    private readonly FolderWriter _writer;

    /// <summary>Opens a store in a folder, which the first write creates.</summary>
    /// <param name="root">The folder; a relative path starts at the current folder.</param>
    public FolderStore(string root) : this(root, () => Guid.NewGuid().ToString("N"))
    {
    }

    /// <summary>For tests, which need to know the temporary name of a write.</summary>
    internal FolderStore(string root, Func<string> temporaryName)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _writer = new FolderWriter(_root, temporaryName);
    }

    /// <inheritdoc/>
    public string Url => _root;

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        try
        {
            return Task.FromResult<byte[]?>(File.ReadAllBytes(path));
        }
        catch (Exception e) when (IsAbsent(e, path))
        {
            return Task.FromResult<byte[]?>(null);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.ReplaceAsync(PathOf(key), temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        // Most late callers get their answer here, without a write.
        if (Path.Exists(path)) return false;
        return await _writer.TryCreateAsync(path, temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(key);
        try
        {
            return Task.FromResult<Stream?>(OpenShared(path));
        }
        catch (Exception e) when (IsAbsent(e, path))
        {
            return Task.FromResult<Stream?>(null);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public async Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = PathOf(key);
        if (move && _writer.TryMove(path, target)) return;
        await _writer.ReplaceAsync(target, temporary => FolderWriter.CopyAsync(path, temporary, cancellationToken));
        if (move) File.Delete(path);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(File.Exists(PathOf(key)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        folder = StoreKey.CheckFolder(folder);
        var start = new DirectoryInfo(folder.Length == 0 ? _root : PathOf(folder));
        // Depth first, and each folder in the order of its keys as texts: "a.txt" before "a/b".
        var waiting = new Stack<(string Key, FileSystemInfo Info)>();
        Push(start, folder.Length == 0 ? "" : folder + "/");
        while (waiting.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next.Info is DirectoryInfo inner) Push(inner, next.Key);
            else if (next.Info is FileInfo { Exists: true } file)
                yield return new StoreEntry(next.Key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
        await Task.CompletedTask;

        void Push(DirectoryInfo at, string prefix)
        {
            var entries = new List<(string Key, FileSystemInfo Info)>();
            try
            {
                foreach (var info in at.EnumerateFileSystemInfos())
                {
                    if (prefix.Length == 0 && info.Name == FolderWriter.TemporaryFolder) continue;
                    entries.Add((prefix + info.Name + (info is DirectoryInfo ? "/" : ""), info));
                }
            }
            catch (Exception e) when (IsAbsent(e, at.FullName))
            {
                return;
            }
            catch (Exception e) when (DiskFault.Covers(e))
            {
                throw DiskFault.Translate(e, at.FullName, _root, writing: false);
            }
            entries.Sort((a, b) => string.CompareOrdinal(b.Key, a.Key));
            foreach (var entry in entries) waiting.Push(entry);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        folder = StoreKey.CheckFolder(folder);
        if (folder.Length == 0) throw new ArgumentException("a whole store can't be deleted", nameof(folder));
        var path = PathOf(folder);
        try
        {
            if (File.Exists(path)) File.Delete(path);
            if (!Directory.Exists(path)) return Task.CompletedTask;
            // The rename hides the whole folder in one step. If the disk has no room for a rename, the folder is deleted in place.
            var doomed = _writer.TemporaryPath();
            Directory.Delete(Posix.Rename(path, doomed) == 0 ? doomed : path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process removed it.
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, _root, writing: true);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ISegmentWriter AppendSegments(string folder) => new FolderSegmentWriter(PathOf(StoreKey.CheckFolder(folder)), _root);

    /// <inheritdoc/>
    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(StoreKey.CheckFolder(folder));
        try
        {
            return Task.FromResult<Stream>(new FolderSegmentStream(FolderSegments.List(path), offset));
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IncompleteWrite> ListIncompleteAsync(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<IncompleteWrite> found;
        try
        {
            found = [.. FolderIncompleteWrites.List(_writer.Temporary, before)];
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, _writer.Temporary, _root, writing: false);
        }
        foreach (var write in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return write;
        }
        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveIncompleteAsync(IncompleteWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            FolderIncompleteWrites.Remove(_writer.Temporary, write.Name);
            return Task.CompletedTask;
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, _writer.Temporary, _root, writing: true);
        }
    }

    internal static FileStream OpenShared(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private string PathOf(string key)
    {
        StoreKey.Check(key);
        if (key == FolderWriter.TemporaryFolder || key.StartsWith(FolderWriter.TemporaryFolder + "/", StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not a key of a store: it is reserved for half-written files", nameof(key));
        return $"{_root}/{key}";
    }

    private static bool IsAbsent(Exception exception, string path) =>
        exception is FileNotFoundException or DirectoryNotFoundException
        || exception.HResult == Posix.Enotdir
        || (exception is UnauthorizedAccessException && Directory.Exists(path) && !File.Exists(path));
}
