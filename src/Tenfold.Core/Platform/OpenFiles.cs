using System.Globalization;
using System.Text;

namespace Tenfold.Core.Platform;

/// <summary>Identifies a file of this machine, whatever its names are.</summary>
/// <param name="Device">The file system's number.</param>
/// <param name="Inode">The file's number in the file system.</param>
public readonly record struct FileId(ulong Device, ulong Inode);

/// <summary>Finds the files that processes have open for writing, or have mapped into their memory as shared and writable.</summary>
/// <remarks>
/// Files are identified by their numbers, because a process in a container may see them under other paths. Source: Linux manual page
/// proc(5), <c>/proc/PID/fdinfo</c> and <c>/proc/PID/maps</c>.
/// </remarks>
public static class OpenFiles
{
    // O_ACCMODE and O_RDONLY in the kernel's fcntl.h.
    private const int AccessMode = 3, ReadOnly = 0;

    /// <summary>The files that the processes can write now. Processes that have ended, or belong to other users, have none.</summary>
    public static IReadOnlySet<FileId> WrittenBy(IEnumerable<int> processes)
    {
        var files = new HashSet<FileId>();
        var buffer = new byte[4096];
        foreach (var process in processes)
        {
            AddDescriptors(process, files, ref buffer);
            AddMappings(process, files, ref buffer);
        }

        return files;
    }

    private static void AddDescriptors(int process, HashSet<FileId> files, ref byte[] buffer)
    {
        foreach (var number in Descriptors(process))
        {
            if (!Posix.TryReadFile($"/proc/{process}/fdinfo/{number}", ref buffer, out var info) || !IsWritable(info)) continue;
            // The link leads to the open file even if its name has been removed.
            if (Posix.Stat($"/proc/{process}/fd/{number}", follow: true, out var stat) == 0 && stat.Kind == FileKind.File)
                files.Add(new FileId(stat.Device, stat.Inode));
        }
    }

    private static List<string> Descriptors(int process)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // "flags:	0100001", in octal.
    private static bool IsWritable(ReadOnlySpan<byte> info)
    {
        var text = Encoding.ASCII.GetString(info);
        var at = text.IndexOf("flags:", StringComparison.Ordinal);
        if (at < 0) return false;
        var flags = text[(at + 6)..].TrimStart().Split('\n')[0].Trim();
        return flags.Length > 0 && flags[^1] is >= '0' and <= '7' && ((flags[^1] - '0') & AccessMode) != ReadOnly;
    }

    // "7f5a…-7f5a… rw-s 00000000 08:01 1234   /path/of/the file"
    private static void AddMappings(int process, HashSet<FileId> files, ref byte[] buffer)
    {
        if (!Posix.TryReadFile($"/proc/{process}/maps", ref buffer, out var maps)) return;
        foreach (var line in Encoding.UTF8.GetString(maps).Split('\n'))
        {
            var fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 6 || !fields[1].StartsWith("rw", StringComparison.Ordinal) || !fields[1].EndsWith('s')) continue;
            if (!ulong.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out var inode)) continue;
            if (Device(fields[3]) is { } device)
                files.Add(new FileId(device, inode));
        }
    }

    private static ulong? Device(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && uint.TryParse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var major)
            && uint.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var minor)
            ? ((ulong)major << 32) | minor : null;
    }
}
