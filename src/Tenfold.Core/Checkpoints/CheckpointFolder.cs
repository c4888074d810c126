using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Checkpoints;

/// <summary>An attempt's checkpoint folder, which the attempt's processes may be writing to.</summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckpointFolder(string folder, TimeProvider time)
{
    private const int CalmTries = 20;
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(100);

    // A folder beside the checkpoints, for copies of files that are written continually.
    private readonly string _copies = CopiesOf(folder);

    /// <summary>The folder beside a checkpoint folder for copies of files that are written continually.</summary>
    public static string CopiesOf(string folder) => $"{folder}.copies";

    /// <summary>The files of a checkpoint folder by their paths.</summary>
    public static Dictionary<string, FileStat> List(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return [];
        var walk = new TreeWalk(folder) { Index = FileIndex.Empty("", folder) };
        walk.Run(cancellationToken);
        return walk.Files.Where(file => file.Target is null).ToDictionary(file => file.Path, file => file.Stat, StringComparer.Ordinal);
    }

    /// <summary>Lists the files with their metadata.</summary>
    /// <param name="last">The files of the last set, whose stored objects the entries take over; they are checked later.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Dictionary<string, CheckpointEntry> Scan(
        IReadOnlyDictionary<string, CheckpointEntry> last, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) return [];
        var walk = new TreeWalk(folder) { Index = FileIndex.Empty("", folder) };
        walk.Run(cancellationToken);
        var found = new Dictionary<string, CheckpointEntry>(StringComparer.Ordinal);
        foreach (var file in walk.Files)
        {
            // A link out of the folder would lead nowhere on another machine.
            if (file.Target is { } target && SafePath.LinkFault(file.Path, target) is not null) continue;
            found[file.Path] = new CheckpointEntry(file.Stat, file.Target, last.GetValueOrDefault(file.Path)?.File);
        }

        return found;
    }

    /// <summary>Copies a file that is written continually, in a moment in which it does not change; null when there is none.</summary>
    public async Task<CheckpointEntry?> CopyAsync(string path, int number, CancellationToken cancellationToken)
    {
        var (source, copy) = ($"{folder}/{path}", $"{_copies}/{number}");
        Directory.CreateDirectory(_copies);
        for (var i = 0; i < CalmTries; i++)
        {
            if (Posix.Stat(source, follow: false, out var before) == 0)
            {
                await Task.Delay(Calm, time, cancellationToken);
                if (IsStill(before) && TryCopy(source, copy) && IsStill(before))
                    return new CheckpointEntry(before, null, null) { Copy = copy };
            }
            else await Task.Delay(Calm, time, cancellationToken);
        }

        return null;

        bool IsStill(FileStat before) => Posix.Stat(source, follow: false, out var now) == 0 && now == before;
    }

    private static bool TryCopy(string source, string copy)
    {
        try
        {
            File.Copy(source, copy, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false; // The script has removed the file, and will write it again.
        }
    }

    /// <summary>Measures by how much the clock of the folder's file system, which may be a server's, is ahead of the machine's.</summary>
    public TimeSpan MeasureClockSkew()
    {
        var probe = $"{folder}.clock";
        try
        {
            File.WriteAllBytes(probe, []);
            var now = time.GetUtcNow();
            if (Posix.Stat(probe, follow: false, out var stat) != 0) return TimeSpan.Zero;
            var skew = DateTimeOffset.UnixEpoch.AddTicks(stat.ModifiedNs / 100) - now;
            // A smaller difference only shows the granularity of the file system's clock.
            return skew.Duration() < TimeSpan.FromSeconds(1) ? TimeSpan.Zero : skew;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }
        finally
        {
            File.Delete(probe);
        }
    }
}
