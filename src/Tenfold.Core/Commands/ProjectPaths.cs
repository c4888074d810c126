using System.Text;

namespace Tenfold.Core.Commands;

/// <summary>
/// Finds absolute paths into a project's folder in commands, variables and parameters, and replaces them by paths into a run's copy of the
/// project: a run that followed them would use the folder as it is now, and not as it was pinned.
/// </summary>
/// <remarks>
/// A path may be written with <c>~</c>, <c>$HOME</c>, <c>..</c>, doubled slashes, <c>file://</c>, or through symbolic links. Paths to what
/// the copy does not have are left alone: a data folder or a virtual environment, for example.
/// </remarks>
public sealed class ProjectPaths
{
    private const int MaxEnds = 16;
    private const string Delimiters = ":;,\"'`|&<>()[]{}$*?!\n\r\t\\\0";
    private readonly List<string> _folders;
    private readonly string? _home;
    private readonly Func<string, bool> _isPinned;
    private readonly IReadOnlyList<string> _others;

    /// <summary>Finds paths into a project's folder.</summary>
    /// <param name="folders">The paths by which the project's folder is known; all of them mean the same folder.</param>
    /// <param name="home">What <c>~</c> and <c>$HOME</c> mean; null when that is not known.</param>
    /// <param name="isPinned">True for a path, relative to the project, that the copy has. The empty path is the project itself.</param>
    /// <param name="others">Folders inside the project's folder that are no part of the project, such as Tenfold's own.</param>
    public ProjectPaths(
        IReadOnlyList<string> folders, string? home, Func<string, bool> isPinned, params IReadOnlyList<string> others)
    {
        _folders = [.. folders.Concat(folders.Select(PhysicalPath.Of)).Distinct().Where(folder => folder is not ("/" or ""))];
        (_home, _isPinned, _others) = (home, isPinned, [.. others.Concat(others.Select(PhysicalPath.Of)).Distinct()]);
    }

    /// <summary>The paths of the project's folder.</summary>
    public IReadOnlyList<string> Folders => _folders;

    /// <summary>Finds and replaces the paths in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="copy">The copy's folder.</param>
    public PathRewriting Rewrite(string text, string copy)
    {
        var rewritten = new StringBuilder();
        var uses = new List<PathUse>();
        var (from, at) = (0, 0);
        while (at < text.Length)
        {
            if (!Begins(text, at, out var length))
            {
                at++;
                continue;
            }

            if (Find(text, at, length) is not { } found)
            {
                at += length;
                continue;
            }

            var end = at + found.Length;
            uses.Add(new PathUse(text[at..end], found.Relative, found.IsPinned));
            if (found.IsPinned)
            {
                var path = found.Relative.Length == 0 ? copy : $"{copy}/{found.Relative}";
                var isEscaped = text[at..end].Contains('\\');
                // file:///path
                var slashes = text[at..end].TakeWhile(c => c == '/').Count();
                if (at > 0 && text[at - 1] == ':' && slashes > 2) path = $"//{path}";
                rewritten.Append(text, from, at - from).Append(isEscaped ? path.Replace(" ", "\\ ", StringComparison.Ordinal) : path);
                if (text[end - 1] == '/') rewritten.Append('/');
                from = end;
            }

            at = end;
        }

        return new PathRewriting(rewritten.Append(text, from, text.Length - from).ToString(), uses);
    }

    /// <summary>
    /// An absolute path relative to the project's folder; empty for the folder itself, null for a path that leads elsewhere.
    /// </summary>
    public string? Relative(string path)
    {
        var plain = Path.GetFullPath(path);
        if (Within(plain) is { } relative) return relative;
        var physical = PhysicalPath.Of(path);
        return physical == plain ? null : Within(physical);
    }

    /// <summary>The paths of the project below a folder that contains it or links to it; none for another folder.</summary>
    public IReadOnlyList<string> BelowAncestor(string folder)
    {
        var physical = PhysicalPath.Of(Path.GetFullPath(folder));
        return [.. _folders.Select(project => PhysicalPath.Below(physical, project)).OfType<string>().Where(below => below.Length > 0)];
    }

    private string? Within(string path)
    {
        if (_others.Any(other => PhysicalPath.Below(other, path) is not null)) return null;
        return _folders.Select(folder => PhysicalPath.Below(folder, path)).FirstOrDefault(relative => relative is not null);
    }

