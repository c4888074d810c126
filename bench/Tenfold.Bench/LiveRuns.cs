using System.Text;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Sql;

namespace Tenfold.Bench;

/// <summary>Makes a group whose runs the ledger has as running on a cluster, with the reports that their agents would have written.</summary>
internal static class LiveRuns
{
    /// <summary>Prints the group's name and the ledger's id, as JSON.</summary>
    public static async Task RunAsync(string home, string place, int runs)
    {
        var ledger = new SqlLedger(new SqliteDatabase(Path.Combine(home, "ledger.db")));
        var store = new FolderStore(Path.Combine(home, "store"));
        var now = TimeProvider.System.GetUtcNow();
        var group = LedgerFiller.Group(now, runs);
        group = group with { Target = "cluster", Spec = group.Spec with { Target = new TargetSpec("slurm", place, JsonElement.Parse("{}")) } };
        await ledger.AddGroupAsync(group, [.. Enumerable.Range(1, runs).Select(i => RunRecord.New(group, i, i))], CancellationToken.None);
        await ledger.ApplyAsync(
            [.. Enumerable.Range(1, runs).Select(i => new AttemptChange { Attempt = Attempt(group, i), At = now, State = AttemptState.Running, StartedAt = now })], null, CancellationToken.None);
        var reports = new AttemptReports(store);
        for (var i = 1; i <= runs; i++)
        {
            var attempt = Attempt(group, i);
            await reports.WriteAsync(attempt, new AttemptReport { State = AttemptState.Running, StartedAt = now, Host = "d1", Process = i }, CancellationToken.None);
            await reports.WriteMetricsAsync(
                attempt, [new MetricSummary { Name = "accuracy", Count = 60, First = 0.1, Last = 0.9, Min = 0.1, Max = 0.9, LastStep = 59, Series = [.. Enumerable.Range(0, 60).Select(step => new MetricPoint(step, step / 60.0))] }], CancellationToken.None);
            await store.WriteAsync(AttemptKeys.Heartbeat(attempt), Encoding.ASCII.GetBytes($"{now.ToUnixTimeMilliseconds()}"), CancellationToken.None);
            await store.WriteAsync(AttemptKeys.Claim(attempt), "{}"u8.ToArray(), CancellationToken.None);
        }

        Console.WriteLine($"{{\"group\":\"{group.Id}\",\"ledger\":\"{await ledger.IdAsync(CancellationToken.None)}\"}}");
    }

    private static string Attempt(GroupRecord group, int repeat) => RunNames.Attempt(RunNames.Run(group.Id, repeat), 1);
}
