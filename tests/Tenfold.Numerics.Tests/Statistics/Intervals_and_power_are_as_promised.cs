using MathNet.Numerics.Distributions;
using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

/// <summary>Coverage and power on simulated data with a known truth. The simulations have fixed seeds.</summary>
public sealed class Intervals_and_power_are_as_promised
{
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
    [InlineData(5, 0, 0.91)] // Student's: 0.884
    [InlineData(7, 0, 0.925)] // 0.887
    [InlineData(10, 0, 0.945)] // 0.900
    [InlineData(20, 0, 0.955)] // 0.920
    [InlineData(5, 0.5, 0.92)] // 0.916
    [InlineData(10, 0.5, 0.94)] // 0.922
    [InlineData(5, 1, 0.86)] // 0.822
    [InlineData(7, 1, 0.89)] // 0.824
    [InlineData(10, 1, 0.93)] // 0.836
    [InlineData(40, 1, 0.945)] // 0.893
    public void An_interval_allows_for_skewed_values(int n, double sigma, double least)
    {
        var (random, mean) = (new NormalSource(500 + n), sigma == 0 ? 1 : Math.Exp(sigma * sigma / 2));
        double[] Values() => sigma > 0 ? [.. random.Values(n, 0, sigma).Select(Math.Exp)]
            // Half the sum of two squares is exponential.
            : [.. random.Values(n, 0, 1).Zip(random.Values(n, 0, 1), (a, b) => (a * a + b * b) / 2)];
        Share(10_000, () => Summary.Of(Values()).Interval!.Contains(mean)).ShouldBeInRange(least, 0.97);
        // An accuracy whose distance from 1 is skewed.
        Share(10_000, () =>
        {
            var values = Values().Select(value => 1 - value / 1000).ToArray();
            return Summary.Of(values).Interval!.Contains(1 - mean / 1000);
        }).ShouldBeInRange(least, 0.97);
    }