    /// <summary>True when an absolute path may begin here; the length is that of its root: <c>/</c>, <c>~</c>, <c>$HOME</c>.</summary>
    private bool Begins(string text, int at, out int length)
    {
        length = text[at] switch
        {
            '/' => 1,
            '~' => 1,
            '$' when text.AsSpan(at).StartsWith("$HOME") => 5,
            '$' when text.AsSpan(at).StartsWith("${HOME}") => 7,
            _ => 0,
        };
        if (length == 0) return false;
        if (text[at] != '/' && (_home is null || (at + length < text.Length && IsOfName(text[at + length])))) return false;
        if (at == 0) return true;
        var before = text[at - 1];
        if (before == ':') return !IsRemote(text, at);
        if (before is '"' or '\'') return at == 1 || !(IsOfName(text[at - 2]) || text[at - 2] is '}' or ')' or '/');
        // A compiler's option: -I/folder.
        var isOption = char.IsAsciiLetter(before) && at > 1 && text[at - 2] == '-' && (at == 2 || char.IsWhiteSpace(text[at - 3]));
        return isOption || !(IsOfName(before) || before is '/' or '}' or ')' or '$' or '\\');
    }

    // host:/path, user@host:/path in a word with '@'; s3://bucket. But file:///path is a path of this machine.
    private static bool IsRemote(string text, int at)
    {
        var start = at - 1;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] is not ('"' or '\'' or '=')) start--;
        var slashes = at;
        while (slashes < text.Length && text[slashes] == '/') slashes++;
        return slashes - at == 2 || (slashes > at && text[start..at].Contains('@'));
    }

    private Found? Find(string text, int at, int rootLength)
    {
        var ends = Ends(text, at + rootLength, out var isCut);
        foreach (var end in Enumerable.Reverse(ends))
        {
            var path = Expanded(text[at..end], rootLength);
            // Following links costs a system call for each part, and names with spaces are rare: they are compared as text.
            var found = end == ends[0] ? Relative(path) : Within(Path.GetFullPath(path));
            if (found is { } relative && _isPinned(relative) && !(isCut && end == ends[^1] && text[end - 1] != '/'))
                return new Found(end - at, relative, IsPinned: true);
        }

        // The end is not known here: /project/runs/$NAME. The folder decides.
        if (isCut && text.LastIndexOf('/', ends[0] - 1) is var slash && slash > at
            && Relative(Expanded(text[at..slash], rootLength)) is { } folder && ends.Count == 1)
            return new Found(slash - at, folder, _isPinned(folder));
        return Relative(Expanded(text[at..ends[0]], rootLength)) is { } unpinned
            ? new Found(ends[0] - at, unpinned, IsPinned: false)
            : null;
    }

    // Where the path may end: at a space, unless the name continues after it, or at a delimiter.
    private static List<int> Ends(string text, int from, out bool isCut)
    {
        var ends = new List<int>();
        var at = from;
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == ' ')
            {
                at++;
                continue;
            }

            if (Delimiters.Contains(text[at])) break;
            if (text[at] == ' ' && ends.Count < MaxEnds) ends.Add(at);
        }

        isCut = at < text.Length && text[at] is '$' or '{' or '*' or '?' or '[' or '`';
        if (ends.Count == 0 || ends[^1] != at) ends.Add(at);
        return ends;
    }

    private string Expanded(string written, int rootLength)
    {
        var plain = written.Replace("\\ ", " ", StringComparison.Ordinal);
        return plain[0] == '/' ? plain : $"{_home}/{plain[rootLength..]}";
    }

    private static bool IsOfName(char c) => char.IsLetterOrDigit(c) || c is '_' or '.' or '-' or '+' or '@' or '%' or '#' or '~';

    private sealed record Found(int Length, string Relative, bool IsPinned);
}

/// <summary>A text in which paths into a project were replaced.</summary>
/// <param name="Text">The text.</param>
/// <param name="Uses">The paths, also those that were left alone.</param>
public sealed record PathRewriting(string Text, IReadOnlyList<PathUse> Uses);

/// <summary>A path into a project's folder.</summary>
/// <param name="Written">The path as it was written.</param>
/// <param name="Relative">What it leads to, relative to the project.</param>
/// <param name="IsPinned">True when the run's copy has that.</param>
public sealed record PathUse(string Written, string Relative, bool IsPinned);
