using Tenfold.Core.Runs;

namespace Tenfold.Sql.Tests;

/// <summary>Counted in steps of SQLite's virtual machine, which are the same on every machine, and not in time.</summary>
public sealed class A_long_history_costs_nothing : IDisposable
{
    private readonly Book _book = new();

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task A_page_of_10000_runs_costs_what_a_page_of_1000_costs()
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
        ["a page"] = await _book.StepsAsync(ledger => ledger.PageAsync(null, 20, 0, CancellationToken.None)),
        ["a page of those that succeeded"] =
            await _book.StepsAsync(ledger => ledger.PageAsync(RunState.Succeeded, 20, 0, CancellationToken.None)),
        ["a page of those that failed"] =
            await _book.StepsAsync(ledger => ledger.PageAsync(RunState.Failed, 20, 0, CancellationToken.None)),
        ["what is live"] = await _book.StepsAsync(ledger => ledger.LiveAsync(CancellationToken.None)),
        ["a name"] = await _book.StepsAsync(ledger => ledger.FindAsync("g0003-77", 10, CancellationToken.None)),
        ["a group"] = await _book.StepsAsync(ledger => ledger.RunsOfAsync("g0003", CancellationToken.None)),
        ["the newest groups"] = await _book.StepsAsync(ledger => ledger.GroupsAsync(5, CancellationToken.None)),
        ["the attempts of a run"] = await _book.StepsAsync(ledger => ledger.AttemptsOfAsync("g0003-7", CancellationToken.None)),
        ["the events of a run"] = await _book.StepsAsync(ledger => ledger.EventsOfAsync("g0003-7", CancellationToken.None)),
        ["a change of state"] =
            await _book.StepsAsync(
                ledger => ledger.ApplyAsync([Book.Change(AttemptState.Succeeded, "g0003-7-1")], null, CancellationToken.None)),
    };

    private async Task GrowAsync(int from, int to)
    {
        for (var group = from; group < to; group++)
        {
            await _book.AddAsync($"g{group:D4}", repeat: 100);
            await _book.ApplyAsync(
            [
                .. Enumerable.Range(1, 100)
                    .Select(i =>
                        Book.Change(
                            AttemptState.Succeeded,
                            $"g{group:D4}-{i}-1") with { Metrics = [Book.Metric("accuracy", 1, i), Book.Metric("loss", 1, i)] }),
            ]);
        }
    }
}
