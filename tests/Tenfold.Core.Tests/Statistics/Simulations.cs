using Tenfold.Core.Statistics;

namespace Tenfold.Core.Tests.Statistics;

/// <summary>What the numbers promise, tried on data whose truth is known. Seeded: the same each time.</summary>
public sealed class Simulations
{
    private static readonly ComparisonOptions TestsOnly = new() { PermutationDraws = 0 };

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void A_95_percent_interval_covers_the_mean_in_94_to_96_percent(int n)
    {
        var random = new NormalSource(n);
        Share(20_000, () => Summary.Of(random.Values(n, 3, 2)).Interval!.Contains(3)).ShouldBeInRange(0.94, 0.96);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void A_95_percent_interval_covers_the_difference_of_pairs_in_94_to_96_percent(int n)
    {
        var random = new NormalSource(100 + n);
        Share(5_000, () =>
        {
            var shared = random.Values(n, 0, 3);
            return Between(shared.Zip(random.Values(n, 1, 1), (a, b) => a + b), shared, paired: true).Interval!.Contains(1);
        }).ShouldBeInRange(0.94, 0.96);
    }

    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(10, 10, 3)]
    [InlineData(20, 10, 0.5)]
    public void A_95_percent_interval_covers_the_difference_by_Welch_in_94_to_96_percent(int n, int m, double spread)
    {
        var random = new NormalSource(200 + n);
        Share(5_000, () => Between(random.Values(n, 1, spread), random.Values(m, 0, 1), paired: false).Interval!.Contains(1))
            .ShouldBeInRange(0.94, 0.96);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Pairs_without_a_difference_get_a_verdict_in_at_most_alpha(int n)
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
    public void Groups_without_a_difference_get_a_verdict_in_at_most_alpha(int n, int m, double spread)
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
        // Beyond what can be tried in full: few draws, which may cost power and never validity.
        ShouldBeValid(() => SignFlip(24, 99));
        ShouldBeValid(() => PermutationTest.Splits(Skewed(14), Skewed(12), 99, 1));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(20)]
    public void The_smallest_detectable_difference_of_pairs_shows_in_80_percent(int n)
    {
        const double Spread = 0.7;
        var random = new NormalSource(600 + n);
        var smallest = Power.Noncentrality(0.8, n - 1, 0.05) * Spread / Math.Sqrt(n);
        Share(20_000, () => TTest.Paired(random.Values(n, smallest, Spread)).PValue <= 0.05).ShouldBeInRange(0.79, 0.81);
    }

    [Theory]
    [InlineData(10, 10, 1)]
    [InlineData(20, 12, 1.5)]
    public void The_smallest_detectable_difference_by_Welch_shows_in_80_percent(int n, int m, double spread)
    {
        var random = new NormalSource(700 + n);
        // The plan's own formula, at the true spread: values of which each half lies one deviation off have it exactly.
        var plan = TTest.Welch(Exactly(n, spread), Exactly(m, 1));
        var smallest = Power.Noncentrality(0.8, plan.DegreesOfFreedom, 0.05) * plan.StandardError;
        Share(20_000, () => TTest.Welch(random.Values(n, smallest, spread), random.Values(m, 0, 1)).PValue <= 0.05)
            .ShouldBeInRange(0.79, 0.81);
    }

    [Fact]
    public void With_the_repeats_asked_for_the_difference_shows_in_80_percent()
    {
        // Ten pairs with a mean of 0.5 and a deviation of exactly 1.
        double[] differences = [.. Exactly(10, 1).Select(value => value + 0.5)];
        var more = Between(differences, new double[10], paired: true).MoreRepeats.ShouldNotBeNull();
        var random = new NormalSource(800);
        Share(20_000, () => TTest.Paired(random.Values(10 + more, 0.5, 1)).PValue <= 0.05).ShouldBeInRange(0.80, 0.82);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_family_without_a_difference_gets_any_verdict_in_at_most_alpha(bool paired)
    {
        var random = new NormalSource(900);
        Share(2_000, () =>
        {
            var baseline = Reference.Repeats(random.Values(10, 0, 1));
            var family = Enumerable.Range(0, 5).Select(_ => Reference.Repeats(random.Values(10, 0, 1), paired ? 1 : 1000)).ToArray();
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

    private static Comparison Between(
        IEnumerable<double> candidate, IEnumerable<double> baseline, bool paired) =>
        Comparison.Between(
            Reference.Repeats(candidate), Reference.Repeats(baseline, paired ? 1 : 1000), MetricGoal.Maximize, TestsOnly);

    private static double Share(int times, Func<bool> holds)
    {
        var count = 0;
        for (var i = 0; i < times; i++) count += holds() ? 1 : 0;
        return count / (double)times;
    }

    /// <summary>An even number of values with mean 0 and exactly this sample deviation.</summary>
    private static double[] Exactly(int n, double deviation) =>
        [.. Enumerable.Range(0, n).Select(i => (i % 2 == 0 ? 1 : -1) * deviation * Math.Sqrt((n - 1.0) / n))];

    private sealed class NormalSource(long seed)
    {
        private readonly SplitMix64 _random = new(seed);

        public double[] Values(int n, double mean, double deviation) =>
            [.. Enumerable.Range(0, n).Select(_ => mean + deviation * Next())];

        /// <summary>Box and Muller's.</summary>
        private double Next() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
    }
}
