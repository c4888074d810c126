using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>Writes the files of a <see cref="FolderStore"/>: each under a temporary name, which is then renamed.</summary>
/// <param name="root">The store's folder.</param>
/// <param name="temporaryName">Makes a name that no other write uses.</param>
internal sealed class FolderWriter(string root, Func<string> temporaryName)
{
    /// <summary>The folder of temporary files, below the store's folder.</summary>
    public const string TemporaryFolder = ".tmp";

    private const int CopyBufferBytes = 1 << 18;
    private bool? _isTeams;

    private bool IsTeams => _isTeams ?? (Directory.Exists(root) && (_isTeams = TeamFolder.Is(root)).Value);

    /// <summary>The folder of a key, and the name in it.</summary>
    public static (string Folder, string Name) Split(string key) =>
        key.LastIndexOf('/') is var at and >= 0 ? (key[..at], key[(at + 1)..]) : ("", key);

    /// <summary>Writes a file, and replaces the old one in one step.</summary>
    /// <param name="key">The file's key.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public async Task ReplaceAsync(string key, Func<string, Task> fill)
    {
        if (!await PlaceAsync(key, Posix.Rename, fill)) throw DiskFault.Translate(Posix.Eexist, $"{root}/{key}", root);
    }

    /// <summary>Writes a file unless one exists; of several writers at once, one succeeds. It uses link(2), which is atomic on shared
    /// file systems too.</summary>
    /// <param name="key">The file's key.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <returns>False when a file exists, which is unchanged.</returns>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public Task<bool> TryCreateAsync(string key, Func<string, Task> fill)
    {
        return PlaceAsync(key, Link, fill);

        static int Link(string temporary, string target)
        {
            var error = Posix.Link(temporary, target);
            // On a file system without hard links, a rename that replaces nothing takes the name.
            if (error is Posix.Eperm or Posix.Enosys or Posix.Eopnotsupp) error = Posix.RenameToNew(temporary, target);
            // NFS may lose the answer to link(2) and repeat the call. Then this writer's own file has the name.
            return error == Posix.Eexist && IsSameFile(temporary, target) ? 0 : error;
        }
    }

    /// <summary>Moves a file into the store.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">Its key.</param>
    /// <returns>False when the file is on another disk, and must be copied.</returns>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public bool TryMove(string path, string key)
    {
        try
        {
            // A moved file keeps the mode and the group that it had elsewhere.
            if (IsTeams) Posix.CopyGroup(path, root);
            if (IsTeams) TeamFolder.LetRead(path);
            var error = Place(key, target => Posix.Rename(path, target));
            return error is 0 or Posix.Exdev ? error == 0 : throw DiskFault.Translate(error, $"{root}/{key}", root);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, $"{root}/{key}", root, writing: true);
        }
    }

    /// <summary>Removes what is under a key. Its name disappears in one step, unless the disk has no room for a rename.</summary>
    /// <exception cref="IOException">Something can't be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not look for it.</exception>
    public void Delete(string key)
    {
        var (folder, name) = Split(key);
        using var above = HeldFolder.Find(root, folder);
        if (above?.Stat(name) is not { } found) return;
        if (found.Kind == FileKind.Folder)
        {
            using var temporary = HeldFolder.Make(root, TemporaryFolder);
            var doomed = temporaryName();
            if (Posix.Rename(above.Handle, name, temporary.Handle, doomed) == 0)
            {
                FolderRemoval.Delete(temporary.Handle, doomed, $"{root}/{key}");
                return;
            }
        }

        FolderRemoval.Delete(above.Handle, name, $"{root}/{key}");
    }

    /// <summary>Copies a file, which another process may be writing to.</summary>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source =
            new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await source.CopyToAsync(target, CopyBufferBytes, cancellationToken);
    }

    /// <summary>Fills a temporary file and gives it the name of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="place">Gives the temporary path another name; returns an <c>errno</c>.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <returns>False when a file has the name and <paramref name="place"/> doesn't replace it.</returns>
    private async Task<bool> PlaceAsync(string key, Func<string, string, int> place, Func<string, Task> fill)
    {
        try
        {
            using var folder = HeldFolder.Make(root, TemporaryFolder);
            var temporary = folder.PathOf(temporaryName());
            try
            {
                await fill(temporary);
                if (IsTeams) TeamFolder.LetRead(temporary);
                var error = Place(key, target => place(temporary, target));
                return error is 0 or Posix.Eexist ? error == 0 : throw DiskFault.Translate(error, $"{root}/{key}", root);
            }
            finally
            {
                // After a rename there is nothing left to remove.
                Discard(temporary);
            }
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, $"{root}/{key}", root, writing: true);
        }
    }

    // Makes the key's folder only when it turns out to be missing.
    private int Place(string key, Func<string, int> place)
    {
        var (folder, name) = Split(key);
        using (var found = HeldFolder.Find(root, folder))
        {
            if (found is not null && place(found.PathOf(name)) is var error and not Posix.Enoent) return error;
        }

        using var made = HeldFolder.Make(root, folder);
        return place(made.PathOf(name));
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
            // A file below .tmp is harmless. The user must see the first error, not this one.
        }
    }
}
