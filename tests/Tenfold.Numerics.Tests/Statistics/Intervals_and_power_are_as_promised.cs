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
        // The planning formula at the true spread, which values at ± one deviation have exactly.
        var plan = TTest.Welch(Exactly(n, spread), Exactly(m, 1));
        var smallest = Power.Noncentrality(0.8, plan.DegreesOfFreedom, 0.05) * plan.StandardError;
        Share(20_000, () => TTest.Welch(random.Values(n, smallest, spread), random.Values(m, 0, 1)).PValue <= 0.05)
            .ShouldBeInRange(0.79, 0.81);
    }

    [Fact]
    public void With_the_suggested_repeats_the_difference_shows_in_80_percent()
    {
        // Ten pairs with a mean of 0.5 and a deviation of exactly 1.
        double[] baseline = [.. Enumerable.Range(0, 10)];
        double[] candidate = [.. Exactly(10, 1).Zip(baseline, (difference, value) => value + difference + 0.5)];
        var more = Between(candidate, baseline, paired: true).MoreRepeats.ShouldNotBeNull();
        var random = new NormalSource(800);
        Share(20_000, () => TTest.Paired(random.Values(10 + more, 0.5, 1)).PValue <= 0.05).ShouldBeInRange(0.80, 0.82);
    }

    /// <summary>An even number of values with mean 0 and exactly this sample deviation.</summary>
    private static double[] Exactly(int n, double deviation) =>
        [.. Enumerable.Range(0, n).Select(i => (i % 2 == 0 ? 1 : -1) * deviation * Math.Sqrt((n - 1.0) / n))];
}
