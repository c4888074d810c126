using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Bench;

/// <summary>Takes a snapshot and prints its time in milliseconds, id and number of files, and whether the store had it already.</summary>
internal static class SnapshotBench
{
    public static async Task<int> RunAsync(string project, string store, string cache)
    {
        var start = TimeProvider.System.GetTimestamp();
        var taker = new SnapshotTaker(new FolderStore(store), cache, TimeProvider.System);
        var outcome = await taker.TakeAsync(new SnapshotRequest { Root = project }, CancellationToken.None);
        var milliseconds = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        Console.WriteLine(outcome.Match(
            stored => Line(milliseconds, stored.Snapshot, stored.AlreadyExisted ? "known" : "stored"),
            refused => string.Join('\n', refused.Faults.Select(fault => fault.Message))));
        return outcome is SnapshotOutcome.Stored ? 0 : 1;

        static string Line(double milliseconds, Snapshot snapshot, string state) =>
            $"{milliseconds:0.00} {snapshot.Id} {snapshot.FileCount} {state}";
    }
}
