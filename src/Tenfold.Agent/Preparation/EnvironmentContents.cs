using System.IO.Enumeration;
using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// The list of an environment's files as they were made, by which a run's change is found: what one run installs must not be there for the
/// next one.
/// </summary>
/// <remarks>
/// Python's compiled files are listed apart, since Python writes and removes them as it likes. Of each file the list has the
/// <see cref="FileVersion"/>, so a program that restores a file's size and time of modification is noticed too.
/// </remarks>
internal static class EnvironmentContents
{
    private const string List = ".contents", Compiled = ".compiled";
    private const int BufferBytes = 1 << 16;
    private static readonly string[] Own = [List, $"{List}.tmp", Compiled, $"{Compiled}.tmp", ".ready", ".ready.tmp"];
    private const UnixFileMode Writing = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Lists the files of an environment that has just been made.</summary>
    /// <param name="folder">The environment.</param>
    /// <param name="protects">
    /// True to make the files read-only, so that none is changed by accident. Folders stay writable, since a user must be able to remove
    /// them; new files are found by <see cref="FindChange"/>.
    /// </param>
    public static void Record(string folder, bool protects = false)
    {
        // First the permissions: changing them changes what is noted.
        if (protects)
        {
            foreach (var (path, stamp) in Files(folder))
                if (!stamp.StartsWith("->", StringComparison.Ordinal)) Protect($"{folder}/{path}");
        }

        Write(folder, Compiled, CompiledFiles(folder));
        Write(folder, List, Files(folder));
    }

    /// <summary>
    /// Removes compiled files that Python, or somebody else, wrote after the environment was made: Python would execute them instead of
    /// the sources, which <see cref="FindChange"/> compares.
    /// </summary>
    public static void RemoveLaterCompiled(string folder)
    {
        var recorded = Read(Path.Combine(folder, Compiled));
        foreach (var (path, stamp) in CompiledFiles(folder))
            if (recorded.GetValueOrDefault(path) != stamp) File.Delete(Path.Combine(folder, path));
    }

    private static void Write(string folder, string name, IEnumerable<(string Path, string Stamp)> files)
    {
        var list = Path.Combine(folder, name);
        using (var lines = new StreamWriter(
            $"{list}.tmp", append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes))
            foreach (var (path, stamp) in files) lines.Write($"{stamp} {path}\n");
        File.Move($"{list}.tmp", list, overwrite: true);
    }

    private static Dictionary<string, string> Read(string list)
    {
        var recorded = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(list)) return recorded;
        foreach (var line in File.ReadLines(list))
            if (line.IndexOf(' ') is var space and > 0) recorded[line[(space + 1)..]] = line[..space];
        return recorded;
    }

    private static void Protect(string file)
    {
        var mode = File.GetUnixFileMode(file);
        if ((mode & Writing) != 0) File.SetUnixFileMode(file, mode & ~Writing);
    }

    /// <summary>Finds the files that were changed since the environment was made.</summary>
    /// <param name="folder">The environment.</param>
    /// <returns>The change; null when nothing was changed.</returns>
    public static ContentChange? FindChange(string folder)
    {
        var list = Path.Combine(folder, List);
        if (!File.Exists(list)) return new ContentChange($"{List} is missing", null);
        var recorded = Read(list);
        var (first, count) = ((string?)null, 0);
        foreach (var (path, stamp) in Files(folder))
            if (!recorded.Remove(path, out var before) || before != stamp) Add(path);
        foreach (var path in recorded.Keys) Add(path);
        return first is null ? null
            : new ContentChange(count == 1 ? first : $"{first} and {count - 1} more", FileTimes.ChangedAt(Path.Combine(folder, first)));

        // An installed package is known by its own files rather than by its description.
        void Add(string path)
        {
            count++;
            if (first is null || (IsDescription(first) && !IsDescription(path))) first = path;
        }
    }

    private static bool IsDescription(string path) => path.Contains(".dist-info/", StringComparison.Ordinal);

    private static FileSystemEnumerable<(string Path, string Stamp)> Files(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return new FileSystemEnumerable<(string, string)>(folder, (ref entry) => (RelativePath(ref entry), Stamp(ref entry)), options)
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && !entry.FileName.SequenceEqual("__pycache__"),
            ShouldIncludePredicate = (ref entry) => (!entry.IsDirectory || IsLink(ref entry))
                && !entry.FileName.Contains('\n') && !entry.FileName.EndsWith(".pyc")
                && !(entry.Directory.Length == folder.Length && Own.Contains(entry.FileName.ToString())),
        };
    }

    private static string RelativePath(ref FileSystemEntry entry) =>
        Path.Join(entry.Directory[entry.RootDirectory.Length..].TrimStart('/'), entry.FileName);

    private static string Stamp(ref FileSystemEntry entry) => IsLink(ref entry)
        ? $"->{new FileInfo(entry.ToFullPath()).LinkTarget?.Replace(' ', '?')}"
        : FileVersion.Of(entry.ToFullPath()) ?? "-";

    private static FileSystemEnumerable<(string Path, string Stamp)> CompiledFiles(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return new FileSystemEnumerable<(string, string)>(folder, (ref entry) => (RelativePath(ref entry), Stamp(ref entry)), options)
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry),
            ShouldIncludePredicate = (ref entry) => (!entry.IsDirectory || IsLink(ref entry)) && !entry.FileName.Contains('\n')
                && (entry.FileName.EndsWith(".pyc") || entry.Directory.EndsWith("/__pycache__")),
        };
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}

/// <summary>A change of an environment's files.</summary>
/// <param name="What">One of the changed files, and how many others.</param>
/// <param name="At">When that file was changed; null when it was removed.</param>
internal sealed record ContentChange(string What, DateTimeOffset? At);
