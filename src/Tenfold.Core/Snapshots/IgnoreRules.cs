using System.Text;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Which files of a project are left out of its snapshot: what git ignores, what <c>exclude</c> in <c>tenfold.yaml</c> names, and a
/// few caches that nobody wants in a snapshot.
/// </summary>
/// <remarks>
/// From the strongest to the weakest, as in git; inside each the last pattern that takes a path decides:
/// <list type="number">
/// <item><c>exclude</c>, in gitignore's syntax, relative to the project; <c>!path</c> takes back in what git ignores.</item>
/// <item>The <c>.gitignore</c> of the file's folder, then of each folder above it, up to the root of the git work tree.</item>
/// <item><c>.git/info/exclude</c>.</item>
/// <item>Ours: <c>.tenfold/</c>, <c>__pycache__/</c>, <c>.ipynb_checkpoints/</c>.</item>
/// </list>
/// Always left out: <c>.git</c>, and a folder that holds <c>pyvenv.cfg</c>, which is a virtual environment: it works only where it was
/// made, and is made again from the project's <c>environment</c>. The user's global ignore file is not read, so that two members of
/// a team get the
/// same snapshot of the same files. A file that git tracks although it is ignored is left out: the patterns alone decide.
/// A project in a folder that is itself ignored is not empty for that: only what is below the project is asked for.
/// Source: gitignore(5).
/// </remarks>
internal sealed class IgnoreRules
{
    private static readonly byte[] Ours = ".tenfold/\n__pycache__/\n.ipynb_checkpoints/\n"u8.ToArray();
    private readonly IgnorePattern[] _exclude;

    private IgnoreRules(byte[] prefix, Level start, IgnorePattern[] exclude)
    {
        Prefix = prefix;
        Start = start;
        _exclude = exclude;
    }

    /// <summary>The patterns of one folder's <c>.gitignore</c>, and those of the folders above.</summary>
    /// <param name="Patterns">In the order of the file.</param>
    /// <param name="BaseLength">How much of a path names the folder, with the closing slash.</param>
    /// <param name="Above">The next weaker ones; null when there are none.</param>
    internal sealed record Level(IgnorePattern[] Patterns, int BaseLength, Level? Above);

    /// <summary>The path from the root of the git work tree to the project, with a closing slash; empty when they are the same. Paths
    /// given to <see cref="IsIgnored"/> start with it.</summary>
    public byte[] Prefix { get; }

    /// <summary>What is in force in the project's own folder, but for its own <c>.gitignore</c>.</summary>
    public Level Start { get; }

    /// <summary>Reads what lies outside the project's folder: the folders above it, and <c>.git/info/exclude</c>.</summary>
    public static IgnoreRules Load(string root, IEnumerable<string> exclude)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var top = root;
        while (top is not null && !Path.Exists(Path.Combine(top, ".git"))) top = Path.GetDirectoryName(top);
        var relative = top is null ? "." : Path.GetRelativePath(top, root);
        var prefix = relative == "." ? [] : Encoding.UTF8.GetBytes(relative + "/");
        Level level = new(IgnorePattern.ParseFile(Ours), prefix.Length, null);
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

    /// <summary>What is in force in a folder that has a <c>.gitignore</c>.</summary>
    /// <param name="above">What is in force in the folder above.</param>
    /// <param name="baseLength">The length of the folder's path, with its closing slash and <see cref="Prefix"/>.</param>
    /// <param name="file">The path of the <c>.gitignore</c>; one that can't be read has no patterns.</param>
    public static Level Enter(Level above, int baseLength, string file) =>
        ReadIgnoreFile(file) is { } content ? new Level(IgnorePattern.ParseFile(content), baseLength, above) : above;

    /// <summary>True when a path is left out. Ask for a folder before what is in it: nothing in an ignored folder can be taken
    /// back.</summary>
    /// <param name="level">What is in force in the path's folder.</param>
    /// <param name="path">The path, starting with <see cref="Prefix"/>.</param>
    /// <param name="nameStart">Where its last part begins.</param>
    /// <param name="isFolder">True when it is a folder, false also for a link to one.</param>
    public bool IsIgnored(Level level, ReadOnlySpan<byte> path, int nameStart, bool isFolder)
    {
        var name = path[nameStart..];
        if (name.SequenceEqual(".git"u8)) return true;
        if (Decide(_exclude, path[Prefix.Length..], name, isFolder) is { } excluded) return excluded;
        for (var at = level; at is not null; at = at.Above)
            if (Decide(at.Patterns, path[at.BaseLength..], name, isFolder) is { } ignored) return ignored;
        return false;
    }

    private static bool? Decide(IgnorePattern[] patterns, ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isFolder)
    {
        for (var i = patterns.Length - 1; i >= 0; i--)
            if (patterns[i].Takes(path, name, isFolder)) return !patterns[i].Negated;
        return null;
    }

    /// <summary>Git reads no .gitignore that is a link, and neither do we.</summary>
    private static byte[]? ReadIgnoreFile(string path)
    {
        if (Posix.Stat(path, follow: false, out var stat) != 0 || stat.Kind != FileKind.File) return null;
        return TryRead(path);
    }

    /// <summary>The file below <c>.git</c>, also when that is a file that names another place (a linked work tree, a submodule).</summary>
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
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
