using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <summary>
/// Removes folders that scripts or other users wrote to. Unlike .NET, it also finds files whose names are not UTF-8, and it never leaves
/// the folder, also when somebody replaces a folder in it by a link meanwhile.
/// </summary>
public static class FolderRemoval
{
    /// <summary>
    /// Removes a folder with everything in it, including folders without permissions. Links are removed, but not their targets. Does
    /// nothing when the folder doesn't exist.
    /// </summary>
    /// <exception cref="IOException">Something in the folder can't be removed; the message names it.</exception>
    public static void Delete(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        using var above = Posix.OpenFolder(Path.GetDirectoryName(path) ?? "/", out var error);
        if (above is not null) Delete(above, Path.GetFileName(path), path);
        else if (error != Posix.Enotdir) Check(error, path);
    }

    /// <summary>Removes something by its name in an open folder: a file, a link, or a folder with everything in it.</summary>
    /// <param name="above">The open folder.</param>
    /// <param name="name">The name. Nothing happens when there is nothing of that name.</param>
    /// <param name="shown">What messages call it.</param>
    /// <exception cref="IOException">Something can't be removed; the message names it.</exception>
    internal static void Delete(SafeFileHandle above, string name, string shown)
    {
        var bytes = Posix.Terminated(name);
        if (Posix.Stat(above, bytes, out var stat) == 0) Delete(above, new FolderEntry(bytes, stat.Kind), shown);
    }

    private static void Delete(SafeFileHandle above, FolderEntry entry, string shown)
    {
        if (entry.Kind != FileKind.Folder)
        {
            Check(Posix.Unlink(above, entry.Name), shown);
            return;
        }

        using (var folder = Posix.OpenFolder(above, entry.Name, out var error))
        {
            Check(folder is null ? error : 0, shown);
            if (folder is null) return;
            Posix.GrantOwnerAccess(folder);
            // All entries are listed before the first is removed, because file systems differ in what they list while a folder changes.
            var entries = Posix.Entries(folder, out error);
            Check(error, shown);
            foreach (var inner in entries) Delete(folder, inner, $"{shown}/{inner.Text}");
        }

        Check(Posix.RemoveFolder(above, entry.Name), shown);
    }

    private static void Check(int error, string shown)
    {
        if (error is not (0 or Posix.Enoent)) throw new IOException($"{shown}: {Posix.Describe(error)}", error);
    }
}
