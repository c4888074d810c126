using Tenfold.Core.Reasons;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class A_pruner_decides
{
    [Theory]
    [InlineData(0.1, new double[] { }, false, null)]
    [InlineData(0.1, new[] { 0.9 }, false, null)] // fewer than three
    [InlineData(0.8, new[] { 0.9, 0.7 }, true, 0.9)] // only the best of three
    [InlineData(0.9, new[] { 0.8, 0.7 }, false, 0.9)]
    [InlineData(0.8, new[] { 0.9, 0.7, 0.6, 0.5 }, true, 0.9)] // still only the best of five
    [InlineData(0.8, new[] { 0.9, 0.7, 0.6, 0.5, 0.4 }, false, 0.8)] // the two best of six
    [InlineData(0.9, new[] { 0.9, 0.9, 0.1, 0.1, 0.1 }, false, 0.9)] // ties continue, even three of six
    [InlineData(0.5, new[] { 0.5, 0.5 }, false, 0.5)]
    [InlineData(double.NaN, new[] { 0.1, 0.2 }, true, 0.2)]
    [InlineData(0.1, new[] { double.NaN, double.NaN }, false, 0.1)]
    [InlineData(double.NaN, new[] { double.NaN, double.NaN }, false, null)]
    public void The_best_third_of_the_trials_continues(double own, double[] others, bool isPruned, double? against) =>
        Decide(new AshaPruner(3, MetricGoal.Maximize), own, others).ShouldBe(new RungDecision(isPruned, against));

    [Theory]
    [InlineData(0.2, new[] { 0.1, 0.3 }, true, 0.1)]
    [InlineData(0.1, new[] { 0.2, 0.3 }, false, 0.1)]
    [InlineData(double.NaN, new[] { 0.2, 0.3 }, true, 0.2)]
    public void The_smallest_values_continue_when_the_goal_is_to_minimize(double own, double[] others, bool isPruned, double? against) =>
        Decide(new AshaPruner(3, MetricGoal.Minimize), own, others).ShouldBe(new RungDecision(isPruned, against));

    [Theory]
    [InlineData(2, 6, 3)]
    [InlineData(4, 11, 2)]
    [InlineData(16, 100, 6)]
    public void The_factor_sets_how_many_continue(int factor, int count, int pass)
    {
        var values = Enumerable.Range(1, count).Select(value => (double)value).ToList();
        var pruner = new AshaPruner(factor, MetricGoal.Maximize);
        values.Count(own => !Decide(pruner, own, [.. values.Where(value => value != own)]).IsPruned).ShouldBe(pass);
    }

    [Theory]
    [InlineData(0.0, new[] { 1.0, 2, 3, 4 }, false, null)] // four others are too few
    [InlineData(2.9, new[] { 1.0, 2, 3, 4, 5 }, true, 3.0)]
    [InlineData(3.0, new[] { 5.0, 4, 3, 2, 1 }, false, 3.0)]
    [InlineData(3.4, new[] { 1.0, 2, 3, 4, 5, 6 }, true, 3.5)]
    [InlineData(double.NaN, new[] { 1.0, 2, 3, 4, 5 }, true, 3.0)]
    [InlineData(0.0, new[] { 1.0, 2, double.NaN, double.NaN, double.NaN }, false, null)]
    [InlineData(0.5, new[] { 1.0, 2, 3, double.NaN, double.NaN }, true, 1.0)] // NaN counts as the worst value
    public void A_trial_no_worse_than_the_median_of_the_others_continues(double own, double[] others, bool isPruned, double? against) =>
        Decide(new MedianPruner(MetricGoal.Maximize), own, others).ShouldBe(new RungDecision(isPruned, against));

    [Fact]
    public void The_median_rule_compares_the_best_value_so_far()
    {
        var pruner = new MedianPruner(MetricGoal.Minimize);
        pruner.Decide(new RungValue(9, Value: 9, Best: 3), [1, 2, 3, 4, 5]).IsPruned.ShouldBeFalse();
        pruner.Decide(new RungValue(9, Value: 9, Best: 3.1), [1, 2, 3, 4, 5]).IsPruned.ShouldBeTrue();
    }

    [Theory]
    [InlineData(PruningRule.Asha)]
    [InlineData(PruningRule.Median)]
    public void The_order_of_the_others_doesnt_matter(PruningRule rule)
    {
        var random = new Random(3);
        var pruner = IPruner.Of(new Pruning(rule), MetricGoal.Maximize);
        for (var i = 0; i < 200; i++)
        {
            var values = Enumerable.Range(0, 13).Select(_ => random.Next(10) == 0 ? double.NaN : random.Next(6)).ToArray();
            var decision = Decide(pruner, values[0], values[1..]);
            var others = values[1..];
            random.Shuffle(others);
            Decide(pruner, values[0], others).ShouldBe(decision);
        }
    }

    [Theory]
    [InlineData(PruningRule.Asha)]
    [InlineData(PruningRule.Median)]
    public void Negating_the_values_and_the_goal_changes_nothing(PruningRule rule)
    {
        var random = new Random(4);
        var (up, down) = (IPruner.Of(new Pruning(rule), MetricGoal.Maximize), IPruner.Of(new Pruning(rule), MetricGoal.Minimize));
        for (var i = 0; i < 200; i++)
        {
            var values = Enumerable.Range(0, 9).Select(_ => (double)random.Next(6)).ToArray();
            var isPruned = Decide(up, values[0], values[1..]).IsPruned;
            Decide(down, -values[0], [.. values[1..].Select(value => -value)]).IsPruned.ShouldBe(isPruned);
        }
    }

    [Theory]
    [InlineData(3, 0.71, 0.83, "pruned at step 27: 0.71, not among the best third of 12 (0.83 or better)")]
    [InlineData(2, double.NaN, 0.83, "pruned at step 27: NaN, not among the best half of 12 (0.83 or better)")]
    [InlineData(16, 123456.7, 250000, "pruned at step 27: 123457, not among the best 1/16 of 12 (250000 or better)")]
    [InlineData(3, 0.7100001, 0.7100002, "pruned at step 27: 0.7100001, not among the best third of 12 (0.7100002 or better)")]
    public void The_reason_gives_the_step_the_values_and_the_rank(int factor, double value, double against, string why) =>
        new AshaPruner(factor, MetricGoal.Maximize).Why(new RungRecord(4, 27, value, default, true, against), 12).Words().ShouldBe(why);

    [Fact]
    public void The_reason_gives_the_median() =>
        new MedianPruner(MetricGoal.Maximize).Why(new RungRecord(4, 27, 0.71, default, true, 0.83), 12).Words().ShouldBe(
            "pruned at step 27: 0.71, worse than the median of 11 others (0.83)");

    private static RungDecision Decide(IPruner pruner, double own, double[] others) => pruner.Decide(new RungValue(1, own, own), others);
}
