using System.Text;

namespace Tenfold.Core.Snapshots;

/// <summary>The project's <c>exclude</c> patterns alone, without those of git: for files that no snapshot has seen.</summary>
/// <param name="patterns">In gitignore's syntax; a later one wins, and <c>!</c> takes back in.</param>
public sealed class ExcludePatterns(IEnumerable<string> patterns)
{
    private readonly IgnorePattern[] _patterns = [.. patterns.Select(text => IgnorePattern.Parse(Encoding.UTF8.GetBytes(text))).OfType<IgnorePattern>()];

    /// <summary>True when the file, or a folder that it lies in, is excluded.</summary>
    /// <param name="path">Relative to the project, with <c>/</c>.</param>
    public bool Takes(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path).AsSpan();
        for (var end = bytes.IndexOf((byte)'/'); ; end = bytes[(end + 1)..].IndexOf((byte)'/') is var next and >= 0 ? end + 1 + next : -1)
        {
            var part = end < 0 ? bytes : bytes[..end];
            var excluded = false;
            foreach (var pattern in _patterns)
                if (pattern.Takes(part, part[(part.LastIndexOf((byte)'/') + 1)..], isFolder: end >= 0)) excluded = !pattern.Negated;
            if (excluded) return true;
            if (end < 0) return false;
        }
    }
}
