using System.Runtime.CompilerServices;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>A store in a folder of this machine, or of a file system that machines share.</summary>
/// <remarks>
/// An object is a file of the key's name. It is written below <c>.tmp</c> and renamed, so that a reader sees the old object, the new
/// one or none; what a killed process leaves below <c>.tmp</c> is harmless and never listed. In a <see cref="TeamFolder"/> all that is made is
/// the group's too. Nothing is forced to the disk (fsync):
/// a power cut may lose the last seconds, which the checksums of those who read will tell.
/// </remarks>
public sealed class FolderStore : IStore, IStoreLeftovers
{
    internal const string TemporaryFolder = ".tmp";
    private const int CopyBufferBytes = 1 << 18;
    private readonly string _root;
    private readonly Func<string> _temporaryName;
    private bool? _isTeams;

    /// <summary>A store in the folder, which is made when something is first written.</summary>
    /// <param name="root">The folder; a relative path starts at the current one.</param>
    public FolderStore(string root) : this(root, () => Guid.NewGuid().ToString("N"))
    {
    }

    /// <summary>For tests, which need to know the name that a write goes to first.</summary>
    internal FolderStore(string root, Func<string> temporaryName)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _temporaryName = temporaryName;
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
        return ReplaceAsync(PathOf(key), temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });
    }

    /// <inheritdoc/>
    /// <remarks>By link(2), which is atomic on shared file systems too.</remarks>
    public async Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var target = PathOf(key);
        // Most who come late are told apart here, without a write.
        if (Path.Exists(target)) return false;
        return await PlaceAsync(target, Place, temporary =>
        {
            File.WriteAllBytes(temporary, content.Span);
            return Task.CompletedTask;
        });

        static int Place(string temporary, string target)
        {
            var error = Posix.Link(temporary, target);
            // File systems without links; there the name is taken by renaming.
            if (error is Posix.Eperm or Posix.Enosys or Posix.Eopnotsupp) error = Posix.RenameToNew(temporary, target);
            // NFS may lose the answer and ask again: the name is then taken by our own file.
            return error == Posix.Eexist && IsSameFile(temporary, target) ? 0 : error;
        }
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
        if (move)
        {
            if (IsTeams) LetGroupRead(path);
            var error = Posix.Rename(path, target);
            if (error == Posix.Enoent && File.Exists(path))
            {
                MakeFolder(Path.GetDirectoryName(target)!);
                error = Posix.Rename(path, target);
            }
            if (error == 0) return;
            if (error != Posix.Exdev) throw DiskFault.Translate(error, target, _root);
        }
        await ReplaceAsync(target, temporary => CopyAsync(path, temporary, cancellationToken));
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
        // Depth first, each folder in the order that its keys have as texts: "a.txt" before "a/b".
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
                    if (prefix.Length == 0 && info.Name == TemporaryFolder) continue;
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
        var path = folder.Length == 0 ? throw new ArgumentException("a whole store is not deleted", nameof(folder)) : PathOf(folder);
        try
        {
            if (File.Exists(path)) File.Delete(path);
            if (!Directory.Exists(path)) return Task.CompletedTask;
            // Out of sight in one step, then removed at leisure. A disk without room for a rename doesn't stop the removal.
            var doomed = TemporaryPath();
            Directory.Delete(Posix.Rename(path, doomed) == 0 ? doomed : path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Someone else removed it.
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
    public async IAsyncEnumerable<StoreLeftover> LeftoversAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<StoreLeftover> found;
        try
        {
            found = [.. FolderLeftovers.List($"{_root}/{TemporaryFolder}", before)];
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, $"{_root}/{TemporaryFolder}", _root, writing: false);
        }
        foreach (var leftover in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return leftover;
        }
        await Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RemoveAsync(StoreLeftover leftover, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            FolderLeftovers.Remove($"{_root}/{TemporaryFolder}", leftover.Name);
            return Task.CompletedTask;
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, $"{_root}/{TemporaryFolder}", _root, writing: true);
        }
    }

    internal static FileStream OpenShared(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private string PathOf(string key)
    {
        StoreKey.Check(key);
        if (key == TemporaryFolder || key.StartsWith(TemporaryFolder + "/", StringComparison.Ordinal))
            throw new ArgumentException($"'{key}' is not a key of a store: it is kept for half-written files", nameof(key));
        return $"{_root}/{key}";
    }

    private string TemporaryPath()
    {
        var folder = $"{_root}/{TemporaryFolder}";
        TeamFolder.Create(folder);
        return $"{folder}/{_temporaryName()}";
    }

    private bool IsTeams => _isTeams ?? (Directory.Exists(_root) && (_isTeams = TeamFolder.Is(_root)).Value);

    // What is moved here keeps the mode and the group that it had elsewhere.
    private void LetGroupRead(string path)
    {
        try
        {
            Posix.TakeGroup(path, _root);
            TeamFolder.LetRead(path);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, _root, writing: true);
        }
    }

    private void MakeFolder(string folder)
    {
        try
        {
            TeamFolder.Create(folder);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, folder, _root, writing: true);
        }
    }

    /// <summary>Fills a temporary file and renames it to the target.</summary>
    private async Task ReplaceAsync(string target, Func<string, Task> fill)
    {
        if (!await PlaceAsync(target, Posix.Rename, fill)) throw DiskFault.Translate(Posix.Eexist, target, _root);
    }

    /// <summary>Fills a temporary file and gives it the target's name.</summary>
    /// <param name="target">The path.</param>
    /// <param name="place">From the temporary path to the target; returns an <c>errno</c>.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <returns>False when the name is taken and <paramref name="place"/> leaves it so.</returns>
    private async Task<bool> PlaceAsync(string target, Func<string, string, int> place, Func<string, Task> fill)
    {
        string? temporary = null;
        try
        {
            temporary = TemporaryPath();
            await fill(temporary);
            if (IsTeams) TeamFolder.LetRead(temporary);
            var error = place(temporary, target);
            if (error == Posix.Enoent)
            {
                TeamFolder.Create(Path.GetDirectoryName(target)!);
                error = place(temporary, target);
            }
            return error is 0 or Posix.Eexist ? error == 0 : throw DiskFault.Translate(error, target, _root);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, target, _root, writing: true);
        }
        finally
        {
            // After a rename there is nothing left to remove.
            if (temporary is not null) Discard(temporary);
        }
    }

    private static bool IsSameFile(string a, string b) =>
        Posix.Stat(a, follow: false, out var first) == 0 && Posix.Stat(b, follow: false, out var second) == 0
        && (first.Inode, first.Device) == (second.Inode, second.Device);

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            // A leftover below .tmp is harmless; what went wrong first is what the user must hear.
        }
    }

    private static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = OpenShared(from);
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await source.CopyToAsync(target, CopyBufferBytes, cancellationToken);
    }

    private static bool IsAbsent(Exception exception, string path) =>
        exception is FileNotFoundException or DirectoryNotFoundException
        || exception.HResult == Posix.Enotdir
        || (exception is UnauthorizedAccessException && Directory.Exists(path) && !File.Exists(path));
}
