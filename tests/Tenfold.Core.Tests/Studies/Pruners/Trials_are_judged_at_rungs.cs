using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class Trials_are_judged_at_rungs
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RungJudge Judge = new(new Pruning(PruningRule.Asha), new Ladder(1, 3), MetricGoal.Maximize);

    [Fact]
    public void What_trials_came_to_in_one_look_is_held_against_each_other()
    {
        var look = Judge.Look([Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)], [], Now);
        look.Reached.ShouldBe([Rung(1, 1, 0.1, true, 0.3), Rung(2, 1, 0.3, false, 0.3), Rung(3, 1, 0.2, true, 0.3)]);
        look.Pruned.ShouldBe([
            new PrunedTrial(1, new Reason.PrunedByRank(1, 0.1, 0.3, 3, 3)),
            new PrunedTrial(3, new Reason.PrunedByRank(1, 0.2, 0.3, 3, 3)),
        ]);
    }

    [Fact]
    public void The_order_in_which_trials_are_listed_does_not_matter()
    {
        TrialProgress[] trials =
            [Trial(1, 0.1, 0.2, 0.3), Trial(2, 0.3, 0.3, 0.3), Trial(3, 0.2), Trial(4, 0.5, 0.5, 0.1), Trial(5, 0.4, 0.4)];
        var look = Judge.Look(trials, [], Now);
        var turned = Judge.Look([.. trials.Reverse()], [], Now);
        turned.Reached.ShouldBe(look.Reached);
        turned.Pruned.ShouldBe(look.Pruned);
    }

    [Fact]
    public void The_first_to_arrive_go_on_and_are_not_judged_again_there()
    {
        var first = Judge.Look([Trial(1, 0.1), Trial(2, 0.2)], [], Now).Reached;
        first.ShouldBe([Rung(1, 1, 0.1, false, null), Rung(2, 1, 0.2, false, null)]);
        var second = Judge.Look([Trial(1, 0.1, 0.1), Trial(2, 0.2, 0.2), Trial(3, 0.15)], first, Now);
        second.Reached.ShouldBe([Rung(3, 1, 0.15, true, 0.2)]);
        second.Pruned.ShouldHaveSingleItem().Number.ShouldBe(3);
    }

    [Fact]
    public void A_look_that_shows_nothing_new_records_nothing_and_still_says_who_is_to_end()
    {
        TrialProgress[] trials = [Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)];
        var first = Judge.Look(trials, [], Now);
        var again = Judge.Look(trials, first.Reached, Now.AddMinutes(1));
        again.Reached.ShouldBeEmpty();
        again.Pruned.ShouldBe(first.Pruned);
    }

    [Fact]
    public void Why_a_trial_was_pruned_does_not_change_when_others_come_that_far()
    {
        var first = Judge.Look([Trial(1, 0.1), Trial(2, 0.3), Trial(3, 0.2)], [], Now);
        var later = Judge.Look([Trial(1, 0.1), Trial(4, 0.9)], first.Reached, Now.AddMinutes(1));
        later.Pruned.ShouldBe([first.Pruned[0]]);
    }

    [Fact]
    public void A_trial_that_was_ended_at_one_rung_is_not_counted_at_the_next()
    {
        // The first has been at step 3 by the time of the look, with the best value there; but it was ended at step 1.
        var look = Judge.Look([Trial(1, 0.1, 0.1, 0.9), Trial(2, 0.3, 0.3, 0.3), Trial(3, 0.2, 0.2, 0.2)], [], Now);
        look.Reached.Where(rung => rung.Rung == 3).ShouldBe([Rung(2, 3, 0.3, false, null)]);
        var later = Judge.Look([Trial(1, [.. Enumerable.Repeat(0.9, 9)])], look.Reached, Now.AddMinutes(1));
        later.Reached.ShouldBeEmpty();
        later.Pruned.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_trial_that_has_ended_counts_and_is_never_pruned()
    {
        var look = Judge.Look([Ended(1, 0.1, 0.1), Trial(2, 0.3), Ended(3, 0.4), Trial(4, 0.2)], [], Now);
        look.Reached.ShouldBe(
            [Rung(1, 1, 0.1, false, null), Rung(2, 1, 0.3, true, 0.4), Rung(3, 1, 0.4, false, null), Rung(4, 1, 0.2, true, 0.4)]);
        look.Pruned.Select(trial => trial.Number).ShouldBe([2, 4]);
        Judge.Look([Ended(2, 0.3)], look.Reached, Now).Pruned.ShouldBeEmpty();
    }

    [Fact]
    public void A_trial_of_several_runs_is_judged_once_by_their_mean()
    {
        RunProgress[] runs = [Curve.Running(Curve.Of((1, 0.5))), Curve.Running([])];
        RungRecord[] others = [Rung(1, 1, 0.4, false, null), Rung(2, 1, 0.3, false, null)];
        Judge.Look([new TrialProgress(3, runs)], others, Now).Reached.ShouldBeEmpty();
        runs[1] = Curve.Running(Curve.Of((1, 0.1)));
        Judge.Look([new TrialProgress(3, runs)], others, Now).Reached.ShouldBe([Rung(3, 1, 0.3, true, 0.4)]);
    }

    private static TrialProgress Trial(int number, params double[] values) => new(number, [Curve.Running(Steps(values))]);

    private static TrialProgress Ended(int number, params double[] values) => new(number, [Curve.Ended(Steps(values))]);

    private static IReadOnlyList<Tenfold.Core.Runs.MetricPoint> Steps(double[] values) =>
        Curve.Of([.. values.Select((value, i) => (i + 1L, value))]);

    private static RungRecord Rung(int number, long rung, double value, bool isPruned, double? against) =>
        new(number, rung, value, Now, isPruned, against);
}
