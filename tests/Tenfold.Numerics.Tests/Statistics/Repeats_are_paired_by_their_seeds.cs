using Tenfold.Numerics.Statistics;

using static Tenfold.Numerics.Tests.Statistics.SciPyReference;

namespace Tenfold.Numerics.Tests.Statistics;

public sealed class Repeats_are_paired_by_their_seeds
{
    private static readonly double[] Ten = [1, 2, 4, 3, 6, 5, 8, 7, 10, 9];

    [Fact]
    public void Matching_seeds_are_paired() => Between(Repeats(Ten), Repeats(Ten.Reverse())).Method.ShouldBe(ComparisonMethod.Paired);

    [Fact]
    public void Unmatched_seeds_give_a_Welch_comparison_with_a_note()
    {
        foreach (var firstSeed in new[] { 1000, 2, 9 })
        {
            var comparison = Between(Repeats(Ten), Repeats(Ten.Reverse(), firstSeed));
            (comparison.Method, comparison.PairsUsed).ShouldBe((ComparisonMethod.Welch, 0));
            comparison.Notes.ShouldHaveSingleItem().ShouldBeOfType<ComparisonNote.SeedsDiffer>()
                .MissingOnBaseline.ShouldBe(Math.Min(10, firstSeed - 1));
        }
    }

    [Fact]
    public void Repeated_seeds_prevent_pairing()
    {
        SeedValue[] twice = [.. Repeats(Ten), new(1, 5)];
        Between(twice, Repeats(Ten)).Method.ShouldBe(ComparisonMethod.Welch);
    }

    [Fact]
    public void Failed_repeats_are_left_out_of_the_pairs_and_noted()
    {
        var candidate = Repeats(Ten);
        candidate[2] = candidate[2] with { Value = null };
        candidate[3] = candidate[3] with { Value = double.NaN };
        var baseline = Repeats(Ten.Reverse());
        baseline[9] = baseline[9] with { Value = double.PositiveInfinity };

        var comparison = Between(candidate, baseline);

        (comparison.Method, comparison.PairsUsed, comparison.Candidate!.N, comparison.Baseline!.N)
            .ShouldBe((ComparisonMethod.Paired, 7, 8, 9));
        comparison.Notes.ShouldBe([new ComparisonNote.FailedRepeats(2, 10, 1, 10), new ComparisonNote.LeftOut(1, 2)]);
    }

    [Fact]
    public void A_group_with_fewer_repeats_is_paired_with_the_matching_repeats()
    {
        var comparison = Between(Repeats(Ten[..6]), Repeats(Ten.Reverse()));
        comparison.PairsUsed.ShouldBe(6);
        comparison.Difference.ShouldMatch(Ten[..6].Average() - Ten.Reverse().Take(6).Average());
        comparison.Notes.ShouldContain(new ComparisonNote.LeftOut(0, 4));
    }

    [Fact]
    public void A_single_pair_prevents_pairing()
    {
        SeedValue[] candidate = [new(1, 1), new(2, 2), new(3, null)];
        SeedValue[] baseline = [new(1, null), new(2, 1), new(3, 2)];
        Between(candidate, baseline).Method.ShouldBe(ComparisonMethod.Welch);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Fewer_than_five_repeats_give_a_note(int n, bool said)
    {
        Between(Repeats(Ten[..n]), Repeats(Ten.Reverse().Take(n))).Notes.Contains(new ComparisonNote.FewRepeats(n, n, n)).ShouldBe(said);
        Between(Repeats(Ten[..n]), Repeats(Ten.Reverse(), 1000)).Notes.Contains(new ComparisonNote.FewRepeats(n, 10, null)).ShouldBe(said);
    }

    [Fact]
    public void Seeds_that_are_shared_in_part_are_counted()
    {
        var comparison = Between(Repeats(Ten[..8]), Repeats(Ten, 5));
        comparison.Method.ShouldBe(ComparisonMethod.Welch);
        comparison.Notes.OfType<ComparisonNote.SeedsDiffer>().ShouldHaveSingleItem()
            .ShouldBe(new ComparisonNote.SeedsDiffer { Shared = 4, MissingOnBaseline = 4, MissingOnCandidate = 6 });
    }

    [Theory]
    [InlineData(8, 10, 5)]
    [InlineData(10, 10, 6)]
    [InlineData(12, 5, 9)]
    [InlineData(5, 40, 4)]
    public void Running_as_many_seeds_as_the_note_says_gives_pairs(int candidates, int baselines, int firstOfBaseline)
    {
        var candidate = Repeats(Enumerable.Range(1, candidates).Select(i => i % 5 + i / 10.0));
        var baseline = Repeats(Enumerable.Range(1, baselines).Select(i => i % 4 + i / 7.0), firstOfBaseline);
        var note = Between(candidate, baseline).Notes.OfType<ComparisonNote.SeedsDiffer>().ShouldHaveSingleItem();
        var missing = candidate.Select(one => one.Seed).Except(baseline.Select(one => one.Seed)).ToArray();
        missing.Length.ShouldBe(note.MissingOnBaseline);
        var grown = Between(candidate, [.. baseline, .. missing.Select(seed => new SeedValue(seed, seed % 3))]);
        (grown.Method, grown.PairsUsed).ShouldBe((ComparisonMethod.Paired, candidates));
        missing = [.. baseline.Select(one => one.Seed).Except(candidate.Select(one => one.Seed))];
        missing.Length.ShouldBe(note.MissingOnCandidate);
        grown = Between([.. candidate, .. missing.Select(seed => new SeedValue(seed, seed % 3))], baseline);
        (grown.Method, grown.PairsUsed).ShouldBe((ComparisonMethod.Paired, baselines));
        // One seed fewer is not enough.
        Between([.. candidate, .. missing.Skip(1).Select(seed => new SeedValue(seed, seed % 3))], baseline).Method
            .ShouldBe(ComparisonMethod.Welch);
    }

    [Fact]
    public void Disagreeing_tests_give_a_note()
    {
        // With five pairs the t test is significant, and sign flips can't be below 0.0625: that says nothing.
        var comparison = Between(Repeats(2, 3, 5, 4, 7.1), Repeats(1, 2, 4, 3, 6));
        comparison.Verdict.ShouldBe(Verdict.Better);
        comparison.PermutationPValue!.Value.ShouldBeGreaterThan(comparison.Level);
        comparison.Notes.ShouldBeEmpty();

        // One outlier widens the t interval, but all signs agree.
        var other = Between(Repeats(1, 1, 1.1, 1.2, 1.1, 1, 40), Repeats(0, 0, 0, 0, 0, 0, 0.01));
        other.Verdict.ShouldBe(Verdict.NotShown);
        other.Notes.OfType<ComparisonNote.TestsDisagree>().ShouldHaveSingleItem().PValue.ShouldBeGreaterThan(other.Level);
    }

    private static Comparison Between(SeedValue[] candidate, SeedValue[] baseline) =>
        Comparison.Between(candidate, baseline, MetricGoal.Maximize);
}
