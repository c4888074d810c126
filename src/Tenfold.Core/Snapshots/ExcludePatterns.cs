using System.Text;

namespace Tenfold.Core.Snapshots;

/// <summary>
/// Matches files against the project's <c>exclude</c> patterns alone, without git's. The agent uses it for files that a run made.
/// </summary>
/// <param name="patterns">Patterns in gitignore's syntax. The last one that matches decides; <c>!</c> includes again.</param>
public sealed class ExcludePatterns(IEnumerable<string> patterns)
{
    private readonly IgnorePattern[] _patterns =
        [.. patterns.Select(text => IgnorePattern.Parse(Encoding.UTF8.GetBytes(text))).OfType<IgnorePattern>()];

    /// <summary>True when the file or a folder above it is excluded.</summary>
    /// <param name="path">Relative to the project, with <c>/</c>.</param>
    public bool IsExcluded(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        for (var i = 0; i < bytes.Length; i++)
            if (bytes[i] == '/' && IsExcluded(bytes.AsSpan(0, i), isFolder: true)) return true;
        return IsExcluded(bytes, isFolder: false);
    }

    /// <summary>True when a <c>!</c> pattern takes the path in: the last one that matches it.</summary>
    /// <param name="path">Relative to the project, with <c>/</c>.</param>
    /// <param name="isFolder">True for a folder.</param>
    public bool IsTakenIn(string path, bool isFolder)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var nameStart = bytes.AsSpan().LastIndexOf((byte)'/') + 1;
        return _patterns.LastOrDefault(pattern => pattern.IsMatch(bytes, bytes.AsSpan(nameStart), isFolder)) is { Negated: true };
    }

    private bool IsExcluded(ReadOnlySpan<byte> path, bool isFolder)
    {
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var excluded = false;
        foreach (var pattern in _patterns)
            if (pattern.IsMatch(path, name, isFolder)) excluded = !pattern.Negated;
        return excluded;
    }
}
