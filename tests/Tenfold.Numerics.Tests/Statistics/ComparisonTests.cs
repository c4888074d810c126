using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.SciPyReference;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class ComparisonTests
{
    private static readonly double[] Low = [0.90, 0.91, 0.89, 0.905, 0.895, 0.91, 0.90];
    private static readonly double[] High = [0.93, 0.935, 0.925, 0.93, 0.92, 0.94, 0.925];

    [Theory]
    [InlineData(MetricGoal.Maximize, Verdict.Better, Verdict.Worse)]
    [InlineData(MetricGoal.Minimize, Verdict.Worse, Verdict.Better)]
    public void The_goal_determines_which_side_is_better(MetricGoal goal, Verdict higher, Verdict lower)
    {
        foreach (var firstSeed in new[] { 1, 1000 })
        {
            Comparison.Between(Repeats(High), Repeats(Low, firstSeed), goal).Verdict.ShouldBe(higher);
            Comparison.Between(Repeats(Low), Repeats(High, firstSeed), goal).Verdict.ShouldBe(lower);
        }
    }

    [Fact]
    public void A_shown_difference_needs_no_more_repeats_and_its_interval_excludes_zero()
    {
        var comparison = Comparison.Between(Repeats(High), Repeats(Low), MetricGoal.Maximize);
        comparison.MoreRepeats.ShouldBe(0);
        comparison.Interval!.Contains(0).ShouldBeFalse();
        comparison.Notes.ShouldBeEmpty();
        (comparison.Level, comparison.Confidence, comparison.AdjustedPValue).ShouldBe((0.05, 0.95, null));
    }

    [Fact]
    public void The_order_of_repeats_does_not_matter()
    {
        var one = Comparison.Between(Repeats(High), Repeats(Low), MetricGoal.Maximize);
        var other = Comparison.Between([.. Repeats(High).Reverse()], Repeats(Low), MetricGoal.Maximize);
        (other.TStatistic, other.PValue, other.PermutationPValue).ShouldBe((one.TStatistic, one.PValue, one.PermutationPValue));
    }

    [Fact]
    public void Equal_values_give_equal_permutation_p_values()
    {
        double[] values = [.. Enumerable.Range(0, 30).Select(i => Math.Sin(i))];
        Comparison Run(long seed) => Comparison.Between(
            Repeats(values.Select(value => value + 0.1)),
            Repeats(values, 1000),
            MetricGoal.Maximize,
            new() { PermutationDraws = 999, PermutationSeed = seed });
        Run(1).PermutationPValue.ShouldBe(Run(1).PermutationPValue);
        Run(1).PermutationPValue.ShouldNotBe(Run(2).PermutationPValue);
    }

    [Fact]
    public void A_difference_of_zero_has_no_number_of_repeats()
    {
        var comparison = Comparison.Between(Repeats(1, 2, 3, 4, 5, 6), Repeats([6, 5, 4, 3, 2, 1], 1000), MetricGoal.Maximize);
        comparison.Difference.ShouldBe(0);
        (comparison.Verdict, comparison.PValue, comparison.PermutationPValue, comparison.MoreRepeats)
            .ShouldBe((Verdict.NotShown, 1, 1, null));
    }

    [Fact]
    public void A_difference_that_needs_more_than_a_million_repeats_has_no_number_of_repeats()
    {
        var comparison = Comparison.Between(Repeats(1, 2, 3, 4, 5, 6), Repeats([1, 2, 3, 4, 5, 6.0001], 1000), MetricGoal.Maximize);
        comparison.MoreRepeats.ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    public void A_side_with_one_run_can_not_be_tested(int n, int other)
    {
        var comparison = Comparison.Between(Repeats(Enumerable.Repeat(0.99, n)), Repeats(Enumerable.Repeat(0.5, other)),
            MetricGoal.Maximize);
        (comparison.Verdict, comparison.Method, comparison.PValue, comparison.PermutationPValue)
            .ShouldBe((Verdict.NotShown, null, null, null));
        comparison.Interval.ShouldBeNull();
        (comparison.SmallestDetectable, comparison.MoreRepeats).ShouldBe((null, null));
        comparison.Difference.HasValue.ShouldBe(n > 0 && other > 0);
        comparison.Notes.ShouldContain(new ComparisonNote.TooFewToTest(n, other));
    }

    [Theory]
    [InlineData(0.1, 0.1, ZeroSpreadKind.Both)]
    [InlineData(0.9528, 0.9511, ZeroSpreadKind.Both)]
    [InlineData(0.9528, null, ZeroSpreadKind.Candidate)]
    [InlineData(null, 0.9511, ZeroSpreadKind.Baseline)]
    public void A_side_of_equal_values_is_not_tested(double? candidate, double? baseline, ZeroSpreadKind kind)
    {
        var varied = Enumerable.Range(0, 10).Select(i => 0.5 + (i * 0.01));
        foreach (var firstSeed in new[] { 0, 1000 })
        {
            var comparison = Comparison.Between(
                Repeats(candidate is { } one ? Enumerable.Repeat(one, 10) : varied),
                Repeats(baseline is { } other ? Enumerable.Repeat(other, 10) : varied, firstSeed), MetricGoal.Maximize);
            (comparison.Verdict, comparison.Method, comparison.PValue, comparison.PermutationPValue, comparison.MoreRepeats)
                .ShouldBe((Verdict.NotShown, null, null, null, null));
            comparison.Difference.ShouldNotBeNull().ShouldBe((candidate ?? 0.545) - (baseline ?? 0.545), 1e-12);
            comparison.Interval.ShouldBeNull();
            comparison.Notes.ShouldContain(new ComparisonNote.ZeroSpread(kind, PermutationDecides: false));
        }
    }

    [Theory]
    [InlineData(1e-9, 1e-9)]
    [InlineData(5e-8, 5e-8)]
    [InlineData(1e-12, 1e-3)]
    [InlineData(1e-3, 1e-9)]
    public void A_side_whose_values_differ_by_floating_point_noise_is_not_tested(double noise, double other)
    {
        foreach (var firstSeed in new[] { 1, 1000 })
        {
            foreach (var scale in new[] { 1.0, 1e-6, 1e6 })
            {
                var comparison = Comparison.Between(
                    Repeats(Noisy(0.9528, noise).Select(value => value * scale)),
                    Repeats(Noisy(0.9511, other).Reverse().Select(value => value * scale), firstSeed), MetricGoal.Maximize);
                (comparison.Verdict, comparison.Method, comparison.PValue).ShouldBe((Verdict.NotShown, null, null));
                comparison.Notes.ShouldContain(new ComparisonNote.ZeroSpread(ZeroSpreadKind.Jitter, PermutationDecides: false));
            }
        }
    }

    [Theory]
    [InlineData(1e-6, 1.0018)]
    [InlineData(1e-9, 1.00000005)]
    public void Small_differences_that_are_no_noise_are_tested(double spread, double factor) => Comparison.Between(
        Repeats(Noisy(0.95, spread).Select(value => value * factor)), Repeats(Noisy(0.95, spread).Reverse(), 1000), MetricGoal.Maximize)
        .Verdict.ShouldBe(Verdict.Better);

    [Fact]
    public void A_side_of_equal_values_does_not_count_in_a_family()
    {
        var varied = Repeats([.51, .52, .53, .54, .55, .56]);
        var better = Repeats([.56, .58, .57, .60, .59, .61]);
        var family = Comparison.Family([better, Repeats(Enumerable.Repeat(0.7, 6))], varied, MetricGoal.Maximize);
        family[0].AdjustedPValue.ShouldBe(family[0].PValue);
        (family[1].Verdict, family[1].AdjustedPValue).ShouldBe((Verdict.NotShown, null));
    }

    [Theory]
    [InlineData(5, Verdict.NotShown, 0.0625)]
    [InlineData(6, Verdict.Better, 0.03125)]
    public void Without_spread_the_permutation_test_decides(int n, Verdict verdict, double p)
    {
        // 0.3 − 0.1 and 0.2 differ in binary, which is rounding and not spread.
        double[] baseline = [.. Enumerable.Range(1, n).Select(i => i * 0.1)];
        var comparison = Comparison.Between(Repeats(baseline.Select(value => value + 0.3)), Repeats(baseline), MetricGoal.Maximize);
        (comparison.Verdict, comparison.PValue, comparison.TStatistic, comparison.PermutationPValue).ShouldBe((verdict, null, null, p));
        comparison.SmallestDetectable.ShouldBeNull();
        comparison.MoreRepeats.ShouldBe(verdict == Verdict.Better ? 0 : null);
        comparison.Notes.ShouldBe([new ComparisonNote.ZeroSpread(ZeroSpreadKind.ConstantDifference, PermutationDecides: true)]);
    }

    [Theory]
    [InlineData(1e6, 1e-5)]
    [InlineData(1e9, 1e-5)]
    [InlineData(1e12, 2e-2)]
    public void A_small_difference_of_large_values_is_no_rounding(double offset, double difference)
    {
        double[] factors = [1, 0.8, 1.2, 1.1, 0.9, 1, 1.3, 0.7, 1, 1];
        double[] baseline = [.. Enumerable.Range(0, 10).Select(i => offset + i)];
        var comparison = Comparison.Between(
            Repeats(baseline.Zip(factors, (value, factor) => value + (factor * difference))), Repeats(baseline), MetricGoal.Maximize);
        comparison.Verdict.ShouldBe(Verdict.Better);
        comparison.PValue.ShouldNotBeNull().ShouldBeLessThan(1e-6);
        comparison.PermutationPValue.ShouldBe(2 / 1024.0);
        comparison.Notes.ShouldBeEmpty();
    }

    [Fact]
    public void Means_of_large_values_lose_no_bits_unpaired()
    {
        // Multiples of a power of two, so that the sums are exact without the offset.
        var unit = Math.ScaleB(1, -20);
        double[] candidate = [.. Enumerable.Range(0, 10).Select(i => (i % 3 + 5) * unit)];
        double[] baseline = [.. Enumerable.Range(0, 10).Select(i => (i % 4) * unit)];
        var plain = Comparison.Between(Repeats(candidate), Repeats(baseline, 1000), MetricGoal.Maximize);
        var shifted = Comparison.Between(
            Repeats(candidate.Select(value => value + 1e9)), Repeats(baseline.Select(value => value + 1e9), 1000), MetricGoal.Maximize);
        shifted.TStatistic.ShouldMatch(plain.TStatistic!.Value);
        shifted.PValue.ShouldMatch(plain.PValue!.Value);
        shifted.PermutationPValue.ShouldBe(plain.PermutationPValue);
    }

    [Fact]
    public void A_value_far_out_is_noted()
    {
        double[] good = [0.951, 0.949, 0.95, 0.952, 0.948, 0.953, 0.947, 0.951, 0.949];
        var comparison = Comparison.Between(Repeats([.. good, 0.1]), Repeats([.. good, 0.95], 1000), MetricGoal.Maximize);
        comparison.Notes.ShouldContain(new ComparisonNote.FarOut(1, 10, 0, 10) { Recommended = LocationStatistic.Trimmed });
        // The chance to win hardly notices it.
        comparison.ChanceToWin.ShouldNotBeNull().Estimate.ShouldBeInRange(0.4, 0.5);
        Comparison.Between(Repeats([.. good, 0.94]), Repeats([.. good, 0.95], 1000), MetricGoal.Maximize).Notes
            .OfType<ComparisonNote.FarOut>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(MetricGoal.Maximize, 0.7)]
    [InlineData(MetricGoal.Minimize, 0.3)]
    public void The_chance_to_win_counts_a_tie_as_a_half(MetricGoal goal, double chance)
    {
        var comparison = Comparison.Between(Repeats([2, 3, 4, 5, 1]), Repeats([1, 2, 3, 5, 2]), goal);
        comparison.ChanceToWin.ShouldNotBeNull().Estimate.ShouldBe(chance, 1e-12);
    }

    [Fact]
    public void The_chance_to_win_has_the_interval_of_Clopper_and_Pearson()
    {
        // scipy.stats.binomtest(8, 10).proportion_ci(): 0.44390, 0.97479; of 10 of 10: 0.69150, 1.
        double[] baseline = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        var interval = WinChance.OfPairs([2, 2, 2, 2, 2, 2, 2, 2, 0, 0], baseline, MetricGoal.Maximize, 0.05).Interval;
        interval.Low.ShouldBe(0.44390, 1e-5);
        interval.High.ShouldBe(0.97479, 1e-5);
        WinChance.OfPairs([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], baseline, MetricGoal.Maximize, 0.05).Interval.Low
            .ShouldBe(0.69150, 1e-5);
    }

    [Fact]
    public void Equal_groups_have_no_constant_difference_note()
    {
        var comparison = Comparison.Between(Repeats([1, 2, 3, 4, 5, 6]), Repeats([1, 2, 3, 4, 5, 6]), MetricGoal.Maximize);
        comparison.Verdict.ShouldBe(Verdict.NotShown);
        comparison.Notes.ShouldBe([new ComparisonNote.ZeroSpread(ZeroSpreadKind.EqualPairs, PermutationDecides: true)]);
    }

    [Fact]
    public void Without_permutation_draws_values_without_spread_get_no_verdict()
    {
        var comparison = Comparison.Between(
            Repeats(Enumerable.Repeat(1.0, 9)), Repeats(Enumerable.Repeat(2.0, 9)), MetricGoal.Minimize, new() { PermutationDraws = 0 });
        (comparison.Verdict, comparison.PermutationPValue, comparison.MoreRepeats).ShouldBe((Verdict.NotShown, null, null));
    }

    [Theory]
    [InlineData(1e300)]
    [InlineData(double.MaxValue / 20)]
    [InlineData(1e-300)]
    public void The_unit_of_the_values_does_not_change_the_verdict(double unit)
    {
        foreach (var firstSeed in new[] { 1, 1000 })
        {
            Comparison At(double factor) => Comparison.Between(
                Repeats(High.Select(value => value * factor)), Repeats(Low.Select(value => value * factor), firstSeed),
                MetricGoal.Maximize);
            var (plain, scaled) = (At(1), At(unit));
            scaled.Verdict.ShouldBe(plain.Verdict);
            scaled.TStatistic.ShouldMatch(plain.TStatistic!.Value);
            scaled.PermutationPValue.ShouldBe(plain.PermutationPValue);
            (scaled.SmallestDetectable / unit).ShouldMatch(plain.SmallestDetectable!.Value);
        }
    }

    [Fact]
    public void Extreme_values_give_neither_NaN_nor_infinity()
    {
        double[] wild = [double.MaxValue, -double.MaxValue, 1, 0, double.Epsilon, 0.5];
        double[] tiny = [double.Epsilon, 0, 2 * double.Epsilon, 0, double.Epsilon, 3 * double.Epsilon];
        foreach (var (one, other) in new[] { (wild, tiny), (wild, Low[..6]), (tiny, wild), (tiny, [.. tiny.Reverse()]), (tiny, Low[..6]) })
        {
            foreach (var firstSeed in new[] { 1, 1000 })
            {
                var comparison = Comparison.Between(Repeats(one), Repeats(other, firstSeed), MetricGoal.Maximize);
                double?[] numbers =
                [
                    comparison.Difference, comparison.Interval?.Low, comparison.Interval?.High, comparison.TStatistic, comparison.PValue,
                    comparison.PermutationPValue, comparison.SmallestDetectable, comparison.DegreesOfFreedom, comparison.Candidate!.Mean,
                    comparison.Candidate.StandardDeviation, comparison.Candidate.Interval!.Low, comparison.Baseline!.StandardDeviation,
                ];
                numbers.ShouldAllBe(number => number == null || double.IsFinite(number.Value));
            }
        }
    }

    private static double[] Noisy(double value, double spread) =>
        [.. Enumerable.Range(0, 10).Select(i => value * (1 + (spread * Math.Sin(7 * i))))];

    [Fact]
    public void Options_out_of_range_are_rejected()
    {
        foreach (var options in new ComparisonOptions[]
        {
            new() { Alpha = 0 }, new() { Alpha = 1 }, new() { Alpha = double.NaN }, new() { Power = 1 }, new() { Power = 0.05 },
            new() { PermutationDraws = -1 },
        })
        {
            Should.Throw<ArgumentOutOfRangeException>(() => Comparison.Between(Repeats(High), Repeats(Low), MetricGoal.Maximize, options));
        }
    }
}
