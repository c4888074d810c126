using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class Rungs_are_found_in_metric_series
{
    private static readonly Ladder Asha = new(1, 3);

    [Fact]
    public void A_rung_is_reached_at_its_step()
    {
        var series = Curve.Of((1, 0.1), (2, 0.2), (3, 0.3), (4, 0.4), (5, 0.5));
        Reached(Asha, Curve.Running(series)).ShouldBe([new RungValue(1, 0.1, 0.1), new RungValue(3, 0.3, 0.3)]);
    }

    [Fact]
    public void By_default_two_rungs_lie_before_the_end_of_a_whole_run() =>
        Reached(Ladder.Of(new Pruning(PruningRule.Asha), 80)!, Curve.Running(Curve.Each(80))).Select(rung => rung.Rung).ShouldBe([9, 27]);

    [Fact]
    public void No_rung_lies_at_the_end_of_a_run() =>
        Reached(Ladder.Of(new Pruning(PruningRule.Asha, First: 3), 81)!, Curve.Running(Curve.Each(81))).Select(rung => rung.Rung)
            .ShouldBe([3, 9, 27]);

    [Fact]
    public void By_default_there_are_no_rungs_before_a_run_has_completed() =>
        Ladder.Of(new Pruning(PruningRule.Asha), null).ShouldBeNull();

    [Fact]
    public void Runs_of_one_step_have_no_rungs() =>
        Reached(Ladder.Of(new Pruning(PruningRule.Asha), 1)!, Curve.Running(Curve.Each(3))).ShouldBeEmpty();

    [Fact]
    public void A_run_without_values_has_reached_no_rung() => Reached(Asha, Curve.Running([])).ShouldBeEmpty();

    [Fact]
    public void Steps_below_the_first_rung_reach_no_rung() =>
        Reached(new Ladder(100, 3), Curve.Running(Curve.Of((0, 1), (99, 1)))).ShouldBeEmpty();

    [Fact]
    public void Rungs_follow_the_first_step_and_the_factor() =>
        Reached(new Ladder(5, 2), Curve.Running(Curve.Each(45))).Select(rung => rung.Rung).ShouldBe([5, 10, 20, 40]);

    [Fact]
    public void A_point_that_passes_several_rungs_counts_at_the_highest()
    {
        var series = Curve.Of((1000, 0.1), (2000, 0.2), (3000, 0.3));
        Reached(Asha, Curve.Running(series)).ShouldBe([new RungValue(729, 0.1, 0.1), new RungValue(2187, 0.3, 0.3)]);
    }

    [Fact]
    public void In_a_thinned_series_the_first_remaining_point_counts()
    {
        var series = Curve.Of((0, 0.0), (16, 0.16), (32, 0.32), (48, 0.48), (64, 0.64), (80, 0.80), (90, 0.90));
        Reached(Asha, Curve.Running(series))
            .ShouldBe([new RungValue(9, 0.16, 0.16), new RungValue(27, 0.32, 0.32), new RungValue(81, 0.90, 0.90)]);
    }

    [Fact]
    public void Recorded_rungs_are_not_returned_again() =>
        Rungs.Reached(Asha, MetricGoal.Maximize, [Curve.Running(Curve.Each(30))], above: 9).Select(rung => rung.Rung).ShouldBe([27]);

    [Fact]
    public void The_largest_step_doesnt_overflow() =>
        Reached(Asha, Curve.Running(Curve.Of((long.MaxValue, 1)))).ShouldHaveSingleItem().Rung.ShouldBe(4_052_555_153_018_976_267);

    [Fact]
    public void If_steps_restart_the_first_point_at_a_rung_counts() =>
        Reached(Asha, Curve.Running(Curve.Of((1, 0.1), (2, 0.2), (1, 0.5), (3, 0.6)))).Select(rung => rung.Value).ShouldBe([0.1, 0.6]);

    [Theory]
    [InlineData(MetricGoal.Maximize, 0.9)]
    [InlineData(MetricGoal.Minimize, 0.2)]
    public void The_best_value_follows_the_goal_and_stops_at_the_rung(MetricGoal goal, double best) =>
        Rungs.Reached(Asha, goal, [Curve.Running(Curve.Of((0, 0.2), (1, 0.9), (2, double.NaN), (3, 0.5), (4, 1), (5, 0.1)))], above: 1)
            .ShouldBe([new RungValue(3, 0.5, best)]);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_counts_as_NaN(double value) =>
        Reached(Asha, Curve.Running(Curve.Of((0, 0.5), (1, value)))).ShouldBe([new RungValue(1, double.NaN, double.NaN)]);

    [Fact]
    public void A_trial_of_several_runs_reaches_a_rung_with_their_mean_once_all_have()
    {
        var (fast, slow) = (Curve.Running(Curve.Of((1, 0.2), (3, 0.4))), Curve.Running(Curve.Of((1, 0.6))));
        Reached(Asha, fast, slow).ShouldBe([new RungValue(1, 0.4, 0.4)]);
        Reached(Asha, fast, Curve.Running([])).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_that_ended_before_a_rung_doesnt_count()
    {
        var (fast, dead) = (Curve.Running(Curve.Of((1, 0.2), (3, 0.4))), Curve.Ended(Curve.Of((1, 0.6))));
        Reached(Asha, fast, dead).ShouldBe([new RungValue(1, 0.4, 0.4), new RungValue(3, 0.4, 0.4)]);
    }

    private static IEnumerable<RungValue> Reached(Ladder ladder, params RunProgress[] runs) =>
        Rungs.Reached(ladder, MetricGoal.Maximize, runs, above: 0);
}

/// <summary>Builds metric series.</summary>
internal static class Curve
{
    public static IReadOnlyList<MetricPoint> Of(params (long Step, double Value)[] points) =>
        [.. points.Select(point => new MetricPoint(point.Step, point.Value))];

    public static IReadOnlyList<MetricPoint> Each(int steps) => [.. Enumerable.Range(1, steps).Select(step => new MetricPoint(step, step))];

    public static RunProgress Running(IReadOnlyList<MetricPoint> series) => new(series, HasEnded: false);

    public static RunProgress Ended(IReadOnlyList<MetricPoint> series) => new(series, HasEnded: true);
}
