using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Decides which files a project's snapshot leaves out: what git ignores, what <c>exclude</c> in <c>tenfold.yaml</c> names, and a few
/// caches.
/// </summary>
/// <remarks>
/// As in git, the first of these that has a matching pattern decides, and within it the last matching pattern:
/// <list type="number">
/// <item><c>exclude</c>, in gitignore's syntax, relative to the project; <c>!path</c> includes what git ignores.</item>
/// <item>The <c>.gitignore</c> of the file's folder, then of each folder above it, up to the root of the git work tree.</item>
/// <item><c>.git/info/exclude</c>.</item>
/// <item>Built-in patterns: <c>.tenfold/</c>, <c>__pycache__/</c>, <c>.ipynb_checkpoints/</c>, the parts of interrupted fetches.</item>
/// <item>The names of <see cref="DefaultOmissions"/>: credentials and installed packages.</item>
/// </list>
/// Two things are always left out: <c>.git</c>, and virtual environments, which are folders with a <c>pyvenv.cfg</c>. An environment
/// works only where it was made, and the agent makes it from the project's <c>environment</c>. The user's global ignore file isn't read,
/// so that all members of a team get the same snapshot of the same files. A file that git tracks although it is ignored is left out. A
/// project may lie in an ignored folder: only paths below the project are judged. Source: gitignore(5). Why this isn't left to git:
/// docs/decisions/0018-the-ignore-engine-stays.md.
/// </remarks>
internal sealed class IgnoreRules
{
    private static readonly byte[] BuiltIn = ".tenfold/\n__pycache__/\n.ipynb_checkpoints/\n*.????????.part\n"u8.ToArray();
    private readonly IgnorePattern[] _exclude;

    private IgnoreRules(byte[] prefix, Level start, IgnorePattern[] exclude)
    {
        Prefix = prefix;
        Start = start;
        _exclude = exclude;
    }

    /// <summary>The patterns of one folder's <c>.gitignore</c>, with those of the folders above.</summary>
    /// <param name="Patterns">The patterns, in the order of the file.</param>
    /// <param name="BaseLength">The length of the folder's path, with its closing slash.</param>
    /// <param name="Above">The patterns that apply when none of these matches; null when there are none.</param>
    internal sealed record Level(IgnorePattern[] Patterns, int BaseLength, Level? Above);

    /// <summary>The path from the root of the git work tree to the project, with a closing slash; empty when the project is the root. Paths
    /// given to <see cref="IsIgnored"/> start with it.</summary>
    public byte[] Prefix { get; }

    /// <summary>The patterns that apply in the project's folder, without those of its own <c>.gitignore</c>.</summary>
    public Level Start { get; }

    /// <summary>Reads the patterns from outside the project's folder: of the folders above it, and <c>.git/info/exclude</c>.</summary>
    public static IgnoreRules Load(string root, IEnumerable<string> exclude)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var top = root;
        while (top is not null && !Path.Exists(Path.Combine(top, ".git"))) top = Path.GetDirectoryName(top);
        var relative = top is null ? "." : Path.GetRelativePath(top, root);
        var prefix = relative == "." ? [] : Encoding.UTF8.GetBytes(relative + "/");
        Level level = new(IgnorePattern.ParseFile(BuiltIn), prefix.Length, null);
        if (top is not null && InfoExclude(top) is { } info) level = new Level(IgnorePattern.ParseFile(info), 0, level);
        for (var at = 0; at < prefix.Length; at += prefix.AsSpan(at).IndexOf((byte)'/') + 1)
        {
            var folder = Path.Combine(top!, Encoding.UTF8.GetString(prefix.AsSpan(0, at)));
            if (ReadIgnoreFile(Path.Combine(folder, ".gitignore")) is { } content)
                level = new Level(IgnorePattern.ParseFile(content), at, level);
        }
        var patterns = new List<IgnorePattern>();
        foreach (var text in exclude)
            if (IgnorePattern.Parse(Encoding.UTF8.GetBytes(text)) is { } pattern) patterns.Add(pattern);
        return new IgnoreRules(prefix, level, [.. patterns]);
    }

    /// <summary>The patterns that apply in a folder with a <c>.gitignore</c>.</summary>
    /// <param name="above">The patterns that apply in the folder above.</param>
    /// <param name="baseLength">The length of the folder's path, with its closing slash and <see cref="Prefix"/>.</param>
    /// <param name="file">The path of the <c>.gitignore</c>; when it can't be read, it has no patterns.</param>
    public static Level Enter(Level above, int baseLength, string file) =>
        ReadIgnoreFile(file) is { } content ? new Level(IgnorePattern.ParseFile(content), baseLength, above) : above;

    /// <summary>
    /// True when a path is left out. Ask about a folder before its files: nothing in an ignored folder can be included again.
    /// </summary>
    /// <param name="level">The patterns that apply in the path's folder.</param>
    /// <param name="path">The path, starting with <see cref="Prefix"/>.</param>
    /// <param name="nameStart">Where its last segment begins.</param>
    /// <param name="isFolder">True for a folder; false for a link to a folder.</param>
    /// <param name="omission">Why it is left out, when no pattern says so.</param>
    public bool IsIgnored(Level level, ReadOnlySpan<byte> path, int nameStart, bool isFolder, out Omission omission)
    {
        omission = Omission.None;
        var name = path[nameStart..];
        if (name.SequenceEqual(".git"u8)) return true;
        if (Decide(_exclude, path[Prefix.Length..], name, isFolder) is { } excluded) return excluded;
        for (var at = level; at is not null; at = at.Above)
            if (Decide(at.Patterns, path[at.BaseLength..], name, isFolder) is { } ignored) return ignored;
        omission = DefaultOmissions.Of(name, isFolder);
        return omission != Omission.None;
    }

    private static bool? Decide(IgnorePattern[] patterns, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isFolder)
    {
        for (var i = patterns.Length - 1; i >= 0; i--)
            if (patterns[i].IsMatch(path, name, isFolder)) return !patterns[i].Negated;
        return null;
    }

    /// <summary>Reads a <c>.gitignore</c>; null when it is a link, which git doesn't read either.</summary>
    private static byte[]? ReadIgnoreFile(string path)
    {
        if (Posix.Stat(path, follow: false, out var stat) != 0 || stat.Kind != FileKind.File) return null;
        return TryRead(path);
    }

    /// <summary>
    /// Reads <c>info/exclude</c> of the git folder. In a linked work tree or a submodule, <c>.git</c> is a file that names that folder.
    /// </summary>
    private static byte[]? InfoExclude(string top)
    {
        var git = Path.Combine(top, ".git");
        if (File.Exists(git))
        {
            var text = Encoding.UTF8.GetString(TryRead(git) ?? []).TrimEnd();
            if (!text.StartsWith("gitdir: ", StringComparison.Ordinal)) return null;
            git = Path.GetFullPath(text["gitdir: ".Length..], top);
            if (TryRead(Path.Combine(git, "commondir")) is { } common)
                git = Path.GetFullPath(Encoding.UTF8.GetString(common).TrimEnd(), git);
        }
        return TryRead(Path.Combine(git, "info", "exclude"));
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return PlainFile.ReadBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
