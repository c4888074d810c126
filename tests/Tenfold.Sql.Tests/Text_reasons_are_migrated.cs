using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class Text_reasons_are_migrated(Engine engine) : IDisposable
{
    private const string ByRank = "pruned at step 27: 0.71, not among the best third of 12 (0.83 or better)";
    private const string ByMedian = "pruned at step 9: NaN, worse than the median of 11 others (0.83)";

    private readonly TestLedger _test = new(engine);

    private string SetVersion3 => engine == Engine.Sqlite ? "PRAGMA user_version = 3;" : "UPDATE ledger_version SET version = 3;";

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_run_that_is_being_pruned_keeps_its_reason()
    {
        await _test.AddAsync();
        Old($"UPDATE runs SET cancel_asked_at = 1700000005000, cancel_reason = '{ByRank}';");
        await MigrateAsync();
        var pruned = new Reason.PrunedByRank(27, 0.71, 0.83, Factor: 3, Count: 12);
        (await _test.RunAsync()).CancelReason.ShouldBe(pruned);
        pruned.ToString().ShouldBe(ByRank);
        await _test.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Cancelled() });
        (await _test.RunAsync()).Reason.ShouldBe(pruned);
    }

    [Fact]
    public async Task Warnings_are_separated_from_reasons()
    {
        await _test.AddAsync(repeat: 3);
        Old(
            "UPDATE runs SET reason = 'warning: model/m was not kept: it is a pipe' WHERE id = 'k7m2xqab-1';" +
            "UPDATE attempts SET reason = 'warning: model/m was not kept: it is a pipe' WHERE id = 'k7m2xqab-1-1';" +
            "UPDATE runs SET reason = 'exit code 1\nwarning: of the script\nError\nwarning: one\nwarning: two' WHERE id = 'k7m2xqab-2';" +
            "UPDATE runs SET reason = 'is tried again after: its node failed' WHERE id = 'k7m2xqab-3';");
        await MigrateAsync();
        var runs = (await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None)).Select(run => run.Run).ToList();
        runs[0].ShouldSatisfyAllConditions(
            run => run.Reason.ShouldBeNull(), run => run.Warnings.ShouldBe([new Warning.Note("model/m was not kept: it is a pipe")]));
        (await _test.AttemptsAsync())[0].ShouldSatisfyAllConditions(
            attempt => attempt.Reason.ShouldBeNull(),
            attempt => attempt.Warnings.ShouldBe([new Warning.Note("model/m was not kept: it is a pipe")]));
        runs[1].Reason.ShouldBe(new Reason.Note("exit code 1\nwarning: of the script\nError"));
        runs[1].Warnings.ShouldBe([new Warning.Note("one"), new Warning.Note("two")]);
        runs[2].Reason.ShouldBe(new Reason.Retried(new Reason.Note("its node failed")));
    }

    [Fact]
    public async Task Reasons_of_studies_and_trials_are_migrated_and_events_keep_their_text()
    {
        await _test.AddStudyAsync();
        await _test.Ledger.AskAsync(1);
        await _test.Ledger.AskAsync(2);
        Old($"""
            UPDATE trials SET state = 'pruned', why = '{ByMedian}' WHERE number = 1;
            UPDATE trials SET state = 'failed', why = 'out of memory' WHERE number = 2;
            UPDATE trials SET reason = 'the best of one draw' WHERE number = 1;
            UPDATE studies SET reason = 'all 2 trials have been asked';
            INSERT INTO events (at, subject, kind, detail)
                VALUES (1700000000000, '{SampleStudy.Name}', 'finished', 'all 2 trials have been asked');
            """);
        await MigrateAsync();
        (await _test.TrialsAsync()).Select(trial => trial.Why)
            .ShouldBe([new Reason.PrunedByMedian(9, double.NaN, 0.83, Others: 11), new Reason.Note("out of memory")]);
        (await _test.TrialsAsync()).Select(trial => trial.Reason)
            .ShouldBe([new Reason.Note("the best of one draw"), new Reason.RandomPoint()]);
        (await _test.Ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None))!.Reason.Words()
            .ShouldBe("all 2 trials have been asked");
        var last = (await _test.Ledger.ListEventsAsync(SampleStudy.Name, CancellationToken.None))[^1];
        (last.Detail, last.Reason).ShouldBe(("all 2 trials have been asked", null));
    }

    [Fact]
    public async Task Many_rows_are_migrated()
    {
        await _test.AddAsync(repeat: 2500);
        Old("UPDATE runs SET reason = 'run ' || id;");
        await MigrateAsync();
        (await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None))
            .ShouldAllBe(run => run.Run.Reason == new Reason.Note($"run {run.Run.Id}"));
    }

    [Fact]
    public async Task Reasons_of_newer_versions_are_read_as_unknown()
    {
        await _test.AddAsync();
        _test.Execute("""
            UPDATE runs SET reason = '{"code":"spot-notice","zone":"eu-1a"}',
                warnings = '[{"code":"new-kind"},{"code":"file-not-stored"}]'
            """);
        var run = await _test.RunAsync();
        run.Reason.ShouldBeOfType<Reason.Unknown>().ToString().ShouldBe("spot-notice (zone: eu-1a)");
        run.Warnings.Select(warning => warning.ToString()).ShouldBe(["new-kind", "file-not-stored"]);
    }

    // Version 3 had no columns for warnings, and its reasons were text.
    private void Old(string rows)
    {
        _test.RemoveColumnsOfVersion4();
        _test.Execute($"{rows} {SetVersion3}");
    }

    private async Task MigrateAsync()
    {
        using var database = _test.OpenDatabase();
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(3);
    }

    public sealed class On_SQLite() : Text_reasons_are_migrated(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Text_reasons_are_migrated(Engine.Postgres);
}
