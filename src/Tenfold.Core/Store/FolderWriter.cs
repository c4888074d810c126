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

    /// <summary>The path of the folder of temporary files.</summary>
    public string Temporary { get; } = $"{root}/{TemporaryFolder}";

    private bool IsTeams => _isTeams ?? (Directory.Exists(root) && (_isTeams = TeamFolder.Is(root)).Value);

    /// <summary>A new path in the folder of temporary files, which it makes.</summary>
    public string TemporaryPath()
    {
        TeamFolder.Create(Temporary);
        return $"{Temporary}/{temporaryName()}";
    }

    /// <summary>Writes a file, and replaces the old one in one step.</summary>
    /// <param name="target">The file's path.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public async Task ReplaceAsync(string target, Func<string, Task> fill)
    {
        if (!await PlaceAsync(target, Posix.Rename, fill)) throw DiskFault.Translate(Posix.Eexist, target, root);
    }

    /// <summary>Writes a file unless one exists; of several writers at once, one succeeds. It uses link(2), which is atomic on shared
    /// file systems too.</summary>
    /// <param name="target">The file's path.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <returns>False when a file exists, which is unchanged.</returns>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public Task<bool> TryCreateAsync(string target, Func<string, Task> fill)
    {
        return PlaceAsync(target, Link, fill);

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
    /// <param name="target">Its new path.</param>
    /// <returns>False when the file is on another disk, and must be copied.</returns>
    /// <exception cref="StoreException">The disk refuses it.</exception>
    public bool TryMove(string path, string target)
    {
        if (IsTeams) LetGroupRead(path);
        var error = Posix.Rename(path, target);
        if (error == Posix.Enoent && File.Exists(path))
        {
            MakeFolder(Path.GetDirectoryName(target)!);
            error = Posix.Rename(path, target);
        }
        if (error is not (0 or Posix.Exdev)) throw DiskFault.Translate(error, target, root);
        return error == 0;
    }

    /// <summary>Copies a file, which another process may be writing to.</summary>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        await using var source = FolderStore.OpenShared(from);
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        await source.CopyToAsync(target, CopyBufferBytes, cancellationToken);
    }

    /// <summary>Fills a temporary file and gives it the target's name.</summary>
    /// <param name="target">The path.</param>
    /// <param name="place">Gives the temporary path the target's name; returns an <c>errno</c>.</param>
    /// <param name="fill">Writes the temporary file.</param>
    /// <returns>False when a file has the name and <paramref name="place"/> doesn't replace it.</returns>
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
            return error is 0 or Posix.Eexist ? error == 0 : throw DiskFault.Translate(error, target, root);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, target, root, writing: true);
        }
        finally
        {
            // After a rename there is nothing left to remove.
            if (temporary is not null) Discard(temporary);
        }
    }

    // A moved file keeps the mode and the group that it had elsewhere.
    private void LetGroupRead(string path)
    {
        try
        {
            Posix.CopyGroup(path, root);
            TeamFolder.LetRead(path);
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, path, root, writing: true);
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
            throw DiskFault.Translate(e, folder, root, writing: true);
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
            // A file below .tmp is harmless. The user must see the first error, not this one.
        }
    }
}
