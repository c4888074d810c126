using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public sealed class A_ledger_of_the_first_release_is_migrated : IDisposable
{
    /// <summary>The tables of the first release, with a run that is running.</summary>
    private const string FirstRelease =
        """
        CREATE TABLE groups (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, root TEXT NOT NULL, target TEXT NOT NULL,
            created_at BIGINT NOT NULL, host TEXT NOT NULL, version TEXT NOT NULL, base_seed BIGINT NOT NULL, repeat INTEGER NOT NULL,
            like_run TEXT, git_commit TEXT, git_branch TEXT, git_dirty INTEGER, metric TEXT, spec TEXT NOT NULL);
        CREATE TABLE runs (
            seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, group_id TEXT NOT NULL REFERENCES groups (id), repeat INTEGER NOT NULL,
            seed BIGINT NOT NULL, state TEXT NOT NULL, reason TEXT, created_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT,
            attempts INTEGER NOT NULL, cancel_asked_at BIGINT, UNIQUE (group_id, repeat));
        CREATE INDEX runs_by_state ON runs (state, seq);
        CREATE TABLE attempts (
            id TEXT NOT NULL PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs (id), number INTEGER NOT NULL, state TEXT NOT NULL,
            reason TEXT, created_at BIGINT NOT NULL, started_at BIGINT, ended_at BIGINT, exit_code INTEGER, signal INTEGER, host TEXT,
            peak_memory_bytes BIGINT, cpu_ms BIGINT, UNIQUE (run_id, number));
        CREATE INDEX attempts_by_state ON attempts (state);
        CREATE TABLE metrics (
            attempt_id TEXT NOT NULL REFERENCES attempts (id), name TEXT NOT NULL, count BIGINT NOT NULL, non_finite BIGINT NOT NULL,
            first DOUBLE PRECISION, last DOUBLE PRECISION, min DOUBLE PRECISION, max DOUBLE PRECISION, last_step BIGINT NOT NULL,
            series TEXT NOT NULL, PRIMARY KEY (attempt_id, name));
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY, at BIGINT NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT);
        CREATE INDEX events_by_subject ON events (subject, seq);
        PRAGMA user_version = 1;
        INSERT INTO groups (id, project, root, target, created_at, host, version, base_seed, repeat, spec) VALUES
            ('k7m2xqab', 'iris', '/p', 'local', 1700000000000, 'here', '0.1.0', 0, 1,
             '{"project":"iris","snapshot":"0","command":"c","environment":{"kind":"system"},"parameters":{"lr":0.1}}');
        INSERT INTO runs (id, group_id, repeat, seed, state, created_at, attempts, cancel_asked_at) VALUES
            ('k7m2xqab-1', 'k7m2xqab', 1, 7, 'running', 1700000000000, 1, 1700000005000);
        INSERT INTO attempts (id, run_id, number, state, created_at) VALUES ('k7m2xqab-1-1', 'k7m2xqab-1', 1, 'running', 1700000000000);
        INSERT INTO events (at, subject, kind) VALUES (1700000000000, 'k7m2xqab', 'created');
        """;

    private readonly TestLedger _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Groups_and_runs_are_preserved()
    {
        _test.Execute(FirstRelease);
        _test.Close();
        (await _test.Ledger.ListGroupsAsync(10, CancellationToken.None)).ShouldHaveSingleItem().Spec.Parameters
            .GetProperty("lr").GetDouble()
            .ShouldBe(0.1);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Running), run => run.CancelRequestedAt.ShouldBe(TestLedger.Start.AddSeconds(5)),
            run => run.CancelReason.ShouldBeNull());
        await _test.ApplyAsync(TestLedger.Change(AttemptState.Cancelled) with { Reason = new Reason.Note("cancelled") });
        (await _test.RunAsync()).Reason.Words().ShouldBe("cancelled");
        (await _test.EventsAsync("k7m2xqab")).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 cancelled"]);
    }

    [Fact]
    public async Task Studies_can_be_added()
    {
        _test.Execute(FirstRelease);
        _test.Close();
        await _test.AddStudyAsync();
        (await _test.Ledger.AskAsync(1)).ShouldBeTrue();
        (await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5)).ShouldBeTrue();
        (await _test.TrialsAsync()).ShouldHaveSingleItem().Value.ShouldBe(0.5);
    }

    [Fact]
    public async Task The_migrated_tables_equal_those_of_a_new_ledger()
    {
        _test.Execute(FirstRelease);
        _test.Close();
        await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        using var other = new TestLedger();
        await other.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        var schema = Schema(other);
        schema.Count.ShouldBeGreaterThan(10);
        Schema(_test).ShouldBe(schema);
    }

    private static List<string> Schema(TestLedger test)
    {
        using var connection = test.Connect();
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
        using var reader = command.ExecuteReader();
        var schema = new List<string>();
        while (reader.Read()) schema.Add(string.Join(' ', reader.GetString(0).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        return schema;
    }
}
