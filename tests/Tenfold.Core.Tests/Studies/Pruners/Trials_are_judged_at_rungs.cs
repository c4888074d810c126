using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class Trials_are_judged_at_rungs
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RungJudge Asha = new(new Pruning(PruningRule.Asha), new Ladder(1, 3), MetricGoal.Maximize);

    [Fact]
    public void Trials_that_reach_a_rung_together_are_compared_with_each_other()
    {
        var judgement = Asha.Judge([Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)], [], Now);
        judgement.Reached.ShouldBe([Rung(1, 1, 0.1, true, 0.3), Rung(2, 1, 0.3, false, 0.3), Rung(3, 1, 0.2, true, 0.3)]);
        judgement.Pruned.ShouldBe([
            new PrunedTrial(1, new Reason.PrunedByRank(1, 0.1, 0.3, 3, 3)),
            new PrunedTrial(3, new Reason.PrunedByRank(1, 0.2, 0.3, 3, 3)),
        ]);
    }

    [Fact]
    public void The_order_of_the_trials_doesnt_matter()
    {
        TrialProgress[] trials =
            [Trial(1, 0.1, 0.2, 0.3), Trial(2, 0.3, 0.3, 0.3), Trial(3, 0.2), Trial(4, 0.5, 0.5, 0.1), Trial(5, 0.4, 0.4)];
        var judgement = Asha.Judge(trials, [], Now);
        var reversed = Asha.Judge([.. trials.Reverse()], [], Now);
        reversed.Reached.ShouldBe(judgement.Reached);
        reversed.Pruned.ShouldBe(judgement.Pruned);
    }

    [Fact]
    public void The_first_trials_at_a_rung_continue_and_are_not_judged_there_again()
    {
        var first = Asha.Judge([Trial(1, 0.1), Trial(2, 0.2)], [], Now).Reached;
        first.ShouldBe([Rung(1, 1, 0.1, false, null), Rung(2, 1, 0.2, false, null)]);
        var second = Asha.Judge([Trial(1, 0.1, 0.1), Trial(2, 0.2, 0.2), Trial(3, 0.15)], first, Now);
        second.Reached.ShouldBe([Rung(3, 1, 0.15, true, 0.2)]);
        second.Pruned.ShouldHaveSingleItem().Number.ShouldBe(3);
    }

    [Fact]
    public void Without_progress_nothing_is_recorded_and_the_pruned_trials_are_listed_again()
    {
        TrialProgress[] trials = [Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)];
        var first = Asha.Judge(trials, [], Now);
        var again = Asha.Judge(trials, first.Reached, Now.AddMinutes(1));
        again.Reached.ShouldBeEmpty();
        again.Pruned.ShouldBe(first.Pruned);
    }

    [Fact]
    public void The_reason_stays_when_others_reach_the_rung_later()
    {
        var first = Asha.Judge([Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)], [], Now);
        var later = Asha.Judge([Trial(1, 0.1), Trial(4, 0.9)], first.Reached, Now.AddMinutes(1));
        later.Pruned.ShouldBe([first.Pruned[0]]);
    }

    [Fact]
    public void A_trial_pruned_at_one_rung_doesnt_count_at_the_next()
    {
        // Trial 1 has the best value at step 3, but it is pruned at step 1.
        var judgement = Asha.Judge([Trial(1, 0.1, 0.1, 0.9), Trial(2, 0.3, 0.3, 0.3), Trial(3, 0.2, 0.2, 0.2)], [], Now);
        judgement.Reached.Where(rung => rung.Rung == 3).ShouldBe([Rung(2, 3, 0.3, false, null)]);
        var later = Asha.Judge([Trial(1, [.. Enumerable.Repeat(0.9, 9)])], judgement.Reached, Now.AddMinutes(1));
        later.Reached.ShouldBeEmpty();
        later.Pruned.ShouldHaveSingleItem();
    }

    [Fact]
    public void An_ended_trial_counts_and_is_never_pruned()
    {
        var judgement = Asha.Judge([Ended(1, 0.1, 0.1), Trial(2, 0.3), Ended(3, 0.4), Trial(4, 0.2)], [], Now);
        judgement.Reached.ShouldBe(
            [Rung(1, 1, 0.1, false, null), Rung(2, 1, 0.3, true, 0.4), Rung(3, 1, 0.4, false, null), Rung(4, 1, 0.2, true, 0.4)]);
        judgement.Pruned.Select(trial => trial.Number).ShouldBe([2, 4]);
        Asha.Judge([Ended(2, 0.3)], judgement.Reached, Now).Pruned.ShouldBeEmpty();
    }

    [Fact]
    public void A_trial_of_several_runs_is_judged_by_their_mean()
    {
        RunProgress[] runs = [Curve.Running(Curve.Of((1, 0.5))), Curve.Running([])];
        RungRecord[] others = [Rung(1, 1, 0.4, false, null), Rung(2, 1, 0.3, false, null)];
        Asha.Judge([new TrialProgress(3, runs)], others, Now).Reached.ShouldBeEmpty();
        runs[1] = Curve.Running(Curve.Of((1, 0.1)));
        Asha.Judge([new TrialProgress(3, runs)], others, Now).Reached.ShouldBe([Rung(3, 1, 0.3, true, 0.4)]);
    }

    private static TrialProgress Trial(int number, params double[] values) => new(number, [Curve.Running(Steps(values))]);

    private static TrialProgress Ended(int number, params double[] values) => new(number, [Curve.Ended(Steps(values))]);

    private static IReadOnlyList<MetricPoint> Steps(double[] values) =>
        Curve.Of([.. values.Select((value, i) => (i + 1L, value))]);

    private static RungRecord Rung(int number, long rung, double value, bool isPruned, double? against) =>
        new(number, rung, value, Now, isPruned, against);
}
