using Tenfold.Core.Ledger;
using Tenfold.Core.Results;

namespace Tenfold.Sql.Tests;

public abstract class Looks_are_recorded(Engine engine) : IDisposable
{
    private readonly TestLedger _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Looks_are_found_by_both_groups_and_the_metric()
    {
        var plan = Look("b2345678", 0) with { Plan = new ComparisonPlan(40, 0.05, 5, 0.045) };
        foreach (var look in new[] { Look("b2345678", 5), Look("c2345678", 5), plan })
            await _test.Ledger.AddLookAsync(look, CancellationToken.None);
        (await ListAsync("a2345678", "b2345678")).ShouldBe([Look("b2345678", 5), plan]);
        (await ListAsync("b2345678", "a2345678")).ShouldBe([Look("b2345678", 5), plan], "whichever was the baseline");
        (await ListAsync("a2345678", "b2345678", "loss")).ShouldBeEmpty();
        plan.RepeatsOf("a2345678").ShouldBe(5);
    }

    [Fact]
    public async Task Compared_pairs_of_a_project_are_counted_once()
    {
        foreach (var group in new[] { "b2345678", "c2345678" })
            await _test.Ledger.AddGroupAsync(TestLedger.Group(group, 1), TestLedger.Runs(group, 1), CancellationToken.None);
        var project = (await _test.Ledger.FindGroupAsync("b2345678", CancellationToken.None))!.Spec.Project;
        foreach (var look in new[] { Look("b2345678", 5), Look("b2345678", 10), Look("c2345678", 5), Look("d2345678", 5) })
            await _test.Ledger.AddLookAsync(look, CancellationToken.None);
        (await _test.Ledger.CountComparisonsAsync(project, CancellationToken.None)).ShouldBe(2);
        (await _test.Ledger.CountComparisonsAsync("another", CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task A_group_is_extended_once_for_each_number_of_repeats()
    {
        await _test.Ledger.AddGroupAsync(TestLedger.Group("a2345678", 2), TestLedger.Runs("a2345678", 2), CancellationToken.None);
        var group = (await _test.Ledger.FindGroupAsync("a2345678", CancellationToken.None))!;
        var added = new AddedRuns(group.Id, 2, [.. Enumerable.Range(3, 3).Select(i => RunRecord.New(group, i, i))]);
        var done = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            _test.Open().AddRunsAsync(added, TestLedger.Start, CancellationToken.None))));
        done.Count(isAdded => isAdded).ShouldBe(1);
        (await _test.Ledger.ListRunsAsync(group.Id, CancellationToken.None)).Select(run => run.Run.Id)
            .ShouldBe(Enumerable.Range(1, 5).Select(i => $"a2345678-{i}"));
        (await _test.Ledger.ListLiveAttemptsAsync(CancellationToken.None)).Select(one => one.Attempt.Id)
            .ShouldBe(Enumerable.Range(1, 5).Select(i => $"a2345678-{i}-1"), ignoreOrder: true);
        (await _test.Ledger.FindGroupAsync(group.Id, CancellationToken.None))!.Repeat.ShouldBe(5);
    }

    private Task<IReadOnlyList<ComparisonLook>> ListAsync(string group, string other, string metric = "accuracy") =>
        _test.Ledger.ListLooksAsync(group, other, metric, CancellationToken.None);

    private static ComparisonLook Look(string candidate, int pairs) => new()
    {
        Baseline = "a2345678",
        Candidate = candidate,
        Metric = "accuracy",
        At = TestLedger.Start,
        BaselineRepeats = 5,
        CandidateRepeats = 5,
        Pairs = pairs,
        IsShown = false,
    };

    public sealed class On_SQLite() : Looks_are_recorded(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Looks_are_recorded(Engine.Postgres);
}
