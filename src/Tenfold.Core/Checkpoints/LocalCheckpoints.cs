using System.Buffers.Text;
using System.Globalization;
using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Core.Checkpoints;

/// <summary>
/// The checkpoint folder of a run on this machine, which all its attempts share, and beside it copies of whole sets for the case that a
/// file of the folder is incomplete.
/// </summary>
/// <param name="home">The agent's folder on this machine.</param>
/// <param name="run">The run.</param>
/// <remarks>
/// A mark lies beside the copies while nobody knows whether the folder is whole: from an attempt's start until its agent has examined the
/// folder at its end. When the agent is killed, the mark stays, and says what is known about the end of the attempt's processes.
/// </remarks>
public sealed class LocalCheckpoints(string home, string run)
{
    private const string Suffix = ".sets", Incomplete = "incomplete", Open = "open ", Since = "since ";

    /// <summary>The folder that the attempts see.</summary>
    public string Folder { get; } = Path.Combine(home, "checkpoints", run);

    /// <summary>The copies, with the keys that checkpoints have in a store.</summary>
    public IStore Copies => _copies ??= new FolderStore(_sets);

    private readonly string _sets = Path.Combine(home, "checkpoints", $"{run}{Suffix}");
    private IStore? _copies;

    private string Mark => Path.Combine(_sets, "unchecked");

    /// <summary>The run to which a folder in the folder of checkpoints belongs.</summary>
    /// <param name="name">The folder's name.</param>
    public static string RunOf(string name) => name.Split('.')[0];

    /// <summary>Notes that an attempt begins to write. Copies by attempts before the last one are removed.</summary>
    /// <param name="number">The attempt's number.</param>
    public void Begin(int number)
    {
        Directory.CreateDirectory(_sets);
        File.WriteAllText(Mark, "");
        for (var earlier = 1; earlier < number - 1; earlier++)
            FolderRemoval.Delete(Path.Combine(_sets, AttemptKeys.Checkpoints(RunNames.Attempt(run, earlier))));
    }

    /// <summary>Notes that the attempt has ended and whether the folder is whole.</summary>
    public void End(bool isWhole)
    {
        if (!isWhole) File.WriteAllText(Mark, Incomplete);
        else if (Directory.Exists(Folder) && Directory.EnumerateFileSystemEntries(Folder).Any()) File.Delete(Mark);
        else FolderRemoval.Delete(_sets);
    }

    /// <summary>
    /// Notes what is known about the files of an attempt whose agent was killed. Processes of the attempt that are still alive are halted;
    /// the caller kills them. Without a note, no file is trusted that was written last.
    /// </summary>
    /// <param name="home">The agent's folder on this machine.</param>
    /// <param name="store">Opens the attempt's store.</param>
    /// <param name="assignment">The attempt.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task EndForDeadAgentAsync(
        string home, Func<IStore> store, Assignment assignment, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var beat = await store().ReadAsync(AttemptKeys.Heartbeat(assignment.Attempt), cancellationToken);
            var lastSign = Utf8Parser.TryParse(beat, out long at, out _) ? DateTimeOffset.FromUnixTimeMilliseconds(at)
                : (DateTimeOffset?)null;
            await new LocalCheckpoints(home, assignment.Run).EndForDeadAgentAsync(assignment.Attempt, lastSign, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
        {
            // The mark stays as it is.
        }
    }

    private async Task EndForDeadAgentAsync(string attempt, DateTimeOffset? lastSign, TimeProvider time)
    {
        if (!File.Exists(Mark)) return;
        var alive = await ProcessTable.HaltMarkedAsync(QueueLifecycle.Marker, attempt, time);
        // What a living process has not open, it has finished.
        if (alive.Count > 0)
            File.WriteAllLines(Mark, OpenFiles.WrittenBy(alive).Select(file => $"{Open}{file.Device} {file.Inode}").Prepend(Open));
        else if (lastSign is { } at) File.WriteAllLines(Mark, [$"{Since}{(at - WriterEnd.WritePause).ToUnixTimeMilliseconds()}"]);
    }

    /// <summary>Finds a file that may be incomplete because of how the attempt before ended.</summary>
    /// <param name="assignment">The attempt that resumes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The file's path in the folder; empty when the agent of that attempt found one; null when the folder is whole.</returns>
    public async Task<string?> FindIncompleteAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        if (!File.Exists(Mark)) return null;
        var lines = await File.ReadAllLinesAsync(Mark, cancellationToken);
        if (lines.Contains(Incomplete)) return "";
        var files = CheckpointFolder.List(Folder, cancellationToken);
        if (files.Count == 0) return null;
        var newest = await new CheckpointReader(Copies).NewestAsync(assignment, cancellationToken);
        var saved = newest?.Files.ToDictionary(file => file.Path) ?? [];
        var check = new CompletenessCheck(EndOf(lines, files.Values), TimeSpan.Zero);
        return files.Where(file => !IsSaved(file.Value, saved.GetValueOrDefault(file.Key)) && !TemporaryNames.Contains(file.Key))
            .Where(file => check.IsSuspect(file.Value, before: null, closedAt: null)).Select(file => file.Key).FirstOrDefault();
    }

    /// <summary>
    /// True while the disk has room for two sets beside what the command itself may write: the copies must not be what fills it.
    /// </summary>
    public bool HasRoom()
    {
        var size = Directory.Exists(Folder)
            ? new DirectoryInfo(Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0) : 0;
        return new DriveInfo(Folder).AvailableFreeSpace > 4 * size;
    }

    /// <summary>Removes the folder and the copies.</summary>
    public void Remove()
    {
        foreach (var folder in new[] { Folder, _sets, CheckpointFolder.CopiesOf(Folder) }) FolderRemoval.Delete(folder);
    }

    private static WriterEnd EndOf(string[] lines, IEnumerable<FileStat> files)
    {
        var open = lines.Where(line => line.StartsWith(Open, StringComparison.Ordinal)).ToList();
        if (open.Count > 0)
        {
            var ids = open.Select(line => line[Open.Length..].Split(' ')).Where(numbers => numbers.Length == 2)
                .Select(numbers => new FileId(
                    ulong.Parse(numbers[0], CultureInfo.InvariantCulture), ulong.Parse(numbers[1], CultureInfo.InvariantCulture)));
            return new WriterEnd { Open = ids.ToHashSet() };
        }

        // All ended at a time that nobody knows, at the earliest when the last file was written.
        var last = DateTimeOffset.UnixEpoch.AddTicks(files.Max(file => file.ModifiedNs) / 100);
        var since = lines.FirstOrDefault(line => line.StartsWith(Since, StringComparison.Ordinal)) is { } line
            ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(line[Since.Length..], CultureInfo.InvariantCulture))
            : last - WriterEnd.WritePause;
        return new WriterEnd { SuspectFrom = since };
    }

    private static bool IsSaved(FileStat now, CheckpointFile? saved) =>
        saved is { WrittenAt: { } at } && saved.SizeBytes == now.SizeBytes
        && Math.Abs((at - DateTimeOffset.UnixEpoch).Ticks - (now.ModifiedNs / 100)) < TimeSpan.TicksPerMillisecond;
}
