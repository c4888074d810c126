namespace Tenfold.Core.Platform;

/// <summary>Tells whether users other than this one and root may change what lies in a folder.</summary>
public static class SharedWriting
{
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>True when others may write to the folder, or replace it or a folder above it.</summary>
    /// <param name="folder">The folder. If it doesn't exist yet, the folders above it decide.</param>
    public static bool IsPossible(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        // A new folder in one that a group shares is open to the group.
        var isNew = !Directory.Exists(path);
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
        {
            if (!Directory.Exists(at)) continue;
            if (Posix.Owner(at) is { } owner && owner != Posix.UserId() && owner != 0) return true;
            var mode = File.GetUnixFileMode(at);
            if ((mode & Others) != 0 && (at == path || (isNew && TeamFolder.Is(at)) || !mode.HasFlag(UnixFileMode.StickyBit))) return true;
            isNew = false;
        }

        return false;
    }
}
