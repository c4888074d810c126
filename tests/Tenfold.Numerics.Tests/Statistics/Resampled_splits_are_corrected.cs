using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Resampled_splits_are_corrected
{
    // 200 cases with the difference of two equally good models on each; each run tests on a fifth, which its seed chooses.
    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(30)]
    public void Declared_splits_give_few_false_verdicts_and_undeclared_ones_many(int repeats)
    {
        var random = new NormalSource(21);
        var (declared, undeclared) = (0, 0);
        const int Times = 2_000;
        for (var i = 0; i < Times; i++)
        {
            var cases = random.Values(200, 0, 1);
            double[] differences = [.. Enumerable.Range(0, repeats).Select(_ => MeanOfFifth(cases, random) + random.Values(1, 0, 0.03)[0])];
            declared += TTest.Paired(differences, 0.2 / 0.8).PValue <= 0.05 ? 1 : 0;
            undeclared += TTest.Paired(differences).PValue <= 0.05 ? 1 : 0;
        }

        (declared / (double)Times).ShouldBeLessThanOrEqualTo(0.06 + 0.015);
        (undeclared / (double)Times).ShouldBeGreaterThan(0.12);
    }

    [Fact]
    public void The_variance_of_a_mean_has_the_overlap_added()
    {
        double[] values = [1, 2, 4, 3, 6];
        var (plain, corrected) = (Summary.Of(values), Summary.Of(values, 0.95, 0.2));
        var factor = Math.Sqrt((0.2 + 0.25) / 0.2);
        (corrected.Interval!.High - corrected.Mean).ShouldBe(factor * (plain.Interval!.High - plain.Mean), 1e-12);
        SeedValue[] candidate = [.. values.Select((value, i) => new SeedValue(i, value))];
        SeedValue[] baseline = [.. candidate.Select(run => run with { Value = run.Value * 0.7 })];
        var (independent, resampled) = (Compare(null), Compare(0.2));
        resampled.TStatistic!.Value.ShouldBe(independent.TStatistic!.Value / factor, 1e-12);
        (resampled.PermutationPValue, resampled.ChanceToWin).ShouldBe((null, null));
        resampled.Notes.ShouldContain(new ComparisonNote.Resampled(0.2));
        Should.Throw<ArgumentOutOfRangeException>(() => Compare(1));

        Comparison Compare(double? fraction) =>
            Comparison.Between(candidate, baseline, MetricGoal.Maximize, new() { TestFraction = fraction });
    }

    // scipy.stats.fisher_exact and scipy.stats.binomtest(…).proportion_ci(method="exact").
    [Theory]
    [InlineData(3, 10, 0, 10, 0.21052631578947367)]
    [InlineData(5, 10, 0, 10, 0.03250773993808051)]
    [InlineData(1, 4, 3, 4, 0.48571428571428565)]
    [InlineData(2, 10, 2, 10, 1)]
    public void Rates_are_compared_by_Fishers_exact_test(int one, int of, int other, int among, double expected) =>
        RateComparison.Between(Rate.Estimate(one, of), Rate.Estimate(other, among)).PValue.ShouldBe(expected, 1e-9);

    [Fact]
    public void A_rate_has_its_exact_interval()
    {
        Rate.Estimate(0, 10).Interval.ShouldSatisfyAllConditions(
            ends => ends.Low.ShouldBe(0), ends => ends.High.ShouldBe(1 - Math.Pow(0.025, 0.1), 1e-9));
        Rate.Estimate(10, 10).Interval.Low.ShouldBe(Math.Pow(0.025, 0.1), 1e-9);
    }

    private static double MeanOfFifth(double[] cases, NormalSource random)
    {
        var order = cases.ToArray();
        for (var i = 0; i < 40; i++)
        {
            var other = i + (int)(random.NextUniform() * (order.Length - i));
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order.AsSpan(0, 40).ToArray().Average();
    }
}
