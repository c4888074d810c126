using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

/// <summary>Counts steps of SQLite's virtual machine, as in <see cref="Queries_dont_slow_down_with_the_history"/>.</summary>
public sealed class Queries_dont_slow_down_with_the_study : IDisposable
{
    private readonly TestLedger _test = new();
    private int _trials;

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task A_trial_costs_no_more_after_5000_trials_than_after_50()
    {
        await _test.AddStudyAsync();
        await _test.AddAsync();
        await GrowAsync(50);
        var before = await StepsOfEachAsync();
        var one = await _test.StepsAsync(ledger => ledger.ListTrialsAsync(SampleStudy.Name, CancellationToken.None)) / _trials;
        await GrowAsync(5000);
        var after = await StepsOfEachAsync();
        foreach (var (what, steps) in before)
        {
            steps.ShouldBeGreaterThan(10, what);
            after[what].ShouldBeLessThan((steps * 2) + 200, $"{what}: {steps} steps with 50 trials, {after[what]} with 5000");
        }

        (await _test.StepsAsync(ledger => ledger.ListTrialsAsync(SampleStudy.Name, CancellationToken.None)) / _trials)
            .ShouldBeLessThanOrEqualTo(one + 1);
        var trials = await _test.TrialsAsync();
        trials.Select(trial => trial.Number).ShouldBe(Enumerable.Range(1, _trials));
        trials.Take(4999).ShouldAllBe(trial => trial.State == TrialState.Completed && trial.Value == trial.Number);
    }

    private async Task<Dictionary<string, long>> StepsOfEachAsync() => new()
    {
        ["an ask"] = await _test.StepsAsync(ledger => ledger.AskAsync(++_trials)),
        ["a tell"] = await _test.StepsAsync(ledger => ledger.TellAsync(_trials, TrialState.Completed, _trials)),
        ["a rung"] = await _test.StepsAsync(async ledger =>
        {
            await ledger.AddRungsAsync(
                SampleStudy.Name, [new RungRecord(_trials, 3, 1, TestLedger.Start, false, null)], CancellationToken.None);
            return 0;
        }),
        ["a study"] = await _test.StepsAsync(ledger => ledger.FindStudyAsync(SampleStudy.Name, CancellationToken.None)),
        ["the newest studies"] = await _test.StepsAsync(ledger => ledger.ListStudiesAsync(5, CancellationToken.None)),
        ["the newest groups"] = await _test.StepsAsync(ledger => ledger.ListGroupsAsync(5, CancellationToken.None)),
        ["the confirmations"] = await _test.StepsAsync(ledger => ledger.ListConfirmationsAsync(SampleStudy.Name, CancellationToken.None)),
        ["the runs of a trial"] = await _test.StepsAsync(ledger => ledger.ListRunsAsync("s7m2xqab-t7", CancellationToken.None)),
        ["the events of a trial"] = await _test.StepsAsync(ledger => ledger.ListEventsAsync("s7m2xqab-t7", CancellationToken.None)),
    };

    private async Task GrowAsync(int trials)
    {
        while (_trials < trials)
        {
            (await _test.Ledger.AskAsync(++_trials, runs: _trials % 10 == 7 ? 1 : 0)).ShouldBeTrue();
            (await _test.Ledger.TellAsync(_trials, TrialState.Completed, _trials)).ShouldBeTrue();
        }
    }
}
