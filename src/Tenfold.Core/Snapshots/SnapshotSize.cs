namespace Tenfold.Core.Snapshots;

/// <summary>Finds the biggest parts of a snapshot.</summary>
internal static class SnapshotSize
{
    private const int MaxNamed = 3;

    /// <summary>The warning for a big snapshot, which names its biggest files and folders.</summary>
    public static string Warn(IReadOnlyList<FoundFile> files, long sizeBytes)
    {
        var named = new List<string>();
        foreach ((var path, var size) in Biggest(files, "").Take(MaxNamed))
        {
            (string Path, long Size) at = (path, size);
            // When one file or folder has most of a folder's bytes, name that one instead.
            while (at.Path.EndsWith('/') && Biggest(files, at.Path).First() is var inner && inner.SizeBytes >= 0.8 * size) at = inner;
            named.Add($"{at.Path} ({Megabytes(at.Size)})");
        }
        return $"the snapshot holds {Megabytes(sizeBytes)}, most of it in {string.Join(", ", named)}. " +
            "Name what training doesn't need under 'exclude:' in tenfold.yaml, and data under 'data:'";
    }

    private static IEnumerable<(string Path, long SizeBytes)> Biggest(IReadOnlyList<FoundFile> files, string folder)
    {
        var sizes = new Dictionary<string, long>();
        foreach (var file in files)
        {
            if (file.Target is not null || !file.Path.StartsWith(folder, StringComparison.Ordinal)) continue;
            var slash = file.Path.IndexOf('/', folder.Length);
            var part = slash < 0 ? file.Path : file.Path[..(slash + 1)];
            sizes[part] = sizes.GetValueOrDefault(part) + file.Stat.SizeBytes;
        }
        return sizes.Select(pair => (pair.Key, pair.Value))
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal);
    }

    private static string Megabytes(long bytes) => $"{bytes / 1e6:0} MB";
}
