using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

/// <summary>Counts steps of SQLite's virtual machine rather than time, because the steps are the same on every machine.</summary>
public sealed class Queries_dont_slow_down_with_the_history : IDisposable
{
    private readonly TestLedger _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_query_costs_no_more_with_10000_runs_than_with_1000()
    {
        await GrowAsync(0, 10);
        var before = await StepsOfEachAsync();
        await GrowAsync(10, 100);
        var after = await StepsOfEachAsync();
        foreach (var (what, steps) in before)
        {
            steps.ShouldBeGreaterThan(10, what);
            after[what].ShouldBeLessThan((steps * 2) + 200, $"{what}: {steps} steps with 1000 runs, {after[what]} with 10000");
        }
    }

    private async Task<Dictionary<string, long>> StepsOfEachAsync() => new()
    {
        ["a page"] = await _test.StepsAsync(ledger => ledger.ListNewestRunsAsync(null, 20, 0, CancellationToken.None)),
        ["a page of successful runs"] =
            await _test.StepsAsync(ledger => ledger.ListNewestRunsAsync(RunState.Succeeded, 20, 0, CancellationToken.None)),
        ["a page of failed runs"] =
            await _test.StepsAsync(ledger => ledger.ListNewestRunsAsync(RunState.Failed, 20, 0, CancellationToken.None)),
        ["the live attempts"] = await _test.StepsAsync(ledger => ledger.ListLiveAttemptsAsync(CancellationToken.None)),
        ["a name"] = await _test.StepsAsync(ledger => ledger.FindNamesAsync("g0003-77", 10, CancellationToken.None)),
        ["a group"] = await _test.StepsAsync(ledger => ledger.ListRunsAsync("g0003", CancellationToken.None)),
        ["the newest groups"] = await _test.StepsAsync(ledger => ledger.ListGroupsAsync(5, CancellationToken.None)),
        ["the attempts of a run"] = await _test.StepsAsync(ledger => ledger.ListAttemptsAsync("g0003-7", CancellationToken.None)),
        ["the events of a run"] = await _test.StepsAsync(ledger => ledger.ListEventsAsync("g0003-7", CancellationToken.None)),
        ["a state change"] = await _test.StepsAsync(
            ledger => ledger.ApplyAsync([TestLedger.Change(AttemptState.Succeeded, "g0003-7-1")], null, CancellationToken.None)),
    };

    private async Task GrowAsync(int from, int to)
    {
        for (var group = from; group < to; group++)
        {
            await _test.AddAsync($"g{group:D4}", repeat: 100);
            await _test.ApplyAsync(
                [.. Enumerable.Range(1, 100).Select(i => TestLedger.Change(AttemptState.Succeeded, $"g{group:D4}-{i}-1") with
            {
                Metrics = [TestLedger.Metric("accuracy", 1, i), TestLedger.Metric("loss", 1, i)],
            })]);
        }
    }
}
