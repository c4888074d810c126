using Tenfold.Core.Studies;

namespace Tenfold.Sql.Tests;

/// <summary>Counted in steps of SQLite's virtual machine, as in <see cref="A_long_history_costs_nothing"/>.</summary>
public sealed class A_long_study_costs_little : IDisposable
{
    private readonly Book _book = new();
    private int _trials;

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task An_ask_and_a_tell_of_5000_trials_cost_what_they_cost_of_50_and_reading_them_all_costs_in_proportion()
    {
        await _book.AddStudyAsync();
        await _book.AddAsync();
        await GrowAsync(50);
        var before = await StepsOfEachAsync();
        var one = await _book.StepsAsync(ledger => ledger.TrialsOfAsync(Search.Name, CancellationToken.None)) / _trials;
        await GrowAsync(5000);
        var after = await StepsOfEachAsync();
        foreach (var (what, steps) in before)
        {
            steps.ShouldBeGreaterThan(10, what);
            after[what].ShouldBeLessThan((steps * 2) + 200, $"{what}: {steps} steps with 50 trials, {after[what]} with 5000");
        }

        (await _book.StepsAsync(ledger => ledger.TrialsOfAsync(Search.Name, CancellationToken.None)) / _trials)
            .ShouldBeLessThanOrEqualTo(one + 1);
        var trials = await _book.TrialsAsync();
        trials.Select(trial => trial.Number).ShouldBe(Enumerable.Range(1, _trials));
        trials.Take(4999).ShouldAllBe(trial => trial.State == TrialState.Completed && trial.Value == trial.Number);
    }

    private async Task<Dictionary<string, long>> StepsOfEachAsync() => new()
    {
        ["an ask"] = await _book.StepsAsync(ledger => ledger.AskAsync(++_trials)),
        ["a tell"] = await _book.StepsAsync(ledger => ledger.TellAsync(_trials, TrialState.Completed, _trials)),
        ["a rung"] = await _book.StepsAsync(async ledger =>
        {
            await ledger.AddRungsAsync(Search.Name, [new RungRecord(_trials, 3, 1, Book.Start, false, null)], CancellationToken.None);
            return 0;
        }),
        ["a study"] = await _book.StepsAsync(ledger => ledger.StudyAsync(Search.Name, CancellationToken.None)),
        ["the newest studies"] = await _book.StepsAsync(ledger => ledger.StudiesAsync(5, CancellationToken.None)),
        ["the newest groups"] = await _book.StepsAsync(ledger => ledger.GroupsAsync(5, CancellationToken.None)),
        ["the confirmations"] = await _book.StepsAsync(ledger => ledger.ConfirmationsOfAsync(Search.Name, CancellationToken.None)),
        ["the runs of a trial"] = await _book.StepsAsync(ledger => ledger.RunsOfAsync("s7m2xqab-t7", CancellationToken.None)),
        ["the events of a trial"] = await _book.StepsAsync(ledger => ledger.EventsOfAsync("s7m2xqab-t7", CancellationToken.None)),
    };

    private async Task GrowAsync(int trials)
    {
        while (_trials < trials)
        {
            (await _book.Ledger.AskAsync(++_trials, runs: _trials % 10 == 7 ? 1 : 0)).ShouldBeTrue();
            (await _book.Ledger.TellAsync(_trials, TrialState.Completed, _trials)).ShouldBeTrue();
        }
    }
}
