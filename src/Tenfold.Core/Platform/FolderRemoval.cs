using System.Text;

namespace Tenfold.Core.Platform;

/// <summary>Removes folders that scripts wrote to. Unlike .NET, it also finds files whose names are not UTF-8.</summary>
public static class FolderRemoval
{
    /// <summary>
    /// Removes a folder with everything in it, including folders without permissions. Links are removed, but not their targets. Does
    /// nothing when the folder doesn't exist.
    /// </summary>
    /// <exception cref="IOException">Something in the folder can't be removed; the message names it.</exception>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder)) Delete(Posix.Terminated(Path.TrimEndingDirectorySeparator(folder)));
    }

    // The path is UTF-8 and ends in a NUL.
    private static void Delete(byte[] folder)
    {
        foreach (var (name, isFolder) in Entries(folder))
        {
            if (isFolder) Delete(name);
            else Check(Posix.Unlink(name), name);
        }

        Check(Posix.RemoveFolder(folder), folder);
    }

    // All entries are listed before the first is removed, because file systems differ in what they list while a folder changes.
    private static List<(byte[] Path, bool IsFolder)> Entries(byte[] folder)
    {
        Posix.GrantOwnerAccess(folder);
        var open = Posix.OpenFolder(folder, follow: false, out var error);
        Check(open < 0 ? error : 0, folder);
        try
        {
            var entries = new List<(byte[], bool)>();
            var buffer = new byte[1 << 15];
            while (true)
            {
                var length = Posix.ReadFolder(open, buffer, out error);
                Check(length < 0 ? error : 0, folder);
                if (length <= 0) return entries;
                for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, length); rest.Length > 0;)
                {
                    rest = rest[Posix.ReadEntry(rest, out var name, out var kind)..];
                    if (name is [(byte)'.'] or [(byte)'.', (byte)'.']) continue;
                    byte[] path = [.. folder.AsSpan(..^1), (byte)'/', .. name, 0];
                    entries.Add((path, (kind ?? KindOf(open, path.AsSpan(folder.Length))) == FileKind.Folder));
                }
            }
        }
        finally
        {
            Posix.Close(open);
        }
    }

    // For file systems that list names without kinds.
    private static FileKind KindOf(int folder, ReadOnlySpan<byte> name) =>
        Posix.Stat(folder, name, follow: false, out var stat) == 0 ? stat.Kind : FileKind.File;

    private static void Check(int error, byte[] path)
    {
        if (error is not (0 or Posix.Enoent))
            throw new IOException($"{Encoding.UTF8.GetString(path.AsSpan(..^1))}: {Posix.Describe(error)}");
    }
}
