using MathNet.Numerics.Distributions;
using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.SciPyReference;
using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class A_margin_is_tested
{
    [Fact]
    public void Its_p_values_are_SciPys()
    {
        foreach (var expected in Cases("margins"))
        {
            var firstSeed = expected.GetProperty("paired").GetBoolean() ? 1 : 1000;
            var (candidate, baseline) = (Repeats(expected.Numbers("candidate")), Repeats(expected.Numbers("baseline"), firstSeed));
            foreach (var goal in Enum.GetValues<MetricGoal>())
            {
                var isUp = goal == MetricGoal.Maximize;
                var margin = Comparison.Between(
                    candidate, baseline, goal, Simulation.TestsOnly with { Margin = expected.Number("margin") }).Margin.ShouldNotBeNull();
                margin.NoWorsePValue.ShouldMatch(expected.Number(isUp ? "noWorse" : "noBetter"), 1);
                margin.NoBetterPValue.ShouldMatch(expected.Number(isUp ? "noBetter" : "noWorse"), 1);
                margin.BetterByMorePValue.ShouldMatch(expected.Number(isUp ? "betterByMore" : "worseByMore"), 1);
                margin.WorseByMorePValue.ShouldMatch(expected.Number(isUp ? "worseByMore" : "betterByMore"), 1);
            }
        }
    }

    [Theory]
    [InlineData(0.0, MarginConclusion.Same)]
    [InlineData(0.5, MarginConclusion.Same)]
    [InlineData(1.0, MarginConclusion.NoWorse)]
    [InlineData(-1.0, MarginConclusion.NotShown)]
    [InlineData(3.0, MarginConclusion.BetterByMore)]
    [InlineData(-3.0, MarginConclusion.WorseByMore)]
    public void The_strongest_statement_is_made(double shift, MarginConclusion conclusion)
    {
        double[] noise = [.2, -.3, .1, .4, -.2, -.1, .3, -.4, .15, -.15];
        double[] baseline = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        var candidate = baseline.Zip(noise, (value, error) => value + error + shift).ToArray();
        Between(candidate, baseline, MetricGoal.Maximize).Conclusion.ShouldBe(conclusion);
        Between([.. candidate.Select(value => -value)], [.. baseline.Select(value => -value)], MetricGoal.Minimize)
            .Conclusion.ShouldBe(conclusion);
    }

    // Just beside each edge of the margin, where a false statement is most likely.
    [Theory]
    [InlineData(-1.001)]
    [InlineData(-0.999)]
    [InlineData(0.999)]
    [InlineData(1.001)]
    public void A_false_statement_is_made_in_at_most_5_percent(double truth)
    {
        var random = new NormalSource(1500);
        foreach (var n in new[] { 5, 10, 30 })
        {
            Share(4_000, () =>
            {
                return Judge(random.Values(n, truth, 1.5)).Conclusion switch
                {
                    MarginConclusion.BetterByMore => truth < 1,
                    MarginConclusion.WorseByMore => truth > -1,
                    MarginConclusion.Same => Math.Abs(truth) > 1,
                    MarginConclusion.NoWorse => truth < -1,
                    _ => false,
                };
            }).ShouldBeLessThan(0.055 + (3 * Math.Sqrt(0.05 * 0.95 / 4000)));
        }
    }

    [Fact]
    public void The_suggested_repeats_show_no_worse_in_80_percent_when_they_are_tested_alone()
    {
        // The deviations that ten values show when the true one is 2, each as likely as the others.
        Enumerable.Range(0, 200).Average(i =>
        {
            var spread = 2 * Math.Sqrt(ChiSquared.InvCDF(9, (i + 0.5) / 200) / 9);
            double[] differences = [.. Enumerable.Range(0, 10).Select(k => (k % 2 == 0 ? 1 : -1) * spread * Math.Sqrt(0.9))];
            var more = TTest.Paired(differences).MoreRepeatsFor(1, 0.8, 0.10, 1_000_000).ShouldNotBeNull();
            var judged = Judge(differences, limit: 1_000_000);
            judged.MoreRepeats.ShouldBe(judged.IsNoWorse ? 0 : more);
            // The one-sided test of the repeats alone, whose true difference is 0.
            return Power.Of(Math.Sqrt(more) / 2, more - 1, 0.10);
        }).ShouldBeInRange(0.78, 0.82);
    }

    [Fact]
    public void Several_candidates_share_the_level()
    {
        var family = Comparison.Family(
            [Repeats(1, 2, 3.1), Repeats(1, 2, 3.2), Repeats(5)], Repeats(1, 2, 3), MetricGoal.Maximize, new() { Margin = 0.5 });
        family.Select(one => one.Margin?.Level).ShouldBe([0.025, 0.025, null]);
    }

    [Theory]
    [InlineData(4, 0, MarginConclusion.NotShown)]
    [InlineData(5, 0, MarginConclusion.Same)]
    [InlineData(6, 2, MarginConclusion.BetterByMore)]
    [InlineData(6, -2, MarginConclusion.WorseByMore)]
    public void Pairs_with_one_difference_are_judged_by_their_number(int n, double shift, MarginConclusion conclusion)
    {
        double[] baseline = [.. Enumerable.Range(0, n)];
        Between([.. baseline.Select(value => value + shift)], baseline, MetricGoal.Maximize).Conclusion.ShouldBe(conclusion);
    }

    [Fact]
    public void Sides_that_are_not_tested_have_no_statement()
    {
        Comparison.Between(Repeats(1), Repeats(1, 2), MetricGoal.Maximize, new() { Margin = 9 }).Margin.ShouldBeNull();
        Comparison.Between(Repeats(1, 1, 1), Repeats(1, 2, 3), MetricGoal.Maximize, new() { Margin = 9 }).Margin.ShouldBeNull();
        Comparison.Between(Repeats(1, 2, 3), Repeats(1, 2, 4), MetricGoal.Maximize).Margin.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_margin_is_positive_and_finite(double margin) =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => Comparison.Between(Repeats(1, 2), Repeats(1, 3), MetricGoal.Maximize, new() { Margin = margin }));

    // Without planning more repeats, which takes most of the time.
    private static MarginResult Judge(double[] differences, int limit = 0) =>
        new MarginTest(TTest.Paired(differences), differences.Length, MetricGoal.Maximize).Judge(1, 1, 0.05, 0.8, limit);

    private static MarginResult Between(double[] candidate, double[] baseline, MetricGoal goal) =>
        Comparison.Between(Repeats(candidate), Repeats(baseline), goal, new() { Margin = 1, PermutationDraws = 0 })
            .Margin.ShouldNotBeNull();
}