    // Exponential values with these means; or, with sigma, lognormal ones. Student's interval covers in 87 to 91 % of cases.
    [Theory]
    [InlineData(1, 0.1, false, 10, true)]
    [InlineData(1, 0.1, false, 10, false)]
    [InlineData(0.3, 1, false, 10, false)]
    [InlineData(1, 0.1, false, 20, false)]
    [InlineData(0.5, 0.2, true, 10, true)]
    [InlineData(0.5, 0.2, true, 10, false)]
    [InlineData(0.5, 0.2, true, 20, false)]
    public void An_interval_allows_for_a_difference_of_skewed_values(double one, double other, bool isLognormal, int n, bool paired)
    {
        var random = new NormalSource(250 + n);
        double MeanOf(double size) => isLognormal ? Math.Exp(size * size / 2) : size;
        double[] Values(double size) => isLognormal ? [.. random.Values(n, 0, size).Select(Math.Exp)]
            : [.. random.Values(n, 0, 1).Zip(random.Values(n, 0, 1), (a, b) => size * (a * a + b * b) / 2)];
        Share(10_000, () => Between(Values(one), Values(other), paired).Interval!.Contains(MeanOf(one) - MeanOf(other)))
            .ShouldBeInRange(0.93, 0.975);
        Share(2_000, () =>
        {
            var judged = Between(Values(one), Values(other), paired);
            return judged.PValue <= 0.05 == judged.Verdict is not Verdict.NotShown
                && judged.Interval!.Contains(0) == judged.Verdict is Verdict.NotShown;
        }).ShouldBe(1, "verdict, p-value and interval agree");
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(9, 1)]
    [InlineData(9, 3)]
    public void Normal_values_seldom_look_skewed(int n, double spread)
    {
        var random = new NormalSource(270 + n);
        foreach (var paired in new[] { true, false })
        {
            Share(5_000, () => Between(random.Values(n, 0, spread), random.Values(n, 0, 1), paired).Notes
                .Any(note => note is ComparisonNote.SkewedDifference)).ShouldBeLessThan(0.055);
            Share(5_000, () => Between(random.Values(n, 0, spread), random.Values(n, 0, 1), paired).Interval!.Contains(0))
                .ShouldBeInRange(0.94, 0.97);
        }
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
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void The_reported_smallest_detectable_difference_of_pairs_shows_in_80_percent(int n)
    {
        const double Spread = 0.7;
        var random = new NormalSource(600 + n);
        var errors = Power.DetectableErrors(0.8, n - 1, 0.05);
        Share(20_000, () =>
        {
            // Each sample reports its own difference, and another sample tests it.
            var reported = errors * TTest.Paired(random.Values(n, 0, Spread)).StandardError;
            return TTest.Paired(random.Values(n, reported, Spread)).PValue <= 0.05;
        }).ShouldBeInRange(0.79, 0.81);
    }

    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(10, 10, 1)]
    [InlineData(20, 12, 1.5)]
    public void The_reported_smallest_detectable_difference_by_Welch_shows_in_80_percent(int n, int m, double spread)
    {
        var random = new NormalSource(700 + n);
        Share(4_000, () =>
        {
            var plan = TTest.Welch(random.Values(n, 0, spread), random.Values(m, 0, 1));
            var reported = Power.DetectableErrors(0.8, plan.DegreesOfFreedom, 0.05) * plan.StandardError;
            return TTest.Welch(random.Values(n, reported, spread), random.Values(m, 0, 1)).PValue <= 0.05;
        }).ShouldBeInRange(0.78, 0.82);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void The_range_of_more_repeats_holds_the_number_for_the_true_spread_in_80_percent(int n)
    {
        var (random, goal) = (new NormalSource(750 + n), 0.5);
        // What is needed at the true spread of 1, for the observed difference.
        Share(2_000, () =>
        {
            var test = TTest.Paired(random.Values(n, goal, 1));
            var range = test.MoreRepeatsRange(0.8, 0.05, 1_000_000);
            var needed = Needed(test.Difference);
            return range.Low <= needed && needed <= (range.High ?? int.MaxValue);
        }).ShouldBeInRange(0.77, 0.87);

        int Needed(double difference)
        {
            for (var more = 2; more < 100_000; more = Math.Max(more + 1, more * 21 / 20))
                if (Power.Of(Math.Abs(difference) * Math.Sqrt(more), more - 1, 0.05) >= 0.8) return more;
            return 100_000;
        }
    }

    [Theory]
    [InlineData(5, 5, 0.0, 1, true)]
    [InlineData(10, 10, 1.0, 1, true)]
    [InlineData(10, 10, 2.5, 1, true)]
    [InlineData(5, 5, 0.0, 4, false)]
    [InlineData(5, 10, 0.5, 3, false)]
    [InlineData(10, 10, 1.0, 3, false)]
    [InlineData(10, 20, 2.0, 1, false)]
    public void A_95_percent_interval_covers_the_chance_to_win_in_at_least_94_percent(
        int n, int m, double shift, double spread, bool paired)
    {
        var random = new NormalSource(900 + n + m);
        var chance = Normal.CDF(0, 1, shift / Math.Sqrt(1 + (spread * spread)));
        Share(4_000, () =>
        {
            var (candidate, baseline) = (random.Values(n, shift, spread), random.Values(m, 0, 1));
            var found = paired
                ? WinChance.OfPairs(candidate, baseline, MetricGoal.Maximize, 0.05)
                : WinChance.OfAll(candidate, baseline, MetricGoal.Maximize, 0.05);
            return found.Interval.Contains(chance);
        }).ShouldBeGreaterThan(0.94);
    }

    [Theory]
    [InlineData(6, 0.3)]
    [InlineData(6, 0.8)]
    [InlineData(10, 0.3)]
    [InlineData(10, 0.5)]
    [InlineData(10, 0.8)]
    [InlineData(20, 0.4)]
    public void The_suggested_pairs_show_the_difference_in_80_percent_when_they_are_tested_alone(int n, double difference)
    {
        // The deviations that n values show when the true one is 1, each as likely as the others.
        Enumerable.Range(0, 200).Average(i =>
        {
            var spread = Math.Sqrt(ChiSquared.InvCDF(n - 1, (i + 0.5) / 200) / (n - 1));
            var more = TTest.Paired(Exactly(n, spread)).MoreRepeatsFor(difference, 0.8, 0.05, 1_000_000).ShouldNotBeNull();
            return Power.Of(difference * Math.Sqrt(more), more - 1, 0.05);
        }).ShouldBeInRange(0.78, 0.82);
    }

    [Fact]
    public void The_suggested_repeats_of_both_sides_show_the_difference_in_80_percent_when_they_are_tested_alone()
    {
        var random = new NormalSource(800);
        Enumerable.Range(0, 400).Average(_ =>
        {
            var test = TTest.Welch(random.Values(10, 0, 1), random.Values(8, 0, 2));
            var more = test.MoreRepeatsFor(1.2, 0.8, 0.05, 1_000_000).ShouldNotBeNull();
            return Power.Of(1.2 / Math.Sqrt(5.0 / more), 25 / 17.0 * (more - 1), 0.05);
        }).ShouldBeInRange(0.78, 0.82);
    }

    [Fact]
    public void A_comparison_tells_the_number_and_the_range_of_further_repeats()
    {
        double[] baseline = [.. Enumerable.Range(0, 10)];
        double[] candidate = [.. Exactly(10, 1).Zip(baseline, (difference, value) => value + difference + 0.5)];
        var comparison = Comparison.Between(SciPyReference.Repeats(candidate), SciPyReference.Repeats(baseline), MetricGoal.Maximize);
        comparison.DifferenceDeviation.ShouldNotBeNull().ShouldBe(1, 1e-12);
        var more = comparison.MoreRepeats.ShouldNotBeNull();
        // With a known spread it would be 34.
        more.ShouldBeInRange(36, 44);
        comparison.MoreRepeatsRange.ShouldNotBeNull().Low.ShouldBeLessThan(more);
        comparison.MoreRepeatsRange.Value.High.ShouldNotBeNull().ShouldBeGreaterThan(more);
    }

    /// <summary>An even number of values with mean 0 and exactly this sample deviation.</summary>
    private static double[] Exactly(int n, double deviation) =>
        [.. Enumerable.Range(0, n).Select(i => (i % 2 == 0 ? 1 : -1) * deviation * Math.Sqrt((n - 1.0) / n))];
}
