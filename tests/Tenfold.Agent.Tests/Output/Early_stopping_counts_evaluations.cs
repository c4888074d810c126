using Tenfold.Agent.Output;
using Tenfold.Core.Runs;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Agent.Tests.Output;

public sealed class Early_stopping_counts_evaluations
{
    [Fact]
    public void Patience_3_stops_at_the_third_without_improvement() =>
        StopsAt(MetricGoal.Minimize, 3, 0, 5, 4, 4.5, 4.5, 4.1, 1).ShouldBe(4);

    [Fact]
    public void An_improvement_starts_the_count_anew() => StopsAt(MetricGoal.Minimize, 2, 0, 5, 6, 4, 6, 3, 6, 3).ShouldBe(6);

    [Fact]
    public void Larger_is_better_when_the_goal_is_to_maximize() => StopsAt(MetricGoal.Maximize, 2, 0, 0.5, 0.6, 0.6, 0.59).ShouldBe(3);

    [Fact]
    public void Less_than_min_delta_is_no_improvement()
    {
        StopsAt(MetricGoal.Maximize, 2, 0.1, 0.5, 0.55, 0.59, 0.9).ShouldBe(2);
        StopsAt(MetricGoal.Minimize, 2, 0.1, 0.5, 0.45, 0.41, 0.1).ShouldBe(2);
        StopsAt(MetricGoal.Minimize, 2, 0.1, 0.5, 0.45, 0.35, 0.3, 0.2).ShouldBeNull();
    }

    [Fact]
    public void NaN_is_no_improvement_and_never_the_best()
    {
        StopsAt(MetricGoal.Minimize, 3, 0, 1, double.NaN, double.NaN, double.NaN).ShouldBe(3);
        StopsAt(MetricGoal.Minimize, 2, 0, double.NaN, 1, double.NaN, 0.5, double.NaN).ShouldBeNull();
        StopsAt(MetricGoal.Maximize, 2, 0, double.NaN, double.NaN).ShouldBe(1);
    }

    [Fact]
    public void An_infinite_loss_at_first_is_improved_on() =>
        StopsAt(MetricGoal.Minimize, 1, 0, double.PositiveInfinity, 10, 9, 8).ShouldBeNull();

    [Fact]
    public void The_reason_says_which_metric_and_how_long()
    {
        var early = new EarlyStoppingRule(new EarlyStoppingSpec("loss", MetricGoal.Minimize, 1));
        early.Observe(0.25).ShouldBeNull();
        early.Observe(0.5).ShouldNotBeNull().ToString().ShouldBe("early stopping: loss has not improved on 0.25 for 1 evaluation");
    }

    private static int? StopsAt(MetricGoal goal, int retry, double minDelta, params double[] values)
    {
        var early = new EarlyStoppingRule(new EarlyStoppingSpec("loss", goal, retry, minDelta));
        for (var i = 0; i < values.Length; i++)
            if (early.Observe(values[i]) is not null) return i;
        return null;
    }
}
