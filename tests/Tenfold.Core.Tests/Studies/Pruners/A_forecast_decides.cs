using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class A_forecast_decides
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(PruningRule.Asha)]
    [InlineData(PruningRule.Median)]
    [InlineData(PruningRule.Hyperband)]
    public void A_trial_that_may_still_win_continues_however_bad_it_looks(PruningRule rule)
    {
        var judgement = Judge(rule, _ => 0.01);
        judgement.Reached.ShouldNotBeEmpty();
        judgement.Pruned.ShouldBeEmpty();
    }

    [Fact]
    public void A_trial_without_a_chance_is_pruned_however_good_it_looks()
    {
        var judgement = Judge(PruningRule.Asha, number => number == 8 ? 0.001 : 1);
        var pruned = judgement.Pruned.ShouldHaveSingleItem();
        pruned.Number.ShouldBe(8);
        pruned.Why.ShouldBe(new Reason.PrunedByForecast(3, 8));
        pruned.Why.Words().ShouldBe("pruned at step 3: 8, from which it would hardly have ended as the best trial");
    }

    [Fact]
    public void Without_a_forecast_the_rule_decides()
    {
        var expected = Judge(PruningRule.Asha, null).Pruned;
        expected.Select(trial => trial.Number).ShouldBe([1, 2, 3, 4, 5, 6]);
        Judge(PruningRule.Asha, _ => null, first: 11).Pruned.Select(trial => trial.Number).ShouldBe([11, 12, 13, 14, 15, 16]);
    }

    [Fact]
    public void The_first_trials_wait_for_a_forecast_unless_they_diverge()
    {
        Judge(PruningRule.Asha, _ => null).Pruned.ShouldBeEmpty();
        Judge(PruningRule.Asha, _ => null, first: 9).Pruned.Select(trial => trial.Number).ShouldBe([11, 12, 13, 14]);
        Judge(PruningRule.Asha, _ => null, diverged: 2).Pruned.Select(trial => trial.Number).ShouldBe([2]);
        // A first rung that the user has set is meant.
        Judge(PruningRule.Asha, _ => null, rung: 3).Pruned.Count.ShouldBe(6);
    }

    [Fact]
    public void The_forecast_sees_the_latest_rung_of_each_running_trial()
    {
        var seen = new List<int>();
        var judge = new RungJudge(new Pruning(PruningRule.Asha), new Ladder(3, 3, 27), MetricGoal.Maximize);
        RungRecord[] recorded = [new(1, 3, 5, Now, false, null), new(2, 3, 1, Now, true, 5), new(9, 3, 7, Now, false, null)];
        TrialProgress[] trials = [At(1, 9), At(2, 3), At(3, 3)];
        judge.Judge(trials, recorded, Now, () => new Forecast((number, latest) =>
        {
            seen.Add(number);
            // Trial 2 was pruned before, and trial 9 has ended.
            if (number == 3) latest.Keys.Order().ShouldBe([1, 3]);
            if (number == 1) latest[1].Rung.ShouldBe(9);
            return 1;
        }));
        seen.Order().ShouldBe([1, 3]);
    }

    private static RungJudgement Judge(PruningRule rule, Func<int, double?>? chance, int first = 1, int diverged = 0, long? rung = null)
    {
        var judge = new RungJudge(new Pruning(rule, rung), new Ladder(3, 3, 27), MetricGoal.Maximize);
        TrialProgress[] trials = [.. Enumerable.Range(first, 8).Select(number => At(number, 3, number == diverged ? double.NaN : number))];
        return judge.Judge(trials, [], Now, chance is null ? null : () => new Forecast((number, _) => chance(number)));
    }

    private static TrialProgress At(int number, int steps, double? value = null) => new(
        number,
        [new RunProgress([.. Enumerable.Range(1, steps).Select(step => new MetricPoint(step, value ?? number))], HasEnded: false)]);

    private sealed class Forecast(Func<int, IReadOnlyDictionary<int, (long Rung, double Value)>, double?> chance) : IRungForecast
    {
        public double? ChanceToLead(int number, IReadOnlyDictionary<int, (long Rung, double Value)> latest) => chance(number, latest);
    }
}
