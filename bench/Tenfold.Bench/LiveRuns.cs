using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Sql;

namespace Tenfold.Bench;

/// <summary>Records a group whose runs execute on a cluster, and writes the reports that their agents would write.</summary>
internal static class LiveRuns
{
    /// <summary>Records the group, and prints its id and the ledger's id as JSON.</summary>
    public static async Task RunAsync(string home, string place, int runs)
    {
        var ledger = new SqlLedger(new SqliteDatabase(Path.Combine(home, "ledger.db")), WorkKey.OfHome(home));
        var store = new FolderStore(Path.Combine(home, "store"));
        var now = TimeProvider.System.GetUtcNow();
        var group = LedgerFiller.Group(now, runs);
        var target = new TargetSpec("slurm", place, JsonElement.Parse("{}"));
        group = group with { Target = "cluster", Spec = group.Spec with { Target = target } };
        var repeats = Enumerable.Range(1, runs).ToList();
        await ledger.AddGroupAsync(group, [.. repeats.Select(i => RunRecord.New(group, i, i))], CancellationToken.None);
        await ledger.ApplyAsync([.. repeats.Select(i => Running(group, i, now))], null, CancellationToken.None);
        var reports = new AttemptReports(store);
        foreach (var i in repeats)
        {
            var attempt = Attempt(group, i);
            var report = new AttemptReport { State = AttemptState.Running, StartedAt = now, Host = "d1", Process = i };
            await reports.WriteAsync(attempt, report, CancellationToken.None);
            await reports.WriteMetricsAsync(attempt, [Accuracy()], CancellationToken.None);
            var beat = Encoding.ASCII.GetBytes($"{now.ToUnixTimeMilliseconds()}");
            await store.WriteAsync(AttemptKeys.Heartbeat(attempt), beat, CancellationToken.None);
            await store.WriteAsync(AttemptKeys.Claim(attempt), "{}"u8.ToArray(), CancellationToken.None);
        }

        Console.WriteLine($"{{\"group\":\"{group.Id}\",\"ledger\":\"{await ledger.ReadIdAsync(CancellationToken.None)}\"}}");
    }

    private static AttemptChange Running(GroupRecord group, int repeat, DateTimeOffset now) =>
        new() { Attempt = Attempt(group, repeat), At = now, State = AttemptState.Running, StartedAt = now };

    internal static MetricSummary Accuracy() => new()
    {
        Name = "accuracy",
        Count = 60,
        First = 0.1,
        Last = 0.9,
        Min = 0.1,
        Max = 0.9,
        LastStep = 59,
        Series = [.. Enumerable.Range(0, 60).Select(step => new MetricPoint(step, step / 60.0))],
    };

    private static string Attempt(GroupRecord group, int repeat) => RunNames.Attempt(RunNames.Run(group.Id, repeat), 1);
}
