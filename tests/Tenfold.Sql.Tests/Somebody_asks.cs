using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

public abstract class Somebody_asks(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task To_cancel_and_what_has_ended_stays_as_it_is()
    {
        await _book.AddAsync(repeat: 3);
        await _book.ApplyAsync(Change(AttemptState.Running), Change(AttemptState.Succeeded, "k7m2xqab-2-1"));
        var asked = await _book.Ledger.RequestCancelAsync(
            ["k7m2xqab-1", "k7m2xqab-2", "k7m2xqab-3", "nobody00-1"], Start.AddSeconds(5), null, CancellationToken.None);
        asked.ShouldBe(["k7m2xqab-1", "k7m2xqab-3"]);
        (await _book.RunAsync())
            .ShouldSatisfyAllConditions(
                run => run.CancelRequestedAt.ShouldBe(Start.AddSeconds(5)), run => run.State.ShouldBe(RunState.Running));
        (await _book.RunAsync("k7m2xqab-2")).CancelRequestedAt.ShouldBeNull();
        (await _book.EventsAsync()).ShouldContain("k7m2xqab-1 cancel-asked");
    }

    [Theory]
    [InlineData(AttemptState.Failed)]
    [InlineData(AttemptState.Cancelled)]
    [InlineData(AttemptState.Lost)]
    public async Task To_try_again_and_the_run_waits_for_another_attempt(AttemptState end)
    {
        await _book.AddAsync();
        await _book.Ledger.RequestCancelAsync(["k7m2xqab-1"], Start, null, CancellationToken.None);
        await _book.ApplyAsync(Change(end) with { Reason = new Reason.Note("why"), EndedAt = Start });
        (await _book.Ledger.RequestRetryAsync("k7m2xqab-1", Start.AddSeconds(5), CancellationToken.None)).ShouldBeTrue();
        (await _book.RunAsync()).ShouldSatisfyAllConditions(
            run => run.State.ShouldBe(RunState.Queued), run => run.Reason.ShouldBeNull(), run => run.EndedAt.ShouldBeNull(),
            run => run.CancelRequestedAt.ShouldBeNull(),
            run => run.Attempt.ShouldBe("k7m2xqab-1-2"));
        (await _book.AttemptsAsync()).Select(attempt => attempt.State).ShouldBe([end, AttemptState.Pending]);
        (await _book.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBeFalse();
        (await _book.AttemptsAsync()).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(AttemptState.Running)]
    [InlineData(AttemptState.Succeeded)]
    public async Task To_try_again_what_runs_or_went_well_in_vain(AttemptState state)
    {
        await _book.AddAsync();
        await _book.ApplyAsync(Change(state));
        (await _book.Ledger.RequestRetryAsync("k7m2xqab-1", Start, CancellationToken.None)).ShouldBeFalse();
        (await _book.Ledger.RequestRetryAsync("nobody00-1", Start, CancellationToken.None)).ShouldBeFalse();
        (await _book.AttemptsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task For_a_name_by_its_beginning()
    {
        await _book.AddAsync(repeat: 11);
        await _book.AddAsync("k7m3aaaa");
        (await FindAsync("k7m")).ShouldBe(["k7m2xqab", "k7m3aaaa", "k7m2xqab-1", "k7m2xqab-2"]);
        (await FindAsync("k7m2xqab-1")).ShouldBe(["k7m2xqab-1", "k7m2xqab-10", "k7m2xqab-11"]);
        (await FindAsync("k7m2xqab"))[0].ShouldBe("k7m2xqab");
        (await FindAsync("k7m3aaaa-1")).ShouldBe(["k7m3aaaa-1"]);
        (await FindAsync("%")).ShouldBeEmpty();
        (await FindAsync("_7m")).ShouldBeEmpty();
        (await FindAsync("x' OR 1=1 --")).ShouldBeEmpty();
    }

    [Fact]
    public async Task For_the_newest_runs_page_by_page()
    {
        await _book.AddAsync(repeat: 3);
        await _book.AddAsync("zzzzzzzz", repeat: 2);
        await _book.ApplyAsync(
            Change(AttemptState.Succeeded) with { Metrics = [Metric("accuracy", 1, 0.9), Metric("loss", 1, 7)] },
            Change(AttemptState.Succeeded, "k7m2xqab-2-1") with { Metrics = [Metric("accuracy", 1, double.NaN)] },
            Change(AttemptState.Running, "k7m2xqab-3-1") with { Metrics = [Metric("loss", 1, 7)] },
            Change(AttemptState.Succeeded, "zzzzzzzz-1-1") with { Metrics = [Metric("accuracy", 1, double.PositiveInfinity)] });
        var all = await _book.Ledger.PageAsync(null, 10, 0, CancellationToken.None);
        all.Select(run => (run.Run.Id, run.Value)).ShouldBe(
            [("zzzzzzzz-2", null), ("zzzzzzzz-1", double.PositiveInfinity), ("k7m2xqab-3", null), ("k7m2xqab-2", double.NaN),
                ("k7m2xqab-1", 0.9)]);
        (all[0].Project, all[0].Target, all[0].Metric).ShouldBe(("iris", "local", "accuracy"));
        (await _book.Ledger.PageAsync(null, 2, 2, CancellationToken.None)).Select(run => run.Run.Id).ShouldBe(["k7m2xqab-3", "k7m2xqab-2"]);
        (await _book.Ledger.PageAsync(RunState.Succeeded, 2, 1, CancellationToken.None)).Select(run => run.Run.Id)
            .ShouldBe(["k7m2xqab-2", "k7m2xqab-1"]);
        (await _book.Ledger.PageAsync(RunState.Cancelled, 10, 0, CancellationToken.None)).ShouldBeEmpty();
        (await _book.Ledger.CountAsync(null, CancellationToken.None)).ShouldBe(5);
        (await _book.Ledger.CountAsync(RunState.Succeeded, CancellationToken.None)).ShouldBe(3);
        (await _book.Ledger.CountAsync(RunState.Cancelled, CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task For_what_happened_to_one_run_and_not_to_its_neighbours()
    {
        await _book.AddAsync(repeat: 11);
        await _book.ApplyAsync(
            Change(AttemptState.Queued), Change(AttemptState.Queued, "k7m2xqab-10-1"), Change(AttemptState.Queued, "k7m2xqab-11-1"));
        (await _book.EventsAsync("k7m2xqab-1")).ShouldBe(["k7m2xqab created", "k7m2xqab-1-1 queued"]);
        (await _book.EventsAsync("k7m2xqab")).Count.ShouldBe(4);
        (await _book.EventsAsync("k7m2")).ShouldBeEmpty();
    }

    private Task<IReadOnlyList<string>> FindAsync(string prefix) => _book.Ledger.FindAsync(prefix, 4, CancellationToken.None);

    public sealed class On_SQLite() : Somebody_asks(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Somebody_asks(Engine.Postgres);
}
