using Microsoft.Data.Sqlite;
using Tenfold.App.Comparing;
using Tenfold.App.Costs;
using Tenfold.App.Listing;
using Tenfold.App.Queueing;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.App.Tests.Security;

/// <summary>Whoever can write to the ledger can put anything into a row. The commands about other rows must go on.</summary>
public sealed class One_damaged_record_stops_no_command : IDisposable
{
    private const string Victim = "victim00";

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Others = ["first000", "second00"];

    private static readonly object?[] Values =
    [
        null, "", "{", "{}", "[null]", "{\"code\":\"exited\"}", -1L, long.MaxValue, long.MinValue, new byte[] { 0xff, 0xfe },
        "\u202e\u001b]52;c;AAAA\a",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Workspace _workspace = new();

    private string Ledger => _workspace.Services.LaptopLedger;

    public void Dispose()
    {
        _workspace.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Groups_are_listed_counted_and_compared_whatever_columns_of_another_one_have()
    {
        var whole = await RecordAsync();
        var (applied, told) = (0, 0);
        foreach (var (table, column) in Columns(whole))
        {
            for (var value = 0; value < Values.Length; value++)
            {
                File.Copy(whole, Ledger, overwrite: true);
                if (!Damage(table, column, Values[value])) continue;
                applied++;
                told += await CheckAsync($"{table}.{column} = {Values[value]}");
                foreach (var log in new[] { "-wal", "-shm" }) File.Delete(Ledger + log);
            }
        }

        applied.ShouldBeGreaterThan(300);
        told.ShouldBeGreaterThan(60);
    }

    // Every list, with what it needs of other records. Returns how many records were told to be left out.
    private async Task<int> CheckAsync(string what)
    {
        var told = new List<DamagedRecord>();
        var session = _workspace.Services.Session;
        var services = Services.Open(
            new ServiceOptions { Home = _workspace.Services.Home, Session = session, OnDamaged = told.Add });
        await services.ReconcileAsync(None);
        var lister = new RunLister(services);
        var runs = await lister.ListNewestRunsAsync(null, 50, 1, None);
        Others.Except(runs.Select(run => run.Run.Group)).ShouldBeEmpty(what);
        Others.Except((await lister.ListGroupsAsync(10, None)).Select(group => group.Group.Id)).ShouldBeEmpty(what);
        Others.Except((await new QueueDesk(services).ListAsync(None)).Select(run => run.Attempt.Group.Id)).ShouldBeEmpty(what);
        (await new CostReader(services).ReadAsync(DateTimeOffset.UnixEpoch, CostKey.Project, None)).ShouldNotBeNull();
        (await new GroupLoader(services).CompareAsync(Others, null, new ComparisonOptions(), None)).Match(
            comparison => comparison.Groups.Count,
            refusal => throw new InvalidOperationException($"{what}: {refusal.Message}")).ShouldBe(2);
        await ShowVictimAsync(services, what);
        SqliteConnection.ClearAllPools();
        return told.Count;
    }

    // The damaged group itself is shown or refused; anything but a LedgerException would be taken for a bug.
    private static async Task ShowVictimAsync(Services services, string what)
    {
        try
        {
            foreach (var run in await services.Ledger.ListRunsAsync(Victim, None))
                await services.Ledger.ListAttemptsAsync(run.Run.Id, None);
            await services.Ledger.ListEventsAsync(Victim, None);
            await services.Ids.ResolveRunAsync(Victim, None);
        }
        catch (LedgerException e)
        {
            e.IsUnreadable.ShouldBeTrue(what);
            e.Message.ShouldContain("damaged", Case.Sensitive, what);
        }
    }

    // Groups that wait, run and have ended, with limits that need the records of others.
    private async Task<string> RecordAsync()
    {
        File.WriteAllText(Path.Combine(_workspace.Services.Home, "server.yaml"), "limits: { runs: 9, dollars_per_day: 100 }\n");
        var plan = (await _workspace.PlanAsync(request => request with { Repeat = 3 })).Value();
        foreach (var id in Others.Append(Victim))
        {
            var group = plan.Group with { Id = id, Spec = plan.Group.Spec with { MaxUsd = 50, UsdPerHour = 1 } };
            await _workspace.Services.Ledger.AddGroupAsync(
                group, [.. plan.Runs.Select(run => run with { Id = RunNames.Run(id, run.Repeat), Group = id })], None);
            await _workspace.Services.QueueControl.Ledger.AdmitAsync(
                [new AdmittedAttempt($"{id}-1-1", null), new AdmittedAttempt($"{id}-2-1", null)],
                (await _workspace.Services.QueueControl.Ledger.ReadAdmissionsAsync(None)).Count, plan.Group.CreatedAt, None);
            for (var run = 1; run <= 2; run++)
                await _workspace.Services.Ledger.ApplyAsync([Ended($"{id}-{run}-1", plan.Group.CreatedAt, run)], null, None);
        }

        var path = _folder.Write("whole.db", "");
        SqliteConnection.ClearAllPools();
        using (var ledger = Open(Ledger)) Execute(ledger, "PRAGMA wal_checkpoint(TRUNCATE)");
        File.Copy(Ledger, path, overwrite: true);
        return path;
    }

    private static AttemptChange Ended(string attempt, DateTimeOffset at, double value) => new()
    {
        Attempt = attempt,
        At = at,
        State = AttemptState.Succeeded,
        StartedAt = at,
        EndedAt = at.AddSeconds(10),
        Metrics =
        [
            new MetricSummary
            {
                Name = "accuracy",
                Count = 1,
                First = value,
                Last = value,
                Min = value,
                Max = value,
                LastStep = 1,
                Series = [new MetricPoint(1, value)],
            },
        ],
    };

    private static List<(string Table, string Column)> Columns(string path)
    {
        using var ledger = Open(path);
        using var command = ledger.CreateCommand();
        command.CommandText =
            """
            SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
            WHERE t.name IN ('groups', 'runs', 'attempts', 'metrics', 'events')
            """;
        using var rows = command.ExecuteReader();
        var columns = new List<(string, string)>();
        while (rows.Read()) columns.Add((rows.GetString(0), rows.GetString(1)));
        return columns;
    }

    // False for a value that the database itself refuses.
    private bool Damage(string table, string column, object? value)
    {
        var rows = table switch
        {
            "groups" => "id",
            "runs" => "group_id",
            "attempts" => "run_id",
            "metrics" => "attempt_id",
            _ => "subject",
        };
        using var ledger = Open(Ledger);
        Execute(ledger, "PRAGMA foreign_keys = OFF");
        using var command = ledger.CreateCommand();
        command.CommandText = $"UPDATE OR IGNORE {table} SET \"{column}\" = @value WHERE {rows} LIKE '{Victim}%'";
        command.Parameters.AddWithValue("@value", value ?? DBNull.Value);
        try
        {
            return command.ExecuteNonQuery() > 0;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static void Execute(SqliteConnection ledger, string sql)
    {
        using var command = ledger.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path)
    {
        var ledger = new SqliteConnection($"Data Source={path};Pooling=False");
        ledger.Open();
        return ledger;
    }
}
