using System.Diagnostics;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Bench;

/// <summary>Takes one snapshot and prints what that cost in milliseconds, its id, how many files it has, and whether it was known.</summary>
internal static class SnapshotBench
{
    public static async Task<int> RunAsync(string project, string store, string cache)
    {
        var start = Stopwatch.GetTimestamp();
        var taker = new SnapshotTaker(new FolderStore(store), cache, TimeProvider.System);
        var outcome = await taker.TakeAsync(new SnapshotRequest { Root = project }, CancellationToken.None);
        var milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Console.WriteLine(outcome.Match(
            taken => $"{milliseconds:0.00} {taken.Snapshot.Id} {taken.Snapshot.FileCount} {(taken.WasStored ? "known" : "stored")}",
            refused => string.Join('\n', refused.Faults.Select(fault => fault.Message))));
        return outcome is SnapshotOutcome.Taken ? 0 : 1;
    }
}
