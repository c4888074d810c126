using System.Text.Json;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Comparisons_agree_with_SciPy
{
    [Fact]
    public void Paired_comparisons_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("paired"))
        {
            var comparison = Compare(one, paired: true);
            ShouldAgree(comparison, one);
            comparison.PairsUsed.ShouldBe(one.Numbers("candidate").Length);
            comparison.PermutationIsExact.ShouldBeTrue();
        }
    }

    [Fact]
    public void Paired_comparisons_with_random_sign_flips_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("paired_large"))
        {
            var comparison = Compare(one, paired: true);
            ShouldAgree(comparison, one, permutationTolerance: 0.005);
            comparison.PermutationIsExact.ShouldBeFalse();
        }
    }

    [Fact]
    public void Welch_comparisons_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("welch"))
        {
            var comparison = Compare(one, paired: false);
            ShouldAgree(comparison, one);
            comparison.PairsUsed.ShouldBe(0);
            comparison.PermutationIsExact.ShouldBe(one.GetProperty("permutation").ValueKind != JsonValueKind.Null);
        }
    }

    [Fact]
    public void Comparisons_of_values_with_many_ties_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("binary")) ShouldAgree(Compare(one, paired: false), one);
    }

    [Fact]
    public void Welch_comparisons_with_random_splits_match_SciPy()
    {
        foreach (var one in SciPyReference.Cases("welch_large"))
        {
            var comparison = Compare(one, paired: false);
            ShouldAgree(comparison, one, permutationTolerance: 0.005);
            comparison.PermutationIsExact.ShouldBeFalse();
        }
    }

    private static Comparison Compare(JsonElement one, bool paired) => Comparison.Between(
        SciPyReference.Repeats(one.Numbers("candidate")),
        SciPyReference.Repeats(one.Numbers("baseline"), paired ? 1 : 1000),
        MetricGoal.Maximize);

    private static void ShouldAgree(Comparison comparison, JsonElement one, double permutationTolerance = 1e-12)
    {
        var scale = Math.Abs(one.Number("difference")) + one.Number("smallest");
        comparison.Difference.ShouldMatch(one.Number("difference"), scale);
        comparison.TStatistic.ShouldMatch(one.Number("t"), 1);
        comparison.DegreesOfFreedom.ShouldMatch(one.Number("df"));
        comparison.PValue.ShouldMatch(one.Number("p"));
        comparison.AllowsForSkew.ShouldBe(one.GetProperty("skewed").GetBoolean());
        comparison.Interval.ShouldNotBeNull().Low.ShouldMatch(one.Number("low"), scale);
        comparison.Interval.High.ShouldMatch(one.Number("high"), scale);
        comparison.SmallestDetectable!.Value.ShouldBe(one.Number("smallest"), 1e-6 * one.Number("smallest"));
        var shown = one.Number("p") <= 0.05;
        comparison.Verdict.ShouldBe(!shown ? Verdict.NotShown : one.Number("t") > 0 ? Verdict.Better : Verdict.Worse);
        comparison.Interval.Contains(0).ShouldBe(!shown);

        // The script tries each number up to 3000; null means that none is enough.
        if (one.GetProperty("more").ValueKind != JsonValueKind.Null) comparison.MoreRepeats.ShouldBe(one.GetProperty("more").GetInt32());
        else (comparison.MoreRepeats ?? int.MaxValue).ShouldBeGreaterThan(3000);

        if (one.GetProperty("permutation").ValueKind != JsonValueKind.Null)
            comparison.PermutationPValue!.Value.ShouldBe(one.Number("permutation"), permutationTolerance);
    }
}
