using System.Globalization;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Remembers the files and folders that Tenfold itself wrote for a user, such as a report or the folder of a fetch, so that they do not
/// become part of the next snapshot.
/// </summary>
/// <param name="file">The file that lists them: a line for each, with inode, device and path. Lines are only appended.</param>
/// <remarks>A file or folder counts as long as it is the one that was written: another one of the same name is the user's own.</remarks>
public sealed class OwnOutputs(string file)
{
    private const long MostBytes = 1 << 20;

    /// <summary>Records a file or folder that Tenfold has just written. A record that can't be written is no fault.</summary>
    public void Record(string path)
    {
        try
        {
            var real = Posix.RealPath(path);
            if (real is null || real.Contains('\n', StringComparison.Ordinal) || Posix.Stat(real, follow: false, out var stat) != 0) return;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (File.Exists(file) && new FileInfo(file).Length > MostBytes) File.Delete(file);
            File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{stat.Inode} {stat.Device} {real}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next snapshot then has the file in it.
        }
    }

    /// <summary>The recorded files and folders below a folder that are still there, relative to it; of nested ones the outer.</summary>
    public IReadOnlyList<string> Below(string folder)
    {
        if (Posix.RealPath(folder) is not { } root || !File.Exists(file)) return [];
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in ReadLines())
        {
            if (line.Split(' ', 3) is not [var inode, var device, var path]) continue;
            if (!path.StartsWith(root + "/", StringComparison.Ordinal)) continue;
            if (Posix.Stat(path, follow: false, out var stat) != 0) continue;
            if (inode == stat.Inode.ToString(CultureInfo.InvariantCulture) && device == stat.Device.ToString(CultureInfo.InvariantCulture))
                found.Add(path[(root.Length + 1)..]);
        }

        return [.. found.Where(path => !found.Any(outer => path.StartsWith(outer + "/", StringComparison.Ordinal)))];
    }

    private string[] ReadLines()
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
