using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

public abstract class A_group_is_recorded(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task With_all_that_is_known_of_it()
    {
        await _book.AddAsync(repeat: 2);
        var group = (await _book.Ledger.GroupAsync("k7m2xqab", CancellationToken.None)).ShouldNotBeNull();
        (group.Root, group.Target, group.CreatedAt, group.Host, group.Version, group.BaseSeed, group.Repeat,
            group.Like, group.GitCommit, group.GitBranch, group.GitDirty)
            .ShouldBe(("/p", "local", Book.Start, "here", "1", long.MaxValue, 2, "other000-2", "abc", "main", true));
        group.Spec.Parameters.GetProperty("lr").GetDouble().ShouldBe(0.1);
        var runs = await _book.Ledger.RunsOfAsync("k7m2xqab", CancellationToken.None);
        runs.Select(run => (run.Run.Id, run.Run.Repeat, run.Run.Seed, run.Run.State, run.Run.Attempts)).ShouldBe(
            [("k7m2xqab-1", 1, -4L, RunState.Queued, 1), ("k7m2xqab-2", 2, -3L, RunState.Queued, 1)]);
        (await _book.AttemptsAsync()).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            attempt => attempt.Id.ShouldBe("k7m2xqab-1-1"), attempt => attempt.State.ShouldBe(AttemptState.Pending),
            attempt => attempt.StartedAt.ShouldBeNull());
        (await _book.EventsAsync("k7m2xqab")).ShouldBe(["k7m2xqab created"]);
    }

    [Fact]
    public async Task Whole_or_not_at_all()
    {
        await _book.AddAsync(repeat: 2);
        await Should.ThrowAsync<LedgerException>(() => _book.AddAsync(repeat: 5));
        (await _book.Ledger.RunsOfAsync("k7m2xqab", CancellationToken.None)).Count.ShouldBe(2);
        (await _book.EventsAsync("k7m2xqab")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task And_its_attempts_are_live_until_they_have_ended()
    {
        await _book.AddAsync(repeat: 4);
        await _book.AddAsync("zzzzzzzz");
        await _book.ApplyAsync(
            Book.Change(AttemptState.Running, "k7m2xqab-1-1"), Book.Change(AttemptState.Succeeded, "k7m2xqab-2-1"),
            Book.Change(AttemptState.Queued, "k7m2xqab-3-1"),
            Book.Change(AttemptState.Lost, "k7m2xqab-4-1") with { IsRetried = true });
        var live = await _book.Ledger.LiveAsync(CancellationToken.None);
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
