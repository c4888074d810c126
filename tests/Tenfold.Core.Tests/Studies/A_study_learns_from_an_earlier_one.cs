using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

using static Tenfold.Core.Tests.Studies.SampleStudy;

namespace Tenfold.Core.Tests.Studies;

public sealed class A_study_learns_from_an_earlier_one
{
    [Fact]
    public void Its_five_best_points_are_tried_after_the_starting_points()
    {
        var suggester = TrialSuggester(Study(spec => spec with
        {
            Start = [Settings(0.05)],
            From = "zzzzzzzz",
            Earlier = [.. Enumerable.Range(1, 7).Select(i => Earlier(i, 0.001 * i, i % 4))],
        }));
        var trials = SuggestAll(suggester, 7, Completed);
        // Trials 3 and 7 had the value 3; 2 and 6 the value 2; 1 and 5 the value 1. Ties are ordered by number.
        trials.Take(6).Select(Lr).ShouldBe([0.05, 0.003, 0.007, 0.002, 0.006, 0.001]);
        trials[1].Reason.ShouldBe(new Reason.BestOfEarlierStudy("zzzzzzzz", 3));
        trials.Select(trial => trial.Method).ShouldBe(["start", "start", "start", "start", "start", "start", "sobol"]);
    }

    [Fact]
    public void The_smallest_values_are_best_when_the_goal_is_to_minimize()
    {
        var suggester = TrialSuggester(Study(spec => spec with
        {
            Metric = new MetricSpec("loss", MetricGoal.Minimize),
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.001, 5), Earlier(2, 0.002, 1), Earlier(3, 0.003, 3)],
        }));
        SuggestAll(suggester, 3, Completed).Select(Lr).ShouldBe([0.002, 0.003, 0.001]);
    }

    [Fact]
    public void A_point_with_several_trials_counts_once()
    {
        var suggester = TrialSuggester(Study(spec => spec with
        {
            From = "zzzzzzzz",
            Earlier = [.. Enumerable.Range(1, 8).Select(i => Earlier(i, 0.001 * Math.Max(1, i - 2), 100 - i))],
        }));
        SuggestAll(suggester, 6, Completed).Select(trial => trial.Method).ShouldBe(["start", "start", "start", "start", "start", "sobol"]);
    }

    [Fact]
    public void Its_values_are_used_unchanged_while_no_point_was_measured_again()
    {
        var study = Study(spec => spec with { From = "zzzzzzzz", Earlier = [Earlier(4, 0.001, 1, 3), Earlier(9, 0.01, 5)] });
        var seen = new StudyHistory(study.Spec, SpaceOf(study)).Observations([]);
        seen.Select(one => (one.Trial, one.Value, one.Count)).ShouldBe([(-1, 2, 2), (0, 5, 1)]);
    }

    [Fact]
    public void Its_values_are_shifted_by_the_median_change_of_the_points_measured_again()
    {
        var study = Study(spec => spec with
        {
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.001, 1), Earlier(2, 0.002, 2), Earlier(3, 0.003, 3), Earlier(4, 0.004, 4)],
        });
        // The changes are 10, 20 and −500; the failed trial has none.
        TrialRecord[] trials =
        [
            Trial(1, Settings(0.001).GetRawText(), TrialState.Completed, 11),
            Trial(2, Settings(0.002).GetRawText(), TrialState.Completed, 22),
            Trial(3, Settings(0.003).GetRawText(), TrialState.Completed, -497),
            Trial(4, Settings(0.05).GetRawText(), TrialState.Failed),
        ];
        var history = new StudyHistory(study.Spec, SpaceOf(study));
        var seen = history.Observations(trials);
        seen.Where(one => one.Trial <= 0).Select(one => (one.Trial, one.Value))
            .ShouldBe([(0, 14)], "a point that was measured again needs no earlier value");
        seen.Where(one => one.Trial > 0).Select(one => one.Value).ShouldBe([11, 22, -497, double.NaN]);
        // With an even number of changes, the median is the mean of the two in the middle.
        history.Observations(trials[..2]).Where(one => one.Trial <= 0).Select(one => one.Value).ShouldBe([18, 19]);
    }

    [Fact]
    public void Values_of_a_loss_are_shifted_in_its_own_direction()
    {
        var study = Study(spec => spec with
        {
            Metric = new MetricSpec("loss", MetricGoal.Minimize),
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.001, 1), Earlier(2, 0.002, 2)],
        });
        TrialRecord[] trials = [Trial(1, Settings(0.001).GetRawText(), TrialState.Completed, 1.5)];
        var seen = new StudyHistory(study.Spec, SpaceOf(study)).Observations(trials);
        seen.Select(one => one.Value).ShouldBe([-2.5, -1.5]); // the earlier loss of 2 counts as 2.5
    }

    private static EarlierTrial Earlier(int number, double lr, params double[] values) => new(number, Settings(lr), values);

    private static System.Text.Json.JsonElement Settings(double lr) => Json($$"""{"lr":{{lr:R}},"optimizer":"adam"}""");

    private static double Lr(TrialRecord trial) => trial.Parameters.GetProperty("lr").GetDouble();
}
