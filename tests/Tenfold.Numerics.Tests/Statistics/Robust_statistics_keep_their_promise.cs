using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.Simulation;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Robust_statistics_keep_their_promise
{
    [Theory]
    [InlineData(5, true)]
    [InlineData(10, true)]
    [InlineData(20, true)]
    [InlineData(5, false)]
    [InlineData(10, false)]
    [InlineData(20, false)]
    public void The_trimmed_means_interval_covers_in_93_percent_with_one_run_in_ten_diverged(int n, bool paired)
    {
        var random = new NormalSource(3000 + n);
        Share(2_000, () => Compare(random, n, paired, LocationStatistic.Trimmed).Interval!.Contains(0)).ShouldBeGreaterThan(0.93);
    }

    // The sizes are small here; bench/statistics has 20,000 cases of each.
    [Theory]
    [InlineData(10, true)]
    [InlineData(10, false)]
    public void The_recommendation_keeps_the_rate_of_false_verdicts(int n, bool paired)
    {
        foreach (var bad in new[] { 0, 0.1 })
        {
            var random = new NormalSource(3100 + n);
            Share(3_000, () =>
            {
                var (candidate, baseline) = Sides(random, n, paired, bad);
                var first = Between(candidate, baseline, paired);
                var recommended = first.Notes.OfType<ComparisonNote.FarOut>().FirstOrDefault()?.Recommended;
                var last = recommended is { } other ? With(candidate, baseline, paired, other) : first;
                return last.Verdict != Verdict.NotShown;
            }).ShouldBeLessThan(0.065);
        }
    }

    [Theory]
    [InlineData(LocationStatistic.Median, 10, true)]
    [InlineData(LocationStatistic.Median, 10, false)]
    [InlineData(LocationStatistic.Iqm, 10, true)]
    [InlineData(LocationStatistic.Iqm, 10, false)]
    public void Other_statistics_cover_in_93_percent_too(LocationStatistic statistic, int n, bool paired)
    {
        var random = new NormalSource(3200 + n);
        // A bootstrap takes ten milliseconds.
        var times = statistic == LocationStatistic.Iqm ? 150 : 2_000;
        Share(times, () => Compare(random, n, paired, statistic).Interval!.Contains(0))
            .ShouldBeGreaterThan(statistic == LocationStatistic.Iqm ? 0.9 : 0.93);
    }

    [Fact]
    public void A_diverged_run_does_not_hide_a_difference_of_the_others()
    {
        double[] baseline = [.950, .951, .949, .9505, .9495, .9512, .9488, .9503, .9497, .95];
        double[] candidate = [.960, .9608, .959, .1, .9594, .9607, .9602, .9596, .9605, .9611];
        Between(candidate, baseline, paired: true).Verdict.ShouldBe(Verdict.NotShown);
        foreach (var statistic in new[] { LocationStatistic.Trimmed, LocationStatistic.Median, LocationStatistic.Iqm })
            With(candidate, baseline, paired: true, statistic).Verdict.ShouldBe(Verdict.Better, $"{statistic}");
        var note = Between(candidate, baseline, paired: true).Notes.OfType<ComparisonNote.FarOut>().ShouldHaveSingleItem();
        note.Recommended.ShouldBe(LocationStatistic.Trimmed);
    }

    [Fact]
    public void Values_that_trimming_leaves_equal_are_not_tested()
    {
        var found = With([1, 1, 1, 1, 2], [3, 3, 3, 3, 4], paired: true, LocationStatistic.Trimmed);
        found.Method.ShouldBeNull();
        found.Notes.OfType<ComparisonNote.ZeroSpread>().ShouldHaveSingleItem().Kind.ShouldBe(ZeroSpreadKind.Kept);
        found.Difference.ShouldBe(-2);
    }

    [Fact]
    public void A_median_of_five_pairs_has_no_interval_and_shows_nothing()
    {
        var found = With([1, 2, 3, 4, 5], [0.9, 1.8, 2.7, 3.6, 4.4], paired: true, LocationStatistic.Median);
        found.Interval.ShouldBeNull();
        found.Verdict.ShouldBe(Verdict.NotShown);
        found.PValue!.Value.ShouldBe(0.0625, 1e-12);
    }

    [Fact]
    public void Overlapping_splits_have_means_only()
    {
        var options = new ComparisonOptions { Statistic = LocationStatistic.Trimmed, TestFraction = 0.2 };
        Should.Throw<ArgumentOutOfRangeException>(() => Comparison.Between([], [], MetricGoal.Maximize, options));
    }

    private static Comparison Compare(NormalSource random, int n, bool paired, LocationStatistic statistic)
    {
        var (candidate, baseline) = Sides(random, n, paired, 0.1);
        return With(candidate, baseline, paired, statistic);
    }

    private static (double[] Candidate, double[] Baseline) Sides(NormalSource random, int n, bool paired, double bad)
    {
        var common = random.Values(n, 0, paired ? 1 : 0);
        return (Side(), Side());

        double[] Side() =>
        [
            .. random.Values(n, 0, 1).Zip(common, (value, shared) =>
                random.NextUniform() < bad ? -60 - 200 * random.NextUniform() : value + shared),
        ];
    }

    private static Comparison With(double[] candidate, double[] baseline, bool paired, LocationStatistic statistic) =>
        Comparison.Between(
            SciPyReference.Repeats(candidate), SciPyReference.Repeats(baseline, paired ? 1 : 1000), MetricGoal.Maximize,
            TestsOnly with { Statistic = statistic });
}
