using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>A store in a folder of this machine, or of a file system that several machines share.</summary>
/// <remarks>
/// An object is a file with the key's name. It is written below <c>.tmp</c> and renamed, so a reader sees the old object, the new one or
/// none. What a killed process leaves below <c>.tmp</c> is harmless and never listed. In a <see cref="TeamFolder"/>, everything belongs to
/// the folder's group too. Nothing is forced to the disk (fsync): a power cut may lose the last seconds, and readers then find a wrong
/// checksum. A link of another user below the folder is refused (<see cref="HeldFolder"/>).
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
        try
        {
            using var stream = Open(key);
            if (stream is null) return Task.FromResult<byte[]?>(null);
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return Task.FromResult<byte[]?>(content);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(key), _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _writer.ReplaceAsync(Check(key), temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public async Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Most late callers get their answer here, without a write.
        if (Find(key) is not null) return false;
        return await _writer.TryCreateAsync(key, temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<Stream?>(Open(key));
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(key), _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public async Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (move && _writer.TryMove(path, Check(key))) return;
        await _writer.ReplaceAsync(Check(key), temporary => FolderWriter.CopyAsync(path, temporary, cancellationToken));
        if (move) File.Delete(path);
    }

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Find(key) is { Kind: not FileKind.Folder });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var listing = new FolderListing(_root, folder.Length == 0 ? "" : Check(StoreKey.CheckFolder(folder)));
        while (Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await Task.CompletedTask;

        StoreEntry? Next()
        {
            try
            {
                return listing.Next();
            }
            catch (Exception e) when (DiskFault.Covers(e))
            {
                throw DiskFault.Translate(e, Shown(folder), _root, writing: false);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = StoreKey.CheckFolder(folder);
        if (key.Length == 0) throw new ArgumentException("a whole store can't be deleted", nameof(folder));
        try
        {
            _writer.Delete(Check(key));
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(key), _root, writing: true);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ISegmentWriter AppendSegments(string folder) => new FolderSegmentWriter(_root, Check(StoreKey.CheckFolder(folder)));

    /// <inheritdoc/>
    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var key = Check(StoreKey.CheckFolder(folder));
        try
        {
            return Task.FromResult<Stream>(new FolderSegmentStream(HeldFolder.Find(_root, key), offset));
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(key), _root, writing: false);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IncompleteWrite> ListIncompleteAsync(
        DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<IncompleteWrite> found;
        try
        {
            found = [.. FolderIncompleteWrites.List(_root, before)];
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(FolderWriter.TemporaryFolder), _root, writing: false);
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
            FolderIncompleteWrites.Remove(_root, write.Name);
            return Task.CompletedTask;
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(FolderWriter.TemporaryFolder), _root, writing: true);
        }
    }

    /// <summary>A stream over a file of a store.</summary>
    internal static FileStream Stream(SafeFileHandle file) => new(file, FileAccess.Read, bufferSize: 0);

    private FileStream? Open(string key)
    {
        var (folder, name) = FolderWriter.Split(Check(key));
        using var held = HeldFolder.Find(_root, folder);
        return held?.OpenFile(name) is { } file ? Stream(file) : null;
    }

    private FileStat? Find(string key)
    {
        try
        {
            var (folder, name) = FolderWriter.Split(Check(key));
            using var held = HeldFolder.Find(_root, folder);
            return held?.Stat(name);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, Shown(key), _root, writing: false);
        }
    }

    // The path that the user knows. Nothing is opened by it.
    private string Shown(string key) => $"{_root}/{key}";

    private static string Check(string key)
    {
        StoreKey.Check(key);
        if (key == FolderWriter.TemporaryFolder || key.StartsWith(FolderWriter.TemporaryFolder + "/", StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not a key of a store: it is reserved for half-written files", nameof(key));
        return key;
    }
}
