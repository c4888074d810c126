using System.Text.Json;
using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.SciPyReference;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Robust_statistics_agree_with_SciPy
{
    [Fact]
    public void Trimmed_means_are_tested_by_Yuens_test()
    {
        foreach (var (found, expected, _) in Compared(LocationStatistic.Trimmed))
        {
            found.Difference.ShouldMatch(expected.Number("difference"), 1);
            found.PValue.ShouldMatch(expected.Number("p"), 1);
            found.DegreesOfFreedom.ShouldMatch(expected.Number("df"));
            found.Interval!.Low.ShouldMatch(expected.Number("low"), 1);
            found.Interval!.High.ShouldMatch(expected.Number("high"), 1);
        }
    }

    [Fact]
    public void Medians_of_pairs_are_tested_by_signs_and_others_by_Price_and_Bonetts_errors()
    {
        foreach (var (found, expected, _) in Compared(LocationStatistic.Median))
        {
            found.Difference.ShouldMatch(expected.Number("difference"), 1);
            found.PValue.ShouldMatch(expected.Number("p"), 1);
            found.Interval!.Low.ShouldMatch(expected.Number("low"), 1);
            found.Interval!.High.ShouldMatch(expected.Number("high"), 1);
        }
    }

    [Fact]
    public void Interquartile_means_are_tested_by_a_bootstrap()
    {
        // Both sides draw at random: 4,999 and 20,000 draws.
        foreach (var (found, expected, _) in Compared(LocationStatistic.Iqm))
        {
            found.Difference.ShouldMatch(expected.Number("difference"), 1);
            found.PValue!.Value.ShouldBe(expected.Number("p"), 0.025);
            var half = (found.Interval!.High - found.Interval.Low) / 2;
            half.ShouldBe(expected.Number("margin"), 0.1 * half);
        }
    }

    [Fact]
    public void Locations_are_SciPys_trim_mean()
    {
        foreach (var expected in RobustCases("locations"))
        {
            var values = expected.Numbers("values");
            CentralValue.Of(values, LocationStatistic.Trimmed).Value.ShouldMatch(expected.Number("trimmed"), 1);
            CentralValue.Of(values, LocationStatistic.Iqm).Value.ShouldMatch(expected.Number("iqm"), 1);
            CentralValue.Of(values, LocationStatistic.Mean).Value.ShouldMatch(values.Average(), 1);
            CentralValue.Of(values, LocationStatistic.Median).Value.ShouldBe(Summary.Of(values).Median);
        }
    }

    [Theory]
    [InlineData(LocationStatistic.Trimmed)]
    [InlineData(LocationStatistic.Median)]
    [InlineData(LocationStatistic.Iqm)]
    public void The_interval_excludes_zero_exactly_when_a_difference_is_shown(LocationStatistic statistic)
    {
        var shown = 0;
        foreach (var (found, _, _) in Compared(statistic))
        {
            (found.Verdict == Verdict.NotShown).ShouldBe(found.Interval!.Contains(0));
            shown += found.Verdict == Verdict.NotShown ? 0 : 1;
        }

        shown.ShouldBeInRange(2, 8);
    }

    [Theory]
    [InlineData(LocationStatistic.Trimmed)]
    [InlineData(LocationStatistic.Median)]
    [InlineData(LocationStatistic.Iqm)]
    public void Margins_are_tested_in_the_same_statistic(LocationStatistic statistic)
    {
        foreach (var (found, _, repeats) in Compared(statistic))
        {
            // The far end of the one-sided interval is the margin that is just shown.
            var options = new ComparisonOptions { Statistic = statistic, Alpha = 0.1, PermutationDraws = 0 };
            var (low, _) = Comparison.Between(repeats.Candidate, repeats.Baseline, MetricGoal.Maximize, options).Interval!;
            foreach (var (factor, isShown) in new[] { (1.01, true), (0.99, false) })
            {
                if (low >= 0) continue;
                var margin = options with { Margin = -low * factor, Alpha = 0.05 };
                var result = Comparison.Between(repeats.Candidate, repeats.Baseline, MetricGoal.Maximize, margin).Margin!;
                result.IsNoWorse.ShouldBe(isShown, $"{found.Method} {low} {factor}");
            }
        }
    }

    private static IEnumerable<(Comparison Found, JsonElement Expected, (SeedValue[] Candidate, SeedValue[] Baseline) Repeats)> Compared(
        LocationStatistic statistic)
    {
        foreach (var one in RobustCases("cases"))
        {
            var isPaired = one.GetProperty("paired").GetBoolean();
            var (candidate, baseline) = (Repeats(one.Numbers("candidate")), Repeats(one.Numbers("baseline"), isPaired ? 1 : 1000));
            var found = Comparison.Between(
                candidate, baseline, MetricGoal.Maximize, new() { Statistic = statistic, Plans = false, PermutationDraws = 0 });
            (found.Method == ComparisonMethod.Paired).ShouldBe(isPaired);
            yield return (found, one.GetProperty(statistic.ToString().ToLowerInvariant()), (candidate, baseline));
        }
    }
}
