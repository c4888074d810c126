// Takes one snapshot and prints what TakeAsync cost, in milliseconds: tenfold-bench snapshot PROJECT STORE CACHE
using System.Diagnostics;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

if (args is not ["snapshot", var project, var folder, var cache])
{
    Console.Error.WriteLine("usage: tenfold-bench snapshot PROJECT STORE CACHE");
    return 2;
}
long start = Stopwatch.GetTimestamp();
var taker = new SnapshotTaker(new FolderStore(folder), cache, TimeProvider.System);
SnapshotOutcome outcome = await taker.TakeAsync(new SnapshotRequest { Root = project }, CancellationToken.None);
double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
string told = outcome.Match(
    taken => $"{milliseconds:0.00} {taken.Snapshot.Id} {taken.Snapshot.FileCount} {(taken.WasStored ? "known" : "stored")}",
    refused => string.Join('\n', refused.Faults.Select(fault => fault.Message)));
Console.WriteLine(told);
return outcome is SnapshotOutcome.Taken ? 0 : 1;
