using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.SciPyReference;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class A_family_of_comparisons_is_corrected
{
    private static readonly double[] Baseline = [0.1, -0.4, 0.9, 0.3, -1.2, 0.6, -0.2, 0.5];
    private static readonly double[] Noise = [0.3, -0.5, 0.1, 0.8, -0.2, -0.7, 0.4, 0.2];

    [Fact]
    public void Adjusted_p_values_give_the_verdict()
    {
        var family = Family(0.42, 0.02, 2);
        var alone = new[] { 0.42, 0.02, 2 }.Select(shift => Between(shift)).ToArray();

        family.Select(one => one.PValue).ShouldBe(alone.Select(one => one.PValue));
        family.Select(one => one.AdjustedPValue!.Value).ShouldBe(Holm.Adjust([.. alone.Select(one => one.PValue!.Value)]), 1e-15);
        alone[0].Verdict.ShouldBe(Verdict.Better);
        family.Select(one => one.Verdict).ShouldBe([Verdict.NotShown, Verdict.NotShown, Verdict.Better]);
        family.Select(one => one.Level).ShouldBe([0.025, 0.025, 0.05 / 3], 1e-15);
        family[0].MoreRepeats.ShouldNotBeNull().ShouldBePositive();
    }

    [Fact]
    public void The_interval_excludes_zero_exactly_when_a_difference_is_shown()
    {
        var random = new SplitMix64(7);
        for (var i = 0; i < 200; i++)
        {
            foreach (var one in Family([.. Enumerable.Range(0, 5).Select(_ => 2 * random.NextDouble() - 0.7)]))
            {
                one.Interval!.Contains(0).ShouldBe(one.Verdict == Verdict.NotShown);
                (one.AdjustedPValue <= 0.05).ShouldBe(one.Verdict != Verdict.NotShown);
                one.MoreRepeats.ShouldNotBe(one.Verdict == Verdict.NotShown ? 0 : null);
            }
        }
    }

    [Fact]
    public void A_family_of_one_equals_a_single_comparison()
    {
        var (one, plain) = (Family(0.8)[0], Between(0.8));
        (one.Verdict, one.PValue, one.AdjustedPValue, one.Interval).ShouldBe((plain.Verdict, plain.PValue, plain.PValue, plain.Interval));
    }

    [Fact]
    public void An_untested_candidate_does_not_count_in_the_correction()
    {
        var family = Comparison.Family([Candidate(0.8), [new SeedValue(1, 3)], []], Repeats(Baseline), MetricGoal.Maximize);
        family[0].AdjustedPValue.ShouldBe(family[0].PValue);
        family.Skip(1).ShouldAllBe(one => one.Verdict == Verdict.NotShown && one.AdjustedPValue == null);
    }

    [Fact]
    public void A_family_without_candidates_is_empty() => Comparison.Family([], Repeats(Baseline), MetricGoal.Maximize).ShouldBeEmpty();

    private static SeedValue[] Candidate(double shift) => Repeats(Baseline.Zip(Noise, (value, noise) => value + noise + shift));

    private static Comparison Between(double shift) => Comparison.Between(Candidate(shift), Repeats(Baseline), MetricGoal.Maximize);

    private static IReadOnlyList<Comparison> Family(params double[] shifts) =>
        Comparison.Family([.. shifts.Select(Candidate)], Repeats(Baseline), MetricGoal.Maximize);
}
