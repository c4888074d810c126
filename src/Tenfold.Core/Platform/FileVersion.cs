using System.Globalization;

namespace Tenfold.Core.Platform;

/// <summary>What tells a file's version from another: size, time of modification, and what no program can set.</summary>
public static class FileVersion
{
    /// <summary>
    /// The file's version as text without spaces: size and time of modification; and, of a file with a single name, its inode and time of
    /// change, which a program that restores the former can't restore. Null when there is no such file.
    /// </summary>
    /// <remarks>A file with several names gets another time of change when one of them is added, as when conda links it.</remarks>
    public static string? Of(string path)
    {
        if (Posix.Stat(path, out var stat, out var names) != 0) return null;
        var content = string.Create(CultureInfo.InvariantCulture, $"{stat.SizeBytes}@{stat.ModifiedNs}");
        return names == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{content}@{stat.ChangedNs}@{stat.Inode}") : content;
    }
}
