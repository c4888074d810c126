namespace Tenfold.Core.Commands;

/// <summary>Resolves the symbolic links in a path, also where only the beginning of the path exists.</summary>
public static class PhysicalPath
{
    // As many as Linux follows before it reports a cycle.
    private const int MaxLinks = 40;

    /// <summary>The path without links, <c>.</c>, <c>..</c> and doubled slashes.</summary>
    /// <param name="path">An absolute path.</param>
    public static string Of(string path)
    {
        var pending = new Stack<string>();
        Push(path);
        var (resolved, links) = ("", 0);
        while (pending.TryPop(out var part))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                resolved = resolved[..Math.Max(0, resolved.LastIndexOf('/'))];
                continue;
            }

            var next = $"{resolved}/{part}";
            if (links < MaxLinks && TargetOf(next) is { } target)
            {
                links++;
                if (target.StartsWith('/')) resolved = "";
                Push(target);
            }
            else
            {
                resolved = next;
            }
        }

        return resolved.Length == 0 ? "/" : resolved;

        void Push(string more)
        {
            foreach (var part in more.Split('/').Reverse()) pending.Push(part);
        }
    }

    /// <summary>
    /// A path relative to a folder that contains it; empty for the folder itself, null for a path outside. Compares text only.
    /// </summary>
    public static string? Below(string folder, string path)
    {
        var root = folder.TrimEnd('/');
        if (path == root || path == folder) return "";
        return path.Length > root.Length && path[root.Length] == '/' && path.StartsWith(root, StringComparison.Ordinal)
            ? path[(root.Length + 1)..].Trim('/')
            : null;
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
