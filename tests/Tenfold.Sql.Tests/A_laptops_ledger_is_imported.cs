using Microsoft.Data.Sqlite;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class A_laptops_ledger_is_imported(Engine engine) : IDisposable
{
    private static readonly TargetSpec Here = new("local", "laptop:/home/ann/.tenfold", System.Text.Json.JsonElement.Parse("{}"));

    private readonly TestLedger _laptop = new();
    private readonly TestLedger _team = new(engine);

    public void Dispose()
    {
        _laptop.Dispose();
        _team.Dispose();
    }

    [Fact]
    public async Task Deployed_versions_stay_and_are_counted()
    {
        var version = new Core.Versions.ModelVersion
        {
            Model = "iris",
            Version = "1",
            DeployedAt = Start,
            DeployedBy = "ann@laptop",
            ChangedAt = Start,
            Address = new Uri("http://127.0.0.1:1"),
        };
        await _laptop.Ledger.AddVersionAsync(version, "salt", CancellationToken.None);
        (await ImportAsync()).ShouldBe(new ImportReport { VersionsLeft = 1 });
        (await _team.Ledger.ListVersionsAsync(null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Live_work_stays_the_own_work_of_the_home_that_imports_it_and_of_no_other()
    {
        var (own, other) = (WorkKey.New(), WorkKey.New());
        await new SqlLedger(_laptop.OpenDatabase(), own).AddGroupAsync(Group("k7m2xqab"), Runs("k7m2xqab"), CancellationToken.None);
        await new SqlLedger(_laptop.OpenDatabase(), other).AddGroupAsync(Group("zzzzzzzz"), Runs("zzzzzzzz"), CancellationToken.None);
        await new LedgerImport(new SqliteDatabase(_laptop.File), _team.OpenDatabase(), own).RunAsync(
            "/home/ann/.tenfold/store", Here, imported: null, CancellationToken.None);
        (await OwnAsync(own)).ShouldBe(["k7m2xqab-1-1"]);
        (await OwnAsync(other)).ShouldBeEmpty("a home signs only its own work");

        async Task<IEnumerable<string>> OwnAsync(WorkKey key) =>
            (await new SqlLedger(_team.OpenDatabase(), key).ListLiveAttemptsAsync(CancellationToken.None))
            .Where(live => live.IsOwn).Select(live => live.Attempt.Id);
    }

    [Fact]
    public async Task Everything_is_imported_once()
    {
        await FillAsync();
        var report = await ImportAsync();
        report.ShouldBe(new ImportReport { Studies = 1, Groups = 4, Runs = 6, Attempts = 7, Live = 2 });
        foreach (var id in new[] { "k7m2xqab", "k7m2xqab-1", "k7m2xqab-2", "zzzzzzzz", SampleStudy.Name, "s7m2xqab-t1" })
            (await _team.Ledger.ListEventsAsync(id, CancellationToken.None))
                .ShouldBe(await _laptop.Ledger.ListEventsAsync(id, CancellationToken.None), id);
        foreach (var group in new[] { "k7m2xqab", "zzzzzzzz", "s7m2xqab-t1", "s7m2xqab-t2" })
        {
            var imported = await _team.Ledger.ListRunsAsync(group, CancellationToken.None);
            var original = await _laptop.Ledger.ListRunsAsync(group, CancellationToken.None);
            imported.Select(run => run.Run).ShouldBe(original.Select(run => run.Run));
            Metrics(imported).ShouldBe(Metrics(original));
            foreach (var run in original)
                (await _team.Ledger.ListAttemptsAsync(run.Run.Id, CancellationToken.None))
                    .ShouldBe(await _laptop.Ledger.ListAttemptsAsync(run.Run.Id, CancellationToken.None));
        }

        var (trials, originals) = (await _team.TrialsAsync(), await _laptop.TrialsAsync());
        trials.Select(trial => (trial.Number, trial.State, trial.Value, trial.Reason, trial.AskedAt))
            .ShouldBe(originals.Select(trial => (trial.Number, trial.State, trial.Value, trial.Reason, trial.AskedAt)));
        (await _team.Ledger.ListRungsAsync(SampleStudy.Name, CancellationToken.None))
            .ShouldBe(await _laptop.Ledger.ListRungsAsync(SampleStudy.Name, CancellationToken.None));
        (await ImportAsync()).ShouldBe(new ImportReport { Present = 3 });
        (await _team.Ledger.ListNewestRunsAsync(null, 100, 0, CancellationToken.None)).Count.ShouldBe(6);
    }

    [Fact]
    public async Task Imported_groups_name_their_store_and_target()
    {
        await FillAsync();
        await _laptop.Ledger.AddGroupAsync(
            Group("own00000") with { Spec = Work() with { Store = "s3://b/p", Target = Here with { Place = "ann@cluster" } } },
            Runs("own00000"), CancellationToken.None);
        await ImportAsync();
        var group = (await _team.Ledger.FindGroupAsync("k7m2xqab", CancellationToken.None))!;
        (group.Spec.Store, group.Spec.Target!.Kind, group.Spec.Target.Place).ShouldBe(
            ("/home/ann/.tenfold/store", "local", "laptop:/home/ann/.tenfold"));
        var own = (await _team.Ledger.FindGroupAsync("own00000", CancellationToken.None))!;
        (own.Spec.Store, own.Spec.Target!.Place).ShouldBe(("s3://b/p", "ann@cluster"));
        (await _team.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None))!.Spec.Work!.Store
            .ShouldBe("/home/ann/.tenfold/store");
        (await _laptop.Ledger.FindGroupAsync("k7m2xqab", CancellationToken.None))!.Spec.Store.ShouldBeNull();
    }

    [Fact]
    public async Task Running_attempts_continue_in_the_new_ledger()
    {
        await FillAsync();
        await ImportAsync();
        (await _team.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Select(live => live.Attempt.Id).Order()
            .ShouldBe(["k7m2xqab-2-2", "zzzzzzzz-1-1"]);
        await _laptop.ApplyAsync(Change(AttemptState.Succeeded, "zzzzzzzz-1-1") with { EndedAt = Start });
        await _laptop.AddAsync("later000");
        (await ImportAsync()).ShouldBe(new ImportReport { Groups = 1, Runs = 1, Attempts = 1, Live = 1, Present = 3 });
        (await _team.ApplyAsync(Change(AttemptState.Succeeded, "zzzzzzzz-1-1") with { EndedAt = Start })).ShouldBe(1);
        (await _team.RunAsync("zzzzzzzz-1")).State.ShouldBe(RunState.Succeeded);
    }

    [Fact]
    public async Task The_old_ledger_notes_the_import_before_anything_is_copied()
    {
        await FillAsync();
        (await _laptop.Ledger.ImportedIntoAsync(CancellationToken.None)).ShouldBeNull();
        using var killed = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(() => ImportAsync(_ => killed.Cancel(), killed.Token));
        (await _laptop.Ledger.ImportedIntoAsync(CancellationToken.None)).ShouldBe(_team.OpenDatabase().Place);
        (await _team.Ledger.ImportedIntoAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_interrupted_import_can_be_repeated(int after)
    {
        await FillAsync();
        using var killed = new CancellationTokenSource();
        var count = 0;
        await Should.ThrowAsync<OperationCanceledException>(() => ImportAsync(_ =>
        {
            if (++count == after) killed.Cancel();
        }, killed.Token));
        var report = await ImportAsync();
        (report.Present, (await _team.Ledger.ListNewestRunsAsync(null, 100, 0, CancellationToken.None)).Count).ShouldBe((after, 6));
        (await new SqlLedger(_team.OpenDatabase()).CountAsync(CancellationToken.None))
            .ShouldBe(await _laptop.Ledger.CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Every_column_of_every_table_is_imported()
    {
        await _laptop.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        using var connection = _laptop.Connect();
        connection.Open();
        var tables = Texts(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            .Except(["facts", "leases", "server_keys"]).Except(["versions", "routes", "experiments"]); // what is deployed stays
        LedgerImport.Tables.Select(table => table.Table).Order().ShouldBe(tables.Order());
        foreach (var (table, columns, _) in LedgerImport.Tables)
            columns.Order().ShouldBe(Texts(connection, $"SELECT name FROM pragma_table_info('{table}')").Except(["seq"]).Order(), table);
    }

    private Task<ImportReport> ImportAsync(Action<string>? imported = null, CancellationToken cancellationToken = default) =>
        new LedgerImport(new SqliteDatabase(_laptop.File), _team.OpenDatabase()).RunAsync(
            "/home/ann/.tenfold/store", Here, imported, cancellationToken);

    private async Task FillAsync()
    {
        await _laptop.AddAsync(repeat: 2);
        var succeeded = Change(AttemptState.Succeeded) with
        {
            StartedAt = Start,
            EndedAt = Start.AddSeconds(1),
            ExitCode = 0,
            Host = "here",
            PeakMemoryBytes = 1L << 40,
            CpuTime = TimeSpan.FromSeconds(2),
            Metrics = [Metric("loss", 3, double.NaN), Metric("accuracy", 2, double.PositiveInfinity)],
        };
        var lost = Change(AttemptState.Lost, "k7m2xqab-2-1") with { IsRetried = true, Reason = new Reason.Note("the machine was lost") };
        await _laptop.ApplyAsync(succeeded, lost);
        await _laptop.Ledger.RequestCancelAsync(["k7m2xqab-2"], Start, new Reason.Note("not wanted"), CancellationToken.None);
        await _laptop.AddStudyAsync();
        await _laptop.Ledger.AskAsync(1);
        await _laptop.Ledger.AskAsync(2, runs: 2);
        await _laptop.Ledger.AskAsync(3, runs: 0);
        await _laptop.Ledger.AddRungsAsync(
            SampleStudy.Name, [new RungRecord(1, 3, 0.5, Start, true, 0.25), new RungRecord(2, 3, double.NaN, Start, false, null)],
            CancellationToken.None);
        await _laptop.Ledger.TellAsync(1, TrialState.Pruned, 0.5);
        await _laptop.ApplyAsync(
            Change(AttemptState.Cancelled, "s7m2xqab-t1-1-1"), Change(AttemptState.Failed, "s7m2xqab-t2-1-1"),
            Change(AttemptState.Failed, "s7m2xqab-t2-2-1"));
        await _laptop.AddAsync("zzzzzzzz");
        await _laptop.ApplyAsync(Change(AttemptState.Running, "zzzzzzzz-1-1") with { StartedAt = Start });
    }

    private static IEnumerable<string> Metrics(IReadOnlyList<RunWithMetrics> runs) =>
        runs.SelectMany(
            run => run.Metrics.Select(
                metric => $"{run.Run.Id} {metric with { Series = [] }} {string.Join(' ', metric.Series)}".Replace(
                    metric.Series.GetType().ToString(), "", StringComparison.Ordinal)));

    private static List<string> Texts(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read()) texts.Add(reader.GetString(0));
        return texts;
    }

    public sealed class On_SQLite() : A_laptops_ledger_is_imported(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_laptops_ledger_is_imported(Engine.Postgres);
}
