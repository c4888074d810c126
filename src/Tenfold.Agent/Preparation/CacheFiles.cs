using System.IO.Enumeration;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>The list of a cached entry's files, in <c>.ready</c>, which is written once the entry is whole.</summary>
/// <remarks>
/// Many machines remove files from <c>/tmp</c> that were not touched for some days, one by one (systemd-tmpfiles, tmpwatch). So the files
/// of an entry in use are touched once a day, and each file of an unused entry is checked before it is used again.
/// Source: tmpfiles.d(5), "Age".
/// </remarks>
internal static class CacheFiles
{
    private const string Ready = ".ready", Compiled = "__pycache__";
    private static readonly TimeSpan Trusted = TimeSpan.FromDays(1);

    /// <summary>Lists the files in a folder, which holds a whole entry.</summary>
    public static void Record(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        var files = new FileSystemEnumerable<string>(folder, (ref entry) => Path.GetRelativePath(folder, entry.ToFullPath()), options)
        {
            // Python makes and removes its compiled files as it likes.
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && !entry.FileName.SequenceEqual(Compiled),
            ShouldIncludePredicate = (ref entry) => !entry.IsDirectory || IsLink(ref entry),
        };
        var list = Path.Combine(folder, Ready);
        File.WriteAllLines($"{list}.tmp", files.Where(file => !file.Contains('\n')).ToList());
        File.Move($"{list}.tmp", list);
    }

    /// <summary>True when the list is there, which is written last.</summary>
    public static bool IsReady(string folder) => File.Exists(Path.Combine(folder, Ready));

    /// <summary>True when every listed file exists.</summary>
    public static bool IsWhole(string folder, TimeProvider time) => IsWhole(folder, time, out _);

    /// <summary>True when every listed file exists.</summary>
    /// <param name="folder">The entry.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isTouched">True when the files were touched, which changes when their metadata was changed last.</param>
    public static bool IsWhole(string folder, TimeProvider time, out bool isTouched)
    {
        isTouched = false;
        var list = Path.Combine(folder, Ready);
        if (!File.Exists(list)) return false;
        if (time.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(list)) < Trusted) return true;
        isTouched = true;
        foreach (var file in File.ReadLines(list))
            if (!FileTimes.TouchRead(Path.Combine(folder, file))) return false;
        FileTimes.Touch(list);
        return true;
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
