using System.IO.Enumeration;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>The files that a made thing consists of, listed in <c>.ready</c> once it is whole.</summary>
/// <remarks>
/// Many machines remove what was not touched for some days from <c>/tmp</c>, file by file (systemd-tmpfiles, tmpwatch): so the files of what is in use are
/// touched once a day, and of what was not in use each is looked for. Source: tmpfiles.d(5), "Age".
/// </remarks>
internal static class CacheFiles
{
    private const string Ready = ".ready", Compiled = "__pycache__";
    private static readonly TimeSpan Trusted = TimeSpan.FromDays(1);

    /// <summary>Lists what is at a path now: it is whole.</summary>
    public static void Record(string place)
    {
        // Compiled files come and go.
        var files = new FileSystemEnumerable<string>(
            place, (ref entry) => Path.GetRelativePath(place, entry.ToFullPath()), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && !entry.FileName.SequenceEqual(Compiled),
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory || IsLink(ref entry),
        };
        var list = Path.Combine(place, Ready);
        File.WriteAllLines($"{list}.tmp", files.Where(file => !file.Contains('\n')).ToList());
        File.Move($"{list}.tmp", list);
    }

    /// <summary>True when all that was listed is there.</summary>
    public static bool IsWhole(string place, TimeProvider time)
    {
        var list = Path.Combine(place, Ready);
        if (!File.Exists(list)) return false;
        if (time.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(list)) < Trusted) return true;
        foreach (var file in File.ReadLines(list))
            if (!FileTimes.TouchRead(Path.Combine(place, file))) return false;
        FileTimes.Touch(list);
        return true;
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
