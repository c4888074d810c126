using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class Reasons_of_older_ledgers_become_types(Engine engine) : IDisposable
{
    private const string ByRank = "pruned at step 27: 0.71, not among the best third of 12 (0.83 or better)";
    private const string ByMedian = "pruned at step 9: NaN, worse than the median of 11 others (0.83)";

    private readonly Book _book = new(engine);

    private string SetVersion3 => engine == Engine.Sqlite ? "PRAGMA user_version = 3;" : "UPDATE ledger_version SET version = 3;";

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task And_a_run_goes_on_that_was_to_be_pruned()
    {
        await _book.AddAsync();
        Old($"UPDATE runs SET cancel_asked_at = 1700000005000, cancel_reason = '{ByRank}';");
        await MigrateAsync();
        var pruned = new Reason.PrunedByRank(27, 0.71, 0.83, Factor: 3, Count: 12);
        (await _book.RunAsync()).CancelReason.ShouldBe(pruned);
        pruned.ToString().ShouldBe(ByRank);
        await _book.ApplyAsync(Change(AttemptState.Cancelled) with { Reason = new Reason.Cancelled() });
        (await _book.RunAsync()).Reason.ShouldBe(pruned);
    }

    [Fact]
    public async Task And_the_warnings_leave_them()
    {
        await _book.AddAsync(repeat: 3);
        Old(
            "UPDATE runs SET reason = 'warning: model/m was not kept: it is a pipe' WHERE id = 'k7m2xqab-1';" +
            "UPDATE attempts SET reason = 'warning: model/m was not kept: it is a pipe' WHERE id = 'k7m2xqab-1-1';" +
            "UPDATE runs SET reason = 'exit code 1\nwarning: of the script\nError\nwarning: one\nwarning: two' WHERE id = 'k7m2xqab-2';" +
            "UPDATE runs SET reason = 'is tried again after: its node failed' WHERE id = 'k7m2xqab-3';");
        await MigrateAsync();
        var runs = (await _book.Ledger.RunsOfAsync("k7m2xqab", CancellationToken.None)).Select(run => run.Run).ToList();
        runs[0].ShouldSatisfyAllConditions(
            run => run.Reason.ShouldBeNull(), run => run.Warnings.ShouldBe([new Warning.Note("model/m was not kept: it is a pipe")]));
        (await _book.AttemptsAsync())[0].ShouldSatisfyAllConditions(
            attempt => attempt.Reason.ShouldBeNull(),
            attempt => attempt.Warnings.ShouldBe([new Warning.Note("model/m was not kept: it is a pipe")]));
        runs[1].Reason.ShouldBe(new Reason.Note("exit code 1\nwarning: of the script\nError"));
        runs[1].Warnings.ShouldBe([new Warning.Note("one"), new Warning.Note("two")]);
        runs[2].Reason.ShouldBe(new Reason.Retried(new Reason.Note("its node failed")));
    }

    [Fact]
    public async Task Those_of_studies_and_trials_too_and_events_keep_their_words()
    {
        await _book.AddStudyAsync();
        await _book.Ledger.AskAsync(1);
        await _book.Ledger.AskAsync(2);
        Old(
            $"UPDATE trials SET state = 'pruned', why = '{ByMedian}' WHERE number = 1; UPDATE trials SET state = 'failed', why = 'out " +
            "of memory' WHERE number = 2;" +
            "UPDATE studies SET reason = 'all 2 trials have been asked';" +
            $"INSERT INTO events (at, subject, kind, detail) VALUES (1700000000000, '{Search.Name}', 'finished', 'all " +
            "2 trials have been asked');");
        await MigrateAsync();
        (await _book.TrialsAsync()).Select(trial => trial.Why)
            .ShouldBe([new Reason.PrunedByMedian(9, double.NaN, 0.83, Others: 11), new Reason.Note("out of memory")]);
        (await _book.Ledger.StudyAsync(Search.Name, CancellationToken.None))!.Reason.Words().ShouldBe("all 2 trials have been asked");
        var last = (await _book.Ledger.EventsOfAsync(Search.Name, CancellationToken.None))[^1];
        (last.Detail, last.Reason).ShouldBe(("all 2 trials have been asked", null));
    }

    [Fact]
    public async Task However_many_there_are()
    {
        await _book.AddAsync(repeat: 2500);
        Old("UPDATE runs SET reason = 'run ' || id;");
        await MigrateAsync();
        (await _book.Ledger.RunsOfAsync("k7m2xqab", CancellationToken.None))
            .ShouldAllBe(run => run.Run.Reason == new Reason.Note($"run {run.Run.Id}"));
    }

    [Fact]
    public async Task And_what_a_newer_version_wrote_is_read_as_such()
    {
        await _book.AddAsync();
        _book.Execute(
            """UPDATE runs SET reason = '{"code":"spot-notice","zone":"eu-1a"}', warnings = '[{"code":"new-kind"},{"code":"file-not-stored"}]'""");
        var run = await _book.RunAsync();
        run.Reason.ShouldBeOfType<Reason.Unknown>().ToString().ShouldBe("spot-notice (zone: eu-1a)");
        run.Warnings.Select(warning => warning.ToString()).ShouldBe(["new-kind", "file-not-stored"]);
    }

    // What version 3 had: no columns of warnings, and reasons that are text.
    private void Old(string rows)
    {
        _book.RemoveColumnsOfVersion4();
        _book.Execute($"{rows} {SetVersion3}");
    }

    private async Task MigrateAsync()
    {
        using var database = _book.OpenDatabase();
        (await database.MigrateAsync(CancellationToken.None)).ShouldBe(3);
    }

    public sealed class On_SQLite() : Reasons_of_older_ledgers_become_types(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Reasons_of_older_ledgers_become_types(Engine.Postgres);
}
