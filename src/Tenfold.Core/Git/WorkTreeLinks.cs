using Tenfold.Core.Platform;

namespace Tenfold.Core.Git;

/// <summary>
/// Finds out where the paths of a work tree lead. A commit may contain symbolic links, and these may lead to any file of the server.
/// </summary>
/// <param name="workTree">The folder of the work tree.</param>
public sealed class WorkTreeLinks(string workTree)
{
    private readonly string _root = Posix.RealPath(workTree) ?? workTree;

    /// <summary>True when a path of the work tree exists, and neither it nor a folder above it is a link.</summary>
    /// <param name="path">The path, relative to the work tree.</param>
    public bool IsPlain(string path) => Posix.RealPath(Path.Combine(_root, path)) == Path.Combine(_root, path);

    /// <summary>True when a path exists, and it and everything below it lie in the work tree once all links are resolved.</summary>
    /// <param name="path">The full path of a file or folder.</param>
    public bool IsInside(string path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>([path]);
        while (left.TryPop(out var next))
        {
            // A name that is not UTF-8 can't be resolved either.
            if (Posix.RealPath(next) is not { } real || !IsBelowRoot(real)) return false;
            if (!seen.Add(real) || !Directory.Exists(real)) continue;
            foreach (var entry in Directory.EnumerateFileSystemEntries(real)) left.Push(entry);
        }

        return true;
    }

    /// <summary>True when something that is written to a path, which need not exist, lands in the work tree.</summary>
    /// <param name="path">The full path.</param>
    public bool WritesInside(string path)
    {
        var existing = path;
        while (Posix.Stat(existing, follow: false, out _) != 0 && Path.GetDirectoryName(existing) is { } parent) existing = parent;
        return Posix.RealPath(existing) is { } real && IsBelowRoot(real);
    }

    private bool IsBelowRoot(string real) => real == _root || real.StartsWith($"{_root}/", StringComparison.Ordinal);
}
