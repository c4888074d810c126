using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>How often a comparison shows a difference where there is none. The simulations have fixed seeds.</summary>
public sealed class False_positives_are_as_rare_as_promised
{
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Pairs_without_a_difference_get_a_verdict_at_most_at_rate_alpha(int n)
    {
        var random = new NormalSource(300 + n);
        Share(3_000, () =>
        {
            var shared = random.Values(n, 0, 2);
            double[] Side() => [.. shared.Zip(random.Values(n, 0, 1), (a, b) => a + b)];
            return Between(Side(), Side(), paired: true).Verdict != Verdict.NotShown;
        }).ShouldBeInRange(0.04, 0.06);
    }

    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(10, 10, 1)]
    [InlineData(10, 10, 4)]
    [InlineData(6, 15, 3)]
    [InlineData(15, 6, 3)]
    public void Groups_without_a_difference_get_a_verdict_at_most_at_rate_alpha(int n, int m, double spread)
    {
        var random = new NormalSource(400 + n + m);
        Share(3_000, () => Between(random.Values(n, 0, spread), random.Values(m, 0, 1), paired: false).Verdict != Verdict.NotShown)
            .ShouldBeInRange(0.03, 0.06);
    }

    [Fact]
    public void The_permutation_p_value_is_valid_for_skewed_values()
    {
        var random = new NormalSource(500);
        double[] Skewed(int n) => [.. random.Values(n, 0, 1).Select(Math.Exp)];
        PermutationResult SignFlip(int n, int draws) => PermutationTest.SignFlip([.. Skewed(n).Zip(Skewed(n), (a, b) => a - b)], draws, 1);
        ShouldBeValid(() => SignFlip(8, 0));
        ShouldBeValid(() => PermutationTest.Splits(Skewed(5), Skewed(6), 0, 1));
        // More arrangements than an exact test tries: few draws cost power but not validity.
        ShouldBeValid(() => SignFlip(24, 99));
        ShouldBeValid(() => PermutationTest.Splits(Skewed(14), Skewed(12), 99, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_family_without_a_difference_gets_a_verdict_at_most_at_rate_alpha(bool paired)
    {
        var random = new NormalSource(900);
        Share(2_000, () =>
        {
            var baseline = SciPyReference.Repeats(random.Values(10, 0, 1));
            var family = Enumerable.Range(0, 5).Select(_ => SciPyReference.Repeats(random.Values(10, 0, 1), paired ? 1 : 1000)).ToArray();
            return Comparison.Family(family, baseline, MetricGoal.Maximize, TestsOnly).Any(one => one.Verdict != Verdict.NotShown);
        }).ShouldBeInRange(0.02, 0.06);
    }

    private static void ShouldBeValid(Func<PermutationResult> test)
    {
        const int Times = 2_000;
        var pValues = Enumerable.Range(0, Times).Select(_ => test().PValue).ToArray();
        foreach (var alpha in new[] { 0.01, 0.05, 0.1, 0.3 })
        {
            var allowed = alpha + 3 * Math.Sqrt(alpha * (1 - alpha) / Times);
            (pValues.Count(p => p <= alpha) / (double)Times).ShouldBeInRange(alpha / 4, allowed);
        }
    }
}
