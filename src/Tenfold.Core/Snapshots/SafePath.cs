namespace Tenfold.Core.Snapshots;

/// <summary>Which paths and links from an archive or a manifest can do no harm.</summary>
internal static class SafePath
{
    /// <summary>Why a path could lead out of its folder, or null: relative, with no empty segment, <c>.</c>, <c>..</c> or NUL.</summary>
    public static string? Fault(string path)
    {
        if (path.Length == 0) return "its path is empty";
        if (path[0] == '/') return "its path is absolute";
        if (path.Contains('\0')) return "its path holds a NUL";
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

    /// <summary>Why a symbolic link could lead out of its folder, or null.</summary>
    /// <param name="path">The link's own path, which has no fault.</param>
    /// <param name="target">What it holds.</param>
    /// <remarks>
    /// <c>..</c> may stand only at the start, and no oftener than the link is deep. After a name it would be taken from wherever that
    /// name leads, and if that is a link too, no look at the text alone can tell where. By this rule none of the links of a
    /// folder leads out.
    /// </remarks>
    public static string? LinkFault(string path, string target)
    {
        if (target.Length == 0) return "it points nowhere";
        if (target[0] == '/') return "its target is absolute";
        if (target.Contains('\0')) return "its target holds a NUL";
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
}
