using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

public abstract class Runs_are_cancelled_retried_and_listed(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_cancel_request_leaves_ended_runs_alone()
    {
        await _test.AddAsync(repeat: 3);
        await _test.ApplyAsync(Change(AttemptState.Running), Change(AttemptState.Succeeded, "k7m2xqab-2-1"));
        var requested = await _test.Ledger.RequestCancelAsync(
            ["k7m2xqab-1", "k7m2xqab-2", "k7m2xqab-3", "nobody00-1"], Start.AddSeconds(5), null, CancellationToken.None);
        requested.ShouldBe(["k7m2xqab-1", "k7m2xqab-3"]);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.CancelRequestedAt.ShouldBe(Start.AddSeconds(5)), run => run.State.ShouldBe(RunState.Running));
        (await _test.RunAsync("k7m2xqab-2")).CancelRequestedAt.ShouldBeNull();
        (await _test.EventsAsync()).ShouldContain("k7m2xqab-1 cancel-asked");
    }

    [Theory]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Cancelled)]
    [InlineData(AttemptState.Lost)]
    public async Task A_retry_adds_a_pending_attempt(AttemptState end)
    {
        await _test.AddAsync();
        await _test.Ledger.RequestCancelAsync(["k7m2xqab-1"], Start, null, CancellationToken.None);
        await _test.ApplyAsync(Change(end) with { Reason = new Reason.Note("why"), EndedAt = Start });
        (await _test.Ledger.RequestRetryAsync("k7m2xqab-1", Start.AddSeconds(5), CancellationToken.None)).ShouldBe(RetryAnswer.Added);
        (await _test.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Queued), run => run.Reason.ShouldBeNull(), run => run.EndedAt.ShouldBeNull(),
            run => run.CancelRequestedAt.ShouldBeNull(), run => run.Attempt.ShouldBe("k7m2xqab-1-2"));
        (await _test.AttemptsAsync()).Select(attempt => attempt.State).ShouldBe([end, AttemptState.Pending]);
        (await _test.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBe(RetryAnswer.Refused);
        (await _test.AttemptsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(AttemptState.Running)]
    [InlineData(AttemptState.Succeeded)]
    public async Task A_running_or_successful_run_is_not_retried(AttemptState state)
    {
        await _test.AddAsync();
        await _test.ApplyAsync(Change(state));
        (await _test.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBe(RetryAnswer.Refused);
        (await _test.Ledger.RequestRetryAsync("nobody00-1", Start, CancellationToken.None)).ShouldBe(RetryAnswer.Refused);
        (await _test.AttemptsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Names_are_found_by_prefix()
    {
        await _test.AddAsync(repeat: 11);
        await _test.AddAsync("k7m3aaaa");
        (await FindAsync("k7m")).ShouldBe(["k7m2xqab", "k7m3aaaa", "k7m2xqab-1", "k7m2xqab-2"]);
        (await FindAsync("k7m2xqab-1")).ShouldBe(["k7m2xqab-1", "k7m2xqab-10", "k7m2xqab-11"]);
        (await FindAsync("k7m2xqab"))[0].ShouldBe("k7m2xqab");
        (await FindAsync("k7m3aaaa-1")).ShouldBe(["k7m3aaaa-1"]);
        (await FindAsync("%")).ShouldBeEmpty();
        (await FindAsync("_7m")).ShouldBeEmpty();
        (await FindAsync("x' OR 1=1 --")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_newest_runs_are_listed_in_pages()
    {
        await _test.AddAsync(repeat: 3);
        await _test.AddAsync("zzzzzzzz", repeat: 2);
        await _test.ApplyAsync(
            Change(AttemptState.Succeeded) with { Metrics = [Metric("accuracy", 1, 0.9), Metric("loss", 1, 7)] },
            Change(AttemptState.Succeeded, "k7m2xqab-2-1") with { Metrics = [Metric("accuracy", 1, double.NaN)] },
            Change(AttemptState.Running, "k7m2xqab-3-1") with { Metrics = [Metric("loss", 1, 7)] },
            Change(AttemptState.Succeeded, "zzzzzzzz-1-1") with { Metrics = [Metric("accuracy", 1, double.PositiveInfinity)] });
        var all = await _test.Ledger.ListNewestRunsAsync(null, 10, 0, CancellationToken.None);
        all.Select(run => (run.Run.Id, run.Value)).ShouldBe(
        [
            ("zzzzzzzz-2", null), ("zzzzzzzz-1", double.PositiveInfinity), ("k7m2xqab-3", null), ("k7m2xqab-2", double.NaN),
            ("k7m2xqab-1", 0.9),
        ]);
        (all[0].Project, all[0].Target, all[0].Metric).ShouldBe(("iris", "local", "accuracy"));
        (await _test.Ledger.ListNewestRunsAsync(null, 2, 2, CancellationToken.None)).Select(run => run.Run.Id)
            .ShouldBe(["k7m2xqab-3", "k7m2xqab-2"]);
        (await _test.Ledger.ListNewestRunsAsync(RunState.Succeeded, 2, 1, CancellationToken.None)).Select(run => run.Run.Id)
            .ShouldBe(["k7m2xqab-2", "k7m2xqab-1"]);
        (await _test.Ledger.ListNewestRunsAsync(RunState.Cancelled, 10, 0, CancellationToken.None)).ShouldBeEmpty();
        (await _test.Ledger.CountRunsAsync(null, CancellationToken.None)).ShouldBe(5);
        (await _test.Ledger.CountRunsAsync(RunState.Succeeded, CancellationToken.None)).ShouldBe(3);
        (await _test.Ledger.CountRunsAsync(RunState.Cancelled, CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task The_events_of_a_run_exclude_its_neighbours()
    {
        await _test.AddAsync(repeat: 11);
        await _test.ApplyAsync(
            Change(AttemptState.Queued), Change(AttemptState.Queued, "k7m2xqab-10-1"), Change(AttemptState.Queued, "k7m2xqab-11-1"));
        (await _test.EventsAsync("k7m2xqab-1")).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 queued"]);
        (await _test.EventsAsync("k7m2xqab")).Count.ShouldBe(4);
        (await _test.EventsAsync("k7m2")).ShouldBeEmpty();
    }

    private Task<IReadOnlyList<string>> FindAsync(string prefix) => _test.Ledger.FindNamesAsync(prefix, 4, CancellationToken.None);

    public sealed class On_SQLite() : Runs_are_cancelled_retried_and_listed(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Runs_are_cancelled_retried_and_listed(Engine.Postgres);
}
