using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Across;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Tasks_are_compared_together
{
    // scipy.stats.wilcoxon(x, method="exact"), and by enumeration where there are ties.
    [Theory]
    [InlineData(new[] { 1.0, 2, 3, 4, 5, 6 }, 0.03125)]
    [InlineData(new[] { 1.0, -2, 3, 4, -5, 6, 7 }, 0.296875)]
    [InlineData(new[] { 0.763, -0.1, 0.2, 0.31, -0.05, 0.44, 0.12, 0.9, 0.6, -0.2001 }, 0.048828125)]
    [InlineData(new[] { 1.0, 1, 1, -1 }, 0.625)]
    [InlineData(new[] { 0.0, 0, 0 }, 1.0)]
    public void Signed_ranks_are_tested_exactly(double[] differences, double expected) =>
        SignedRanks.PValue(differences).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 2)]
    [InlineData(10, 0)]
    [InlineData(10, 2)]
    public void False_verdicts_are_rare_whether_or_not_the_true_differences_vary(int tasks, double between)
    {
        var random = new NormalSource(4000 + tasks);
        Share(1_500, () => Simulate(random, tasks, 0, between).Overall.Verdict != Verdict.NotShown).ShouldBeLessThan(0.07);
    }

    [Fact]
    public void Variance_between_tasks_is_told_from_the_noise_of_repeats()
    {
        var random = new NormalSource(4100);
        var made = Enumerable.Range(0, 200).Select(_ => Simulate(random, 10, 0.5, 1)).ToArray();
        made.Average(one => one.BetweenTasks!.Value * one.BetweenTasks.Value).ShouldBe(1, 0.15);
        // P(N(0.5, 1) > 0) is 0.69.
        made.Average(one => one.ChanceOnNextTask!.Value).ShouldBe(0.69, 0.04);
        var shrunken = made[0];
        shrunken.Shrunken.Max().ShouldNotBeNull();
        (shrunken.Shrunken.Max() - shrunken.Shrunken.Min())!.Value.ShouldBeLessThan(Range(made[0]));
    }

    private static double Range(AcrossTasks one) => one.Overall.Candidate!.Values.Zip(one.Overall.Baseline!.Values, (a, b) => a - b).Max()
        - one.Overall.Candidate!.Values.Zip(one.Overall.Baseline!.Values, (a, b) => a - b).Min();

    private static AcrossTasks Simulate(NormalSource random, int tasks, double mean, double between)
    {
        var compared = Enumerable.Range(0, tasks).Select(task =>
        {
            var difference = random.Values(1, mean, between)[0];
            var baseline = random.Values(5, task, 1);
            return Between([.. random.Values(5, difference, 0.3 + 0.2 * task).Zip(baseline, (d, value) => value + d)], baseline, true);
        }).ToArray();
        return AcrossTasks.Of(compared, MetricGoal.Maximize, TestsOnly);
    }
}
