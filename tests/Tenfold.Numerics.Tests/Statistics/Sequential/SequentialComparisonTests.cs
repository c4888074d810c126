using Tenfold.Numerics.Statistics;
using Tenfold.Numerics.Statistics.Sequential;

namespace Tenfold.Numerics.Tests.Statistics.Sequential;

public sealed class SequentialComparisonTests
{
    [Fact]
    public void Equal_arms_have_the_interval_of_equation_9()
    {
        var comparison = Compare(Events(4000, 400), Events(4000, 520));
        var error = Math.Sqrt(0.1 * 0.9 / 3999 + 0.13 * 0.87 / 3999);
        comparison.Difference.ShouldMatch(0.03);
        comparison.EffectiveUnits.ShouldBe(8000, 1e-6);
        comparison.Interval!.Low.ShouldMatch(0.03 - new AsymptoticConfidenceSequence().Radius(error, 8000));
        comparison.Verdict.ShouldBe(SequentialVerdict.Better);
        comparison.PValue!.Value.ShouldBeLessThan(0.05);
        comparison.MoreUnits.ShouldBe(0);
    }

    [Theory]
    [InlineData(MetricGoal.Maximize, 700, SequentialVerdict.Better)]
    [InlineData(MetricGoal.Minimize, 700, SequentialVerdict.Worse)]
    [InlineData(MetricGoal.Maximize, 200, SequentialVerdict.Worse)]
    [InlineData(MetricGoal.Minimize, 200, SequentialVerdict.Better)]
    [InlineData(MetricGoal.Maximize, 405, SequentialVerdict.KeepGoing)]
    public void The_goal_says_which_way_is_better(MetricGoal goal, int ones, SequentialVerdict expected) =>
        SequentialComparison.Of([new(Events(4000, 400), Events(4000, ones))], goal).Verdict.ShouldBe(expected);

    [Fact]
    public void A_smaller_arm_counts_for_fewer_units() =>
        Compare(Events(9000, 900), Events(1000, 100)).EffectiveUnits.ShouldBe(4 * 9000 * 1000 / 10_000.0, 1e-6);

    [Theory]
    [InlineData(5000, 50, 20, 0)] // no event among few units is no sign of a smaller rate
    [InlineData(100_000, 1000, 900, 0)]
    [InlineData(19, 10, 19, 1)]
    [InlineData(0, 0, 500, 20)]
    public void Too_few_units_get_no_interval(int baseline, int ones, int candidate, int candidateOnes)
    {
        var comparison = Compare(Events(baseline, ones), Events(candidate, candidateOnes));
        comparison.Verdict.ShouldBe(SequentialVerdict.KeepGoing);
        comparison.Interval.ShouldBeNull();
        comparison.Difference.ShouldBeNull();
        var note = comparison.Notes.ShouldHaveSingleItem().ShouldBeOfType<SequentialNote.TooFewUnits>();
        note.Baseline.ShouldBe(baseline);
        note.Needed.ShouldBeGreaterThan(Math.Min(baseline, candidate));
    }

    [Fact]
    public void Equal_values_get_no_verdict()
    {
        var comparison = Compare(Events(500, 0), Events(500, 0));
        comparison.Verdict.ShouldBe(SequentialVerdict.KeepGoing);
        comparison.Interval.ShouldBeNull();
        comparison.Notes.ShouldBe([new SequentialNote.EqualUnits(0)]);
    }

    [Theory]
    [InlineData(30, SequentialVerdict.KeepGoing)]
    [InlineData(200, SequentialVerdict.Worse)]
    public void Arms_whose_values_are_equal_within_each_arm_need_more_than_a_few_units(int count, SequentialVerdict expected) =>
        Compare(Events(count, count), Events(count, 0)).Verdict.ShouldBe(expected);

    [Fact]
    public void A_busy_period_with_another_share_is_no_effect()
    {
        // Both arms score 0.1 at first, with a small candidate, and 0.3 later, with equal arms.
        ArmStratum[] strata = [new(Events(9000, 900), Events(1000, 100)), new(Events(5000, 1500), Events(5000, 1500))];
        SequentialComparison.Of(strata, MetricGoal.Maximize).Difference!.Value.ShouldBe(0, 1e-12);
        // Without strata the candidate would look better by far.
        var pooled = Compare(strata[0].Baseline.Join(strata[1].Baseline), strata[0].Candidate.Join(strata[1].Candidate));
        pooled.Verdict.ShouldBe(SequentialVerdict.Better);
    }

    [Fact]
    public void A_stratum_with_too_few_units_is_left_out()
    {
        var comparison = SequentialComparison.Of(
            [new(Events(4000, 400), Events(4000, 400)), new(Events(900, 90), Events(3, 3))], MetricGoal.Maximize);
        comparison.Notes.ShouldBe([new SequentialNote.StrataLeftOut(1, 900, 3)]);
        comparison.Difference!.Value.ShouldBe(0, 1e-12);
        comparison.Baseline.ShouldBe(4900);
    }

    [Theory]
    [InlineData(2000, 200, 2000, 230)]
    [InlineData(9000, 900, 1000, 110)]
    public void As_many_more_units_as_predicted_give_a_verdict(int baseline, int ones, int candidate, int candidateOnes)
    {
        var now = Compare(Events(baseline, ones), Events(candidate, candidateOnes));
        now.Verdict.ShouldBe(SequentialVerdict.KeepGoing);
        var times = 1 + now.MoreUnits!.Value / (baseline + candidate);
        UnitMoments Later(long count, long events) => Events((long)(count * times), (long)Math.Round(events * times));
        var later = Compare(Later(baseline, ones), Later(candidate, candidateOnes));
        later.Verdict.ShouldBe(SequentialVerdict.Better);
        // The prediction is for 8 times in 10, so the observed difference itself exceeds the radius by 0.84 standard errors.
        later.MoreUnits.ShouldBe(0);
    }

    [Fact]
    public void No_difference_has_no_prediction() => Compare(Events(2000, 200), Events(2000, 200)).MoreUnits.ShouldBeNull();

    [Fact]
    public void No_units_are_too_few_units()
    {
        var comparison = SequentialComparison.Of([], MetricGoal.Maximize);
        comparison.Notes.ShouldBe([new SequentialNote.TooFewUnits(0, 0, 20)]);
        comparison.EffectiveUnits.ShouldBe(0);
    }

    private static UnitMoments Events(long count, long ones) => UnitMoments.OfEvents(count, ones);

    private static SequentialComparison Compare(UnitMoments baseline, UnitMoments candidate) =>
        SequentialComparison.Of([new(baseline, candidate)], MetricGoal.Maximize);
}
