using Tenfold.Core.Data;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Garbage;

/// <summary>Copies of data that agents fetched to this machine and nobody has used for a while. They can be fetched again.</summary>
/// <param name="folder">Where they lie.</param>
/// <param name="unused">For how long nobody must have used them.</param>
/// <param name="time">The clock.</param>
internal sealed class CopyGarbage(string folder, TimeSpan unused, TimeProvider time)
{
    private const string Lock = ".lock", Part = DataCopies.Part;

    public IEnumerable<GarbageItem> Find()
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var home in Directory.GetDirectories(folder).Select(WithoutPart).Distinct().Order(StringComparer.Ordinal))
        {
            if (!IsUnused(home)) continue;
            var why = $"a copy of data, not used for more than {unused.TotalDays:0.##} days: it is fetched again when a run wants it";
            yield return new GarbageItem(GarbageKind.Copy, "this machine", home, new[] { home, home + Part }.Sum(Size), why)
            {
                RemoveAsync = _ =>
                {
                    Remove(home);
                    return Task.CompletedTask;
                },
            };
        }
    }

    private static string WithoutPart(string path) => path.EndsWith(Part, StringComparison.Ordinal) ? path[..^Part.Length] : path;

    // The mark is touched with each use; without one, somebody may be fetching, or was killed while doing so.
    private bool IsUnused(string home)
    {
        var there = new[] { home + DataCopies.Mark, home, home + Part }.Where(Path.Exists);
        var touched = there.Select(File.GetLastWriteTimeUtc).DefaultIfEmpty(DateTime.MaxValue).Max();
        return touched < (time.GetUtcNow() - unused).UtcDateTime;
    }

    private void Remove(string home)
    {
        // Who fetches or takes it up holds the lock; it may have been taken up since it was found.
        using var held = FileLock.TryTake(home + Lock);
        if (held is null || !IsUnused(home)) return;
        // First of all the mark, so that nothing half is taken for whole.
        File.Delete(home + DataCopies.Mark);
        foreach (var part in new[] { home, home + Part })
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
    }

    private static long Size(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length)
        : 0;
}
