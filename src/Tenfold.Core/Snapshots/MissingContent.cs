using System.Text;
using Tenfold.Core.Input;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// What a repository only points to, and what was not fetched: the files of Git LFS, of which a snapshot then has the pointers, and
/// submodules, of which it has nothing.
/// </summary>
/// <param name="LfsFiles">How many files are pointers of Git LFS.</param>
/// <param name="FirstLfsFile">One of them, relative to the project's folder; null for none.</param>
/// <param name="Submodules">How many submodules are empty.</param>
/// <param name="FirstSubmodule">One of them, relative to the project's folder; null for none.</param>
/// <remarks>Sources: the specification of Git LFS, "The Pointer"; gitmodules(5).</remarks>
public sealed record MissingContent(int LfsFiles, string? FirstLfsFile, int Submodules, string? FirstSubmodule)
{
    private const string Attributes = ".gitattributes", Modules = ".gitmodules";

    // A pointer is shorter than this.
    private const int MaxPointer = 1024;

    private static readonly byte[] Pointer = "version https://git-lfs.github.com/spec/v1\n"u8.ToArray();

    /// <summary>Looks for it.</summary>
    /// <param name="folder">The project's folder.</param>
    /// <param name="paths">The files of its snapshot, relative to the folder.</param>
    /// <returns>Null when everything is there.</returns>
    public static MissingContent? Find(string folder, IReadOnlyList<string> paths)
    {
        var above = Above(Path.GetFullPath(folder));
        var attributes = paths.Where(path => Path.GetFileName(path) == Attributes).Select(path => Path.Combine(folder, path))
            .Concat(above.Select(one => Path.Combine(one, Attributes)));
        var usesLfs = attributes.Any(path => ReadText(path).Contains("filter=lfs", StringComparison.Ordinal));
        List<string> pointers = usesLfs ? [.. paths.Where(path => IsPointer(Path.Combine(folder, path)))] : [];
        List<string> submodules = [.. above.SelectMany(one => EmptySubmodules(one, folder)).Distinct()];
        return pointers.Count + submodules.Count == 0 ? null
            : new MissingContent(pointers.Count, pointers.FirstOrDefault(), submodules.Count, submodules.FirstOrDefault());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        List<string> parts = [];
        if (LfsFiles > 0) parts.Add($"{Named(LfsFiles, "file", FirstLfsFile)} of Git LFS {(LfsFiles == 1 ? "is" : "are")} only a pointer");
        if (Submodules > 0) parts.Add($"{Named(Submodules, "submodule", FirstSubmodule)} {(Submodules == 1 ? "is" : "are")} empty");
        return $"{string.Join(", and ", parts)}: {(parts.Count == 1 && Submodules + LfsFiles == 1 ? "it was" : "they were")} not fetched";
    }

    private static string Named(int count, string what, string? first) =>
        $"{(count == 1 ? $"1 {what} (" : $"{count} {what}s (")}{Excerpt.Bare(first ?? "", longest: 200)}{(count == 1 ? ")" : ", …)")}";

    // The folders from the project's up to the root of its repository; none outside a repository.
    private static List<string> Above(string folder)
    {
        var found = new List<string>();
        for (var one = new DirectoryInfo(folder); one is not null; one = one.Parent)
        {
            found.Add(one.FullName);
            if (Path.Exists(Path.Combine(one.FullName, ".git"))) return found;
        }

        return [];
    }

    private static IEnumerable<string> EmptySubmodules(string root, string folder)
    {
        foreach (var line in ReadText(Path.Combine(root, Modules)).Split('\n'))
        {
            var (name, value) = line.Split('=', 2) is [var before, var after] ? (before.Trim(), after.Trim().Trim('"')) : ("", "");
            if (name != "path" || value.Length == 0) continue;
            var inside = Path.GetRelativePath(folder, Path.Combine(root, value));
            if (inside == ".." || inside.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(inside)) continue;
            var place = Path.Combine(root, value);
            if (!Directory.Exists(place) || !Directory.EnumerateFileSystemEntries(place).Any()) yield return inside;
        }
    }

    private static bool IsPointer(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: < MaxPointer }) return false;
            return File.ReadAllBytes(path).AsSpan().StartsWith(Pointer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, LinkTarget: null } ? File.ReadAllText(path, Encoding.UTF8) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
