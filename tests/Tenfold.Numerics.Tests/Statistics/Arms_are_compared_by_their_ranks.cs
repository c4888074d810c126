using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Across;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Arms_are_compared_by_their_ranks
{
    // Demšar (2006), table 6. scipy.stats.friedmanchisquare and scipy.stats.f.sf; the paper's own χ² ignores ties.
    [Fact]
    public void The_example_of_the_paper_agrees_with_SciPy()
    {
        double[][] tasks =
        [
            [.763, .768, .771, .798], [.599, .591, .590, .569], [.954, .971, .968, .967], [.628, .661, .654, .657],
            [.882, .888, .886, .898], [.936, .931, .916, .931], [.661, .668, .609, .685], [.583, .583, .563, .625],
            [.775, .838, .866, .875], [1, 1, 1, 1], [.94, .962, .965, .962], [.619, .666, .614, .669], [.972, .981, .9751, .975],
            [.957, .978, .946, .970],
        ];
        var made = FriedmanTest.Of(tasks, MetricGoal.Maximize);
        made.MeanRanks.Select(rank => Math.Round(rank, 3)).ShouldBe([3.143, 2, 2.893, 1.964]);
        made.ChiSquared.ShouldMatch(10.228346456692925);
        made.F.ShouldMatch(4.1851301115241695);
        made.PValue.ShouldMatch(0.011620659515310954);
        var lower = FriedmanTest.Of([.. tasks.Select(task => task.Select(value => -value).ToArray())], MetricGoal.Minimize);
        lower.PValue.ShouldBe(made.PValue);
        lower.MeanRanks.ShouldBe(made.MeanRanks);
    }

    [Fact]
    public void Equal_arms_and_arms_in_the_same_order_on_every_task_have_exact_p_values()
    {
        FriedmanTest.Of([[1, 1, 1], [2, 2, 2]], MetricGoal.Maximize).PValue.ShouldBe(1);
        var same = FriedmanTest.Of([[1, 2, 3], [4, 5, 7], [0, 1, 2]], MetricGoal.Maximize);
        same.F.ShouldBe(double.PositiveInfinity);
        same.PValue.ShouldBe(1 / 36.0, 1e-12);
        same.MeanRanks.ShouldBe([3, 2, 1]);
        FriedmanTest.Of([[1, 2, 2], [4, 5, 5], [0, 1, 1]], MetricGoal.Maximize).PValue.ShouldBe(1 / 9.0, 1e-12);
    }

    [Theory]
    [InlineData(6, 3)]
    [InlineData(10, 5)]
    public void False_verdicts_are_rare_for_arms_without_difference(int tasks, int arms)
    {
        var random = new NormalSource(6000 + tasks);
        Share(4_000, () => FriedmanTest.Of(
            [.. Enumerable.Range(0, tasks).Select(task => random.Values(arms, task, 1))], MetricGoal.Maximize).PValue <= 0.05)
            .ShouldBeLessThan(0.065);
    }

    [Fact]
    public void Several_candidates_share_alpha_across_tasks()
    {
        var random = new NormalSource(6100);
        Share(1_500, () =>
        {
            var baselines = Enumerable.Range(0, 8).Select(task => random.Values(4, task, 1)).ToArray();
            var candidates = Enumerable.Range(0, 3).Select(_ => baselines.Select((baseline, task) =>
                Between(random.Values(4, task, 1), baseline, paired: false)).ToArray()).ToArray();
            return AcrossTasks.Family(candidates, MetricGoal.Maximize, TestsOnly).Any(one => one.Overall.Verdict != Verdict.NotShown);
        }).ShouldBeLessThan(0.065);
    }
}
