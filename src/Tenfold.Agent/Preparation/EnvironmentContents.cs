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
    private const string List = ".contents", Compiled = ".compiled", Cache = "__pycache__";
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
            foreach (var file in Files(folder, withCompiled: false))
                if (!file.Stamp.StartsWith("->", StringComparison.Ordinal)) Protect($"{folder}/{file.Path}");
        }

        var files = Files(folder, withCompiled: true).ToLookup(file => file.IsCompiled);
        Write(folder, Compiled, files[true]);
        Write(folder, List, files[false]);
    }

    private static void Write(string folder, string name, IEnumerable<Entry> files)
    {
        var list = Path.Combine(folder, name);
        using (var lines = new StreamWriter(
            $"{list}.tmp", append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferBytes))
            foreach (var file in files) lines.Write($"{file.Stamp} {file.Path}\n");
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
    /// <param name="removesCompiled">
    /// True to remove compiled files that Python, or somebody else, wrote after the environment was made, if nothing else was changed:
    /// Python would execute them instead of the sources, which are compared here.
    /// </param>
    /// <returns>The change; null when nothing was changed.</returns>
    public static ContentChange? FindChange(string folder, bool removesCompiled = false)
    {
        var list = Path.Combine(folder, List);
        if (!File.Exists(list)) return new ContentChange($"{List} is missing", null);
        var (recorded, compiled) = (Read(list), removesCompiled ? Read(Path.Combine(folder, Compiled)) : []);
        var (first, count, later) = ((string?)null, 0, new List<string>());
        foreach (var file in Files(folder, withCompiled: removesCompiled))
        {
            if (!file.IsCompiled)
            {
                if (!recorded.Remove(file.Path, out var before) || before != file.Stamp) Add(file.Path);
            }
            else if (compiled.GetValueOrDefault(file.Path) != file.Stamp) later.Add(file.Path);
        }

        foreach (var path in recorded.Keys) Add(path);
        if (first is not null)
        {
            var what = count == 1 ? first : $"{first} and {count - 1} more";
            return new ContentChange(what, FileTimes.ChangedAt(Path.Combine(folder, first)));
        }

        foreach (var path in later) File.Delete(Path.Combine(folder, path));
        return null;

        // An installed package is known by its own files rather than by its description.
        void Add(string path)
        {
            count++;
            if (first is null || (IsDescription(first) && !IsDescription(path))) first = path;
        }
    }

    private static bool IsDescription(string path) => path.Contains(".dist-info/", StringComparison.Ordinal);

    private static FileSystemEnumerable<Entry> Files(string folder, bool withCompiled)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        return new FileSystemEnumerable<Entry>(
            folder, (ref entry) => new Entry(RelativePath(ref entry), Stamp(ref entry), IsCompiled(ref entry)), options)
        {
            ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && (withCompiled || !entry.FileName.SequenceEqual(Cache)),
            ShouldIncludePredicate = (ref entry) => (!entry.IsDirectory || IsLink(ref entry))
                && !entry.FileName.Contains('\n') && (withCompiled || !IsCompiled(ref entry))
                && !(entry.Directory.Length == folder.Length && Own.Contains(entry.FileName.ToString())),
        };
    }

    // Whatever lies in Python's folders of compiled files is Python's.
    private static bool IsCompiled(ref FileSystemEntry entry)
    {
        var below = entry.Directory[entry.RootDirectory.Length..];
        return entry.FileName.EndsWith(".pyc") || below.EndsWith($"/{Cache}") || below.Contains($"/{Cache}/", StringComparison.Ordinal);
    }

    private static string RelativePath(ref FileSystemEntry entry) =>
        Path.Join(entry.Directory[entry.RootDirectory.Length..].TrimStart('/'), entry.FileName);

    private static string Stamp(ref FileSystemEntry entry) => IsLink(ref entry)
        ? $"->{new FileInfo(entry.ToFullPath()).LinkTarget?.Replace(' ', '?')}"
        : FileVersion.Of(entry.ToFullPath()) ?? "-";

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    private readonly record struct Entry(string Path, string Stamp, bool IsCompiled);
}

/// <summary>A change of an environment's files.</summary>
/// <param name="What">One of the changed files, and how many others.</param>
/// <param name="At">When that file was changed; null when it was removed.</param>
internal sealed record ContentChange(string What, DateTimeOffset? At);
