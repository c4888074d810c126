namespace Tenfold.Core.Snapshots;

/// <summary>One line of a <c>.gitignore</c>.</summary>
/// <remarks>Source: git, dir.c (parse_path_pattern, match_basename, match_pathname).</remarks>
internal sealed class IgnorePattern
{
    private readonly byte[] _pattern;
    private readonly int _literalLength;
    private readonly bool _nameOnly;
    private readonly bool _endsWith;
    private readonly WildMatch _rest;

    private IgnorePattern(ReadOnlySpan<byte> pattern)
    {
        if (pattern is [(byte)'!', ..])
        {
            Negated = true;
            pattern = pattern[1..];
        }
        var literalTail = pattern is [(byte)'*', ..] && LiteralLength(pattern[1..]) == pattern.Length - 1;
        if (pattern is [.., (byte)'/'])
        {
            FolderOnly = true;
            pattern = pattern[..^1];
        }
        _nameOnly = pattern.IndexOf((byte)'/') < 0;
        _endsWith = literalTail;
        // A leading slash only anchors the pattern.
        if (!_nameOnly && pattern[0] == '/') pattern = pattern[1..];
        _literalLength = LiteralLength(pattern);
        _pattern = pattern.ToArray();
        // A name is matched whole; of a path, the literal beginning is compared first.
        _rest = new WildMatch(_nameOnly ? pattern : pattern[_literalLength..], path: !_nameOnly);
    }

    /// <summary>True for a pattern that starts with <c>!</c>: it includes paths again.</summary>
    public bool Negated { get; }

    /// <summary>True for a pattern that ends with <c>/</c>: it matches folders only.</summary>
    public bool FolderOnly { get; }

    /// <summary>Reads the patterns of a file, in the order of its lines.</summary>
    public static IgnorePattern[] ParseFile(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\uFEFF"u8)) content = content[3..];
        var patterns = new List<IgnorePattern>();
        while (!content.IsEmpty)
        {
            var end = content.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            content = end < 0 ? [] : content[(end + 1)..];
            if (line is [(byte)'#', ..]) continue;
            // A carriage return is part of the line's end.
            if (line is [.., (byte)'\r']) line = line[..^1];
            if (Parse(line) is { } pattern) patterns.Add(pattern);
        }
        return [.. patterns];
    }

    /// <summary>Reads one pattern; null when it is empty.</summary>
    public static IgnorePattern? Parse(ReadOnlySpan<byte> line)
    {
        var nul = line.IndexOf((byte)0);
        if (nul >= 0) line = line[..nul];
        line = TrimSpaces(line);
        return line.IsEmpty || line is [(byte)'!'] or [(byte)'/'] ? null : new IgnorePattern(line);
    }

    /// <summary>True when the pattern matches the path.</summary>
    /// <param name="path">The path, relative to the folder of the pattern's file.</param>
    /// <param name="name">The path's last segment.</param>
    /// <param name="isFolder">True when it is a folder.</param>
    public bool IsMatch(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, bool isFolder)
    {
        if (FolderOnly && !isFolder) return false;
        ReadOnlySpan<byte> pattern = _pattern;
        if (_nameOnly)
        {
            if (_literalLength == pattern.Length) return name.SequenceEqual(pattern);
            if (_endsWith) return name.EndsWith(pattern[1..]);
            return _rest.IsMatch(name);
        }
        if (!path.StartsWith(pattern[.._literalLength])) return false;
        return _rest.IsMatch(path[_literalLength..]);
    }

    private static int LiteralLength(ReadOnlySpan<byte> pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
            if (WildMatch.IsSpecial(pattern[i])) return i;
        return pattern.Length;
    }

    /// <summary>Removes trailing spaces, except those after a backslash.</summary>
    private static ReadOnlySpan<byte> TrimSpaces(ReadOnlySpan<byte> line)
    {
        var firstSpace = -1;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ' ')
            {
                if (firstSpace < 0) firstSpace = i;
                continue;
            }
            if (line[i] == '\\' && ++i == line.Length) return line;
            firstSpace = -1;
        }
        return firstSpace < 0 ? line : line[..firstSpace];
    }
}
