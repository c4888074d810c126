using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

using static Tenfold.Core.Tests.Studies.Example;

namespace Tenfold.Core.Tests.Studies;

public sealed class An_earlier_study_is_learned_from
{
    [Fact]
    public void Its_best_five_are_tried_best_first_after_the_points_to_begin_with()
    {
        var asker = TrialSuggester(
            Study(spec =>
                spec with
                {
                    Start = [Settings(0.05)],
                    From = "zzzzzzzz",
                    Earlier = [.. Enumerable.Range(1, 7).Select(i => Earlier(i, 0.001 * i, i % 4))]
                }));
        var trials = AskAll(asker, 7, Told);
        // 3 and 7 came to 3, 2 and 6 to 2, 1 and 5 to 1: ties by number.
        trials.Take(6).Select(Lr).ShouldBe([0.05, 0.003, 0.007, 0.002, 0.006, 0.001]);
        trials[1].Reason.ShouldBe("among the best of zzzzzzzz: its trial 3");
        trials.Select(trial => trial.Method).ShouldBe(["start", "start", "start", "start", "start", "start", "sobol"]);
    }

    [Fact]
    public void Less_is_better_where_that_is_the_goal()
    {
        var asker = TrialSuggester(Study(spec => spec with
        {
            Metric = new MetricSpec("loss", MetricGoal.Minimize),
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.001, 5), Earlier(2, 0.002, 1), Earlier(3, 0.003, 3)],
        }));
        AskAll(asker, 3, Told).Select(Lr).ShouldBe([0.002, 0.003, 0.001]);
    }

    [Fact]
    public void A_point_that_it_tried_twice_is_one_of_five()
    {
        var asker = TrialSuggester(
            Study(spec =>
                spec with
                {
                    From = "zzzzzzzz",
                    Earlier = [.. Enumerable.Range(1, 8).Select(i => Earlier(i, 0.001 * Math.Max(1, i - 2), 100 - i))]
                }));
        AskAll(asker, 6, Told).Select(trial => trial.Method).ShouldBe(["start", "start", "start", "start", "start", "sobol"]);
    }

    [Fact]
    public void Until_something_is_measured_anew_its_values_stand_as_they_were()
    {
        var study = Study(spec => spec with { From = "zzzzzzzz", Earlier = [Earlier(4, 0.001, 1, 3), Earlier(9, 0.01, 5)] });
        var seen = new StudyHistory(study.Spec, SpaceOf(study)).Observations([]);
        seen.Select(one => (one.Trial, one.Value, one.Count)).ShouldBe([(-1, 2, 2), (0, 5, 1)]);
    }

    [Fact]
    public void Its_values_are_moved_by_the_median_change_of_what_both_have_measured()
    {
        var study = Study(spec => spec with
        {
            From = "zzzzzzzz",
            Earlier = [Earlier(1, 0.001, 1), Earlier(2, 0.002, 2), Earlier(3, 0.003, 3), Earlier(4, 0.004, 4)],
        });
        // Changes of 10, 20 and −500; a failure says nothing.
        TrialRecord[] trials =
        [
            Trial(1, Settings(0.001).GetRawText(), TrialState.Completed, 11),
            Trial(2, Settings(0.002).GetRawText(), TrialState.Completed, 22),
            Trial(3, Settings(0.003).GetRawText(), TrialState.Completed, -497), Trial(4, Settings(0.05).GetRawText(), TrialState.Failed),
        ];
        var history = new StudyHistory(study.Spec, SpaceOf(study));
        var seen = history.Observations(trials);
        seen.Where(one => one.Trial <= 0).Select(one => (one.Trial, one.Value))
            .ShouldBe([(0, 14)], "what was measured anew speaks for itself");
        seen.Where(one => one.Trial > 0).Select(one => one.Value).ShouldBe([11, 22, -497, double.NaN]);
        // An even number of changes: the mean of the two in the middle.
        history.Observations(trials[..2]).Where(one => one.Trial <= 0).Select(one => one.Value).ShouldBe([18, 19]);
    }

    [Fact]
    public void Moved_values_of_a_loss_are_moved_in_its_own_direction()
    {
        var study = Study(
            spec => spec with
            {
                Metric = new MetricSpec("loss", MetricGoal.Minimize),
                From = "zzzzzzzz",
                Earlier = [Earlier(1, 0.001, 1), Earlier(2, 0.002, 2)]
            });
        var seen =
            new StudyHistory(study.Spec, SpaceOf(study)).Observations([Trial(1, Settings(0.001).GetRawText(), TrialState.Completed, 1.5)]);
        seen.Select(one => one.Value).ShouldBe([-2.5, -1.5]); // the loss of 2 would be 2.5 now
    }

    private static EarlierTrial Earlier(int number, double lr, params double[] values) => new(number, Settings(lr), values);

    private static System.Text.Json.JsonElement Settings(double lr) => Json($$"""{"lr":{{lr:R}},"optimizer":"adam"}""");

    private static double Lr(TrialRecord trial) => trial.Parameters.GetProperty("lr").GetDouble();
}
