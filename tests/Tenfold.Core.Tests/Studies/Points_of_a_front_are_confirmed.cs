using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies;

public sealed class Points_of_a_front_are_confirmed
{
    private static readonly StudySpec Spec = SampleStudy.Study(spec => spec with
    {
        Objectives = [new("accuracy", MetricGoal.Maximize), new("latency", MetricGoal.Minimize)],
        Confirm = new Confirmation(Top: 3, Repeat: 5),
    }).Spec;

    [Fact]
    public void A_small_front_is_run_again_whole_and_a_large_one_in_points_that_are_spread_over_it()
    {
        List<TrialRecord> line = [.. Enumerable.Range(1, 9).Select(number => Trial(number, number / 10.0, number * 10))];
        FrontConfirmation.Choose(Spec, line[..3], 3).Select(trial => trial.Number).ShouldBe([3, 2, 1]);
        var chosen = FrontConfirmation.Choose(Spec, line, 3).Select(trial => trial.Number).ToList();
        chosen.Count.ShouldBe(3);
        chosen[0].ShouldBeInRange(7, 9);
        chosen[1].ShouldBeInRange(4, 6);
        chosen[2].ShouldBeInRange(1, 3);
        FrontConfirmation.Choose(Spec, line, 1).ShouldHaveSingleItem().Number.ShouldBeInRange(4, 6);
        // A beaten trial is not run again, and a point once only.
        TrialRecord[] others = [Trial(1, 0.9, 10), Trial(2, 0.8, 20), Trial(1, 0.9, 10) with { Number = 3 }];
        FrontConfirmation.Choose(Spec, others, 3).Select(trial => trial.Number).ShouldBe([1]);
        FrontConfirmation.Choose(Spec, [], 3).ShouldBeEmpty();
    }

    [Fact]
    public void Each_point_has_the_means_of_its_fresh_runs_with_intervals()
    {
        var point = Of((1, [Run(1, 0.8, 10), Run(2, 0.9, 14), Run(3, 0.7, null)])).Points.ShouldHaveSingleItem();
        (point.Runs, point.Objectives[0].N, point.IsOnFront).ShouldBe((3, 2, true), "a run without latency does not count");
        point.Objectives[0].Mean.ShouldBe(0.85, 1e-12);
        point.Objectives[1].Mean.ShouldBe(12, 1e-12);
        point.Objectives[1].Interval!.Low.ShouldBeLessThan(10);
    }

    [Fact]
    public void A_point_that_was_only_lucky_leaves_the_front()
    {
        var confirmed = Of((1, [Run(1, 0.9, 30)]), (2, [Run(1, 0.8, 20)]), (3, [Run(1, 0.7, 25)]), (4, [Run(1, 0.99, null)]));
        confirmed.Points.Select(point => (point.Trial.Number, point.IsOnFront)).ShouldBe([(1, true), (2, true), (3, false), (4, false)]);
        confirmed.Points[3].Objectives.ShouldBeEmpty();
    }

    [Fact]
    public void A_point_that_breaks_a_constraint_is_not_on_the_front_and_beats_none()
    {
        var limited = Spec with { Constraints = [new MetricLimit("latency", 20, IsUpper: true)] };
        var confirmed = FrontConfirmation.Of(
            limited, Trials, Groups((1, [Run(1, 0.9, 19), Run(2, 0.9, 23)]), (2, [Run(1, 0.8, 20)])));
        confirmed.Points.Select(point => point.IsOnFront).ShouldBe([false, true]);
        confirmed.Points[0].Broken.ShouldNotBeNull();
    }

    [Fact]
    public void There_is_no_winner_to_measure()
    {
        ConfirmationPlan.CountRuns(Spec).ShouldBe((15, 0));
        ConfirmationPlan.CountRuns(Spec with { Objectives = [] }).Measuring.ShouldBe(5);
        ReasonText.Of(new Reason.FrontConfirmed(2, 3)).ShouldBe("2 of 3 points stay on the front with fresh seeds");
    }

    private static List<TrialRecord> Trials => [.. Enumerable.Range(1, 4).Select(number => Trial(number, number / 10.0, number))];

    private static FrontConfirmation Of(params (int Trial, RunWithMetrics[] Runs)[] groups) =>
        FrontConfirmation.Of(Spec, Trials, Groups(groups));

    private static OrderedDictionary<int, IReadOnlyList<RunWithMetrics>> Groups(params (int Trial, RunWithMetrics[] Runs)[] groups) =>
        new(groups.Select(group => KeyValuePair.Create<int, IReadOnlyList<RunWithMetrics>>(group.Trial, group.Runs)));

    private static TrialRecord Trial(int number, double accuracy, double latency) => SampleStudy.Trial(
        number, $$"""{"lr":0.00{{number}},"optimizer":"adam"}""", TrialState.Completed, accuracy) with
    { Others = [[latency]] };

    private static RunWithMetrics Run(int repeat, double accuracy, double? latency)
    {
        var run = SampleStudy.Run(RunState.Succeeded, accuracy, repeat: repeat);
        return latency is not { } value ? run
            : run with { Metrics = [.. run.Metrics, run.Metrics[0] with { Name = "latency", Last = value }] };
    }
}
