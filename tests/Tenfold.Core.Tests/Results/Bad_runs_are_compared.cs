using Tenfold.Core.Ledger;
using Tenfold.Core.Results;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Results;

public sealed class Bad_runs_are_compared
{
    [Fact]
    public void Failed_and_diverged_runs_count_and_unfinished_ones_dont()
    {
        var group = Example.Group("aaaaaaaa");
        IReadOnlyList<RunWithMetrics> bad =
        [
            .. Example.Runs(group, .95, .951, .949, .952, .95, .1, double.NaN).Runs, Example.Run(group, 8, .95, RunState.Failed),
            Example.Run(group, 9, .95, RunState.Running), Example.Run(group, 10, .95, RunState.Cancelled),
        ];
        var good = Example.Runs(Example.Group("bbbbbbbb"), .95, .951, .949, .952, .95, 1.9).Runs;
        BadRuns.RateOf(Example.Accuracy, bad).ShouldNotBeNull().ShouldSatisfyAllConditions(
            rate => rate.Count.ShouldBe(3), rate => rate.Of.ShouldBe(8), rate => rate.Interval.Contains(0.3).ShouldBeTrue());
        BadRuns.RateOf(Example.Accuracy, good)!.Count.ShouldBe(0, "a value far out in the better direction did not diverge");
        BadRuns.Compare(Example.Accuracy, bad, good).ShouldNotBeNull().PValue.ShouldBeInRange(0.1, 0.4);
        BadRuns.Compare(Example.Accuracy, good, good).ShouldBeNull();
        BadRuns.RateOf(Example.Accuracy, []).ShouldBeNull();
    }

    [Fact]
    public void Declared_resampling_reaches_every_comparison()
    {
        var group = Example.Group("aaaaaaaa");
        var resampled = Example.Group("bbbbbbbb") is var other ? other with { Spec = other.Spec with { TestFraction = 0.2 } } : null!;
        GroupRuns[] groups = [Example.Runs(group, 1, 2, 4, 3, 6, 5), Example.Runs(resampled, 2, 4, 5, 5, 7, 8)];
        var compared = GroupComparison.Of(groups, Example.Accuracy);
        compared.Options.TestFraction.ShouldBe(0.2);
        compared.Comparisons[0].PermutationPValue.ShouldBeNull();
        var plain = GroupStatistics.Of(Example.Accuracy, groups[1].Runs).Summary!.Interval!;
        compared.Candidates[0].Measured.Statistics.Summary!.Interval!.Low.ShouldBeLessThan(plain.Low);
    }
}
