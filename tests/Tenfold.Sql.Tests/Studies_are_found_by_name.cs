using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

public abstract class Studies_are_found_by_name(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task The_exact_name_comes_first_and_short_names_before_long_ones()
    {
        await FillAsync();
        (await FindAsync("s7m", 4)).ShouldBe(["s7m2xqab", "s7m9xqab", "s7m9xqab-1", "s7m2xqab-c2"]);
        (await FindAsync("s7m2xqab", 1)).ShouldBe(["s7m2xqab"]);
        (await FindAsync("s7m2xqab-t1", 9)).ShouldBe(
        [
            "s7m2xqab-t1", "s7m2xqab-t10", "s7m2xqab-t11", "s7m2xqab-t12", "s7m2xqab-t1-1", "s7m2xqab-t10-1", "s7m2xqab-t11-1",
            "s7m2xqab-t12-1",
        ]);
        (await FindAsync("s7m2xqab-t1-1", 9)).ShouldBe(["s7m2xqab-t1-1"]);
    }

    [Fact]
    public async Task The_groups_of_a_study_are_not_listed_as_groups()
    {
        await FillAsync();
        (await _test.Ledger.ListGroupsAsync(100, CancellationToken.None)).Select(group => group.Id).ShouldBe(["s7m9xqab"]);
    }

    [Fact]
    public async Task The_events_of_a_study_include_its_trials_but_not_its_runs()
    {
        await FillAsync();
        await _test.ApplyAsync(TestLedger.Change(Core.Runs.AttemptState.Failed, "s7m2xqab-t2-1-1"));
        var events = await _test.Ledger.ListEventsAsync(SampleStudy.Name, CancellationToken.None);
        events.Select(happened => $"{happened.Subject} {happened.Kind}").ShouldBe(
        [
            "s7m2xqab created", .. Enumerable.Range(1, 12).Select(i => $"s7m2xqab-t{i} asked"), "s7m2xqab-t1 completed",
            .. Enumerable.Range(2, 11).Select(i => $"s7m2xqab-t{i} cancelled"), "s7m2xqab confirming",
        ]);
        events[0].Detail.ShouldBe("logei on local");
        events[1].Detail.ShouldBe("thompson: a random point");
        events[13].Detail.ShouldBe("0.5, 0.25");
    }

    [Fact]
    public async Task The_events_of_a_trial_include_its_runs_but_not_its_neighbours()
    {
        await FillAsync();
        await _test.ApplyAsync(
            TestLedger.Change(Core.Runs.AttemptState.Queued, "s7m2xqab-t1-1-1"),
            TestLedger.Change(Core.Runs.AttemptState.Queued, "s7m2xqab-t12-1-1"));
        (await _test.EventsAsync("s7m2xqab-t1"))
            .ShouldBe(["s7m2xqab-t1 created", "s7m2xqab-t1 asked", "s7m2xqab-t1 completed", "s7m2xqab-t1-1-1 queued"]);
        (await _test.EventsAsync("s7m2xqab-t12-1"))
            .ShouldBe(["s7m2xqab-t12 created", "s7m2xqab-t12 asked", "s7m2xqab-t12 cancelled", "s7m2xqab-t12-1-1 queued"]);
    }

    private async Task FillAsync()
    {
        await _test.AddStudyAsync();
        await _test.AddAsync("s7m9xqab");
        for (var number = 1; number <= 12; number++) (await _test.Ledger.AskAsync(number)).ShouldBeTrue();
        await _test.Ledger.TellAsync(1, TrialState.Completed, 0.5, 0.25);
        for (var number = 2; number <= 12; number++) await _test.Ledger.TellAsync(number, TrialState.Cancelled);
        await _test.Ledger.AddConfirmationsAsync(SampleStudy.Name, [SampleStudy.Confirmation(2)], TestLedger.Start, CancellationToken.None);
        await _test.Ledger.TellAsync(2, TrialState.Failed);
    }

    private Task<IReadOnlyList<string>> FindAsync(string prefix, int limit) =>
        _test.Ledger.FindNamesAsync(prefix, limit, CancellationToken.None);

    public sealed class On_SQLite() : Studies_are_found_by_name(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Studies_are_found_by_name(Engine.Postgres);
}
