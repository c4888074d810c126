using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public abstract class A_study_is_found_by_name(Engine engine) : IDisposable
{
    private readonly Book _book = new(engine);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task The_exact_name_first_and_short_names_before_long_ones()
    {
        await FillAsync();
        (await FindAsync("s7m", 4)).ShouldBe(["s7m2xqab", "s7m9xqab", "s7m9xqab-1", "s7m2xqab-c2"]);
        (await FindAsync("s7m2xqab", 1)).ShouldBe(["s7m2xqab"]);
        (await FindAsync("s7m2xqab-t1", 9))
            .ShouldBe(
                ["s7m2xqab-t1", "s7m2xqab-t10", "s7m2xqab-t11", "s7m2xqab-t12", "s7m2xqab-t1-1", "s7m2xqab-t10-1", "s7m2xqab-t11-1",
                    "s7m2xqab-t12-1"]);
        (await FindAsync("s7m2xqab-t1-1", 9)).ShouldBe(["s7m2xqab-t1-1"]);
    }

    [Fact]
    public async Task Its_groups_are_none_of_the_newest()
    {
        await FillAsync();
        (await _book.Ledger.GroupsAsync(100, CancellationToken.None)).Select(group => group.Id).ShouldBe(["s7m9xqab"]);
    }

    [Fact]
    public async Task Its_events_are_its_own_and_its_trials_but_not_its_runs()
    {
        await FillAsync();
        await _book.ApplyAsync(Book.Change(Core.Runs.AttemptState.Failed, "s7m2xqab-t2-1-1"));
        var events = await _book.Ledger.EventsOfAsync(Search.Name, CancellationToken.None);
        events.Select(happened => $"{happened.Subject} {happened.Kind}").ShouldBe(
        [
            "s7m2xqab created", .. Enumerable.Range(1, 12).Select(i => $"s7m2xqab-t{i} asked"), "s7m2xqab-t1 completed",
            .. Enumerable.Range(2, 11).Select(i => $"s7m2xqab-t{i} cancelled"), "s7m2xqab confirming",
        ]);
        events[0].Detail.ShouldBe("logei on local");
        events[1].Detail.ShouldBe("thompson: one draw");
        events[13].Detail.ShouldBe("0.5, 0.25");
    }

    [Fact]
    public async Task A_trials_events_are_its_own_and_its_runs_and_not_its_neighbours()
    {
        await FillAsync();
        await _book.ApplyAsync(
            Book.Change(Core.Runs.AttemptState.Queued, "s7m2xqab-t1-1-1"), Book.Change(Core.Runs.AttemptState.Queued, "s7m2xqab-t12-1-1"));
        (await _book.EventsAsync("s7m2xqab-t1"))
            .ShouldBe(["s7m2xqab-t1 created", "s7m2xqab-t1 asked", "s7m2xqab-t1 completed", "s7m2xqab-t1-1-1 queued"]);
        (await _book.EventsAsync("s7m2xqab-t12-1"))
            .ShouldBe(["s7m2xqab-t12 created", "s7m2xqab-t12 asked", "s7m2xqab-t12 cancelled", "s7m2xqab-t12-1-1 queued"]);
    }

    private async Task FillAsync()
    {
        await _book.AddStudyAsync();
        await _book.AddAsync("s7m9xqab");
        for (var number = 1; number <= 12; number++) (await _book.Ledger.AskAsync(number)).ShouldBeTrue();
        await _book.Ledger.TellAsync(1, TrialState.Completed, 0.5, 0.25);
        for (var number = 2; number <= 12; number++) await _book.Ledger.TellAsync(number, TrialState.Cancelled);
        await _book.Ledger.AddConfirmationsAsync(Search.Name, [Search.Confirmation(2)], Book.Start, CancellationToken.None);
        await _book.Ledger.TellAsync(2, TrialState.Failed);
    }

    private Task<IReadOnlyList<string>> FindAsync(string prefix, int limit) =>
        _book.Ledger.FindAsync(prefix, limit, CancellationToken.None);

    public sealed class On_SQLite() : A_study_is_found_by_name(Engine.Sqlite);

    public sealed class On_PostgreSQL() : A_study_is_found_by_name(Engine.Postgres);
}
