using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public abstract class A_group_is_recorded(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task All_of_its_properties_are_recorded()
    {
        await _test.AddAsync(repeat: 2);
        var group = (await _test.Ledger.FindGroupAsync("k7m2xqab", CancellationToken.None)).ShouldNotBeNull();
        (group.Root, group.Target, group.CreatedAt, group.Host, group.Version, group.BaseSeed, group.Repeat,
            group.Like, group.GitCommit, group.GitBranch, group.GitDirty)
            .ShouldBe(("/p", "local", TestLedger.Start, "here", "1", long.MaxValue, 2, "other000-2", "abc", "main", true));
        group.Spec.Parameters.GetProperty("lr").GetDouble().ShouldBe(0.1);
        var runs = await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None);
        runs.Select(run => (run.Run.Id, run.Run.Repeat, run.Run.Seed, run.Run.State, run.Run.Attempts)).ShouldBe(
            [("k7m2xqab-1", 1, -4L, RunState.Queued, 1), ("k7m2xqab-2", 2, -3L, RunState.Queued, 1)]);
        (await _test.AttemptsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.Id.ShouldBe("k7m2xqab-1-1"), attempt => attempt.State.ShouldBe(AttemptState.Pending),
            attempt => attempt.StartedAt.ShouldBeNull());
        (await _test.EventsAsync("k7m2xqab")).ShouldBe(["k7m2xqab created"]);
    }

    [Fact]
    public async Task A_group_is_recorded_completely_or_not_at_all()
    {
        await _test.AddAsync(repeat: 2);
        await Should.ThrowAsync<LedgerException>(() => _test.AddAsync(repeat: 5));
        (await _test.Ledger.ListRunsAsync("k7m2xqab", CancellationToken.None)).Count.ShouldBe(2);
        (await _test.EventsAsync("k7m2xqab")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Its_attempts_are_live_until_they_have_ended()
    {
        await _test.AddAsync(repeat: 4);
        await _test.AddAsync("zzzzzzzz");
        await _test.ApplyAsync(
            TestLedger.Change(AttemptState.Running, "k7m2xqab-1-1"), TestLedger.Change(AttemptState.Succeeded, "k7m2xqab-2-1"),
            TestLedger.Change(AttemptState.Queued, "k7m2xqab-3-1"),
            TestLedger.Change(AttemptState.Lost, "k7m2xqab-4-1") with { IsRetried = true });
        var live = await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None);
        live.Select(attempt => (attempt.Attempt.Id, attempt.Attempt.State, attempt.LostBefore, attempt.Group.Id)).ShouldBe(
        [
            ("k7m2xqab-1-1", AttemptState.Running, 0, "k7m2xqab"), ("k7m2xqab-3-1", AttemptState.Queued, 0, "k7m2xqab"),
            ("k7m2xqab-4-2", AttemptState.Pending, 1, "k7m2xqab"), ("zzzzzzzz-1-1", AttemptState.Pending, 0, "zzzzzzzz"),
        ]);
        live[2].Run.Id.ShouldBe("k7m2xqab-4");
    }

    public sealed class On_SQLite() : A_group_is_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_group_is_recorded(Engine.Postgres);
}
