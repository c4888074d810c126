namespace Tenfold.Core.Snapshots;

/// <summary>Checks paths and links from an archive or a manifest, which may be hostile.</summary>
public static class SafePath
{
    /// <summary>Why a path could lead out of its folder; null for a safe one, which is relative and has no NUL and no empty segment,
    /// <c>.</c> or <c>..</c>.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0) return "its path is empty";
        if (path[0] == '/') return "its path is absolute";
        if (path.Contains('\0')) return "its path contains a NUL";
        foreach (var range in path.AsSpan().Split('/'))
        {
            switch (path.AsSpan(range))
            {
                case "": return "its path has an empty segment";
                case ".": return "its path has the segment '.'";
                case "..": return "its path leads up ('..')";
            }
        }
        return null;
    }

    /// <summary>Why a symbolic link could lead out of its folder; null for a safe one.</summary>
    /// <param name="path">The link's own path, which is safe.</param>
    /// <param name="target">The link's target.</param>
    /// <remarks>
    /// <c>..</c> is allowed only at the start of the target, and at most as often as the link has folders above it. After a name, its
    /// meaning would depend on where that name leads: if the name is a link too, the text alone can't tell. With this rule no link in a
    /// folder leads out of it.
    /// </remarks>
    public static string? LinkFault(string path, string target)
    {
        if (target.Length == 0) return "it points nowhere";
        if (target[0] == '/') return "its target is absolute";
        if (target.Contains('\0')) return "its target contains a NUL";
        var depth = path.AsSpan().Count('/');
        var named = false;
        foreach (var range in target.AsSpan().Split('/'))
        {
            var segment = target.AsSpan(range);
            if (segment is "" or ".") continue;
            if (segment is not "..") named = true;
            else if (named) return "its target has '..' after a name";
            else if (--depth < 0) return "its target is outside";
        }
        return null;
    }

    /// <summary>True for a relative path that leads to something inside its folder.</summary>
    public static bool IsInside(string relative) =>
        relative is not ("." or "..") && !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative);
}
