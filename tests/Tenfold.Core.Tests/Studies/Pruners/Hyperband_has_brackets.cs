using Tenfold.Core.Runs;
using Tenfold.Core.Studies;
using Tenfold.Core.Studies.Pruners;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Studies.Pruners;

public sealed class Hyperband_has_brackets
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2, 3, new[] { 9, 5, 3 })] // Li et al. 2018, table 1, without its two longest ladders
    [InlineData(4, 3, new[] { 81, 34, 15, 8, 5 })] // Li et al. 2018, table 1: R = 81
    [InlineData(3, 2, new[] { 8, 6, 4, 4 })]
    public void The_brackets_have_the_shares_of_the_paper(int rungs, int factor, int[] sizes)
    {
        var brackets = new Brackets(rungs, factor);
        var counts = Enumerable.Range(1, sizes.Sum()).GroupBy(brackets.Of).OrderBy(bracket => bracket.Key);
        counts.Select(bracket => bracket.Count()).ShouldBe(sizes);
        Enumerable.Range(1, 40).ShouldAllBe(number => brackets.Of(number) == brackets.Of(number + sizes.Sum()));
    }

    [Fact]
    public void The_brackets_take_turns() =>
        Enumerable.Range(1, 6).Select(new Brackets(2, 3).Of).Distinct().Count().ShouldBe(3);

    [Fact]
    public void A_trial_is_judged_from_its_brackets_first_rung_on()
    {
        var brackets = new Brackets(2, 3);
        var pruned = Pruned(step: 3).Concat(Pruned(step: 9)).ToLookup(one => one.Number, one => one.Rung);
        // The values rise with the number, so that the first trials look worst at every rung.
        var worst = Enumerable.Range(1, 20).ToList();
        worst.Where(number => brackets.Of(number) == 0).ShouldAllBe(number => pruned[number].Contains(3));
        worst.Where(number => brackets.Of(number) == 1).ShouldAllBe(number => pruned[number].SequenceEqual(new long[] { 9 }));
        worst.Where(number => brackets.Of(number) == 2).ShouldAllBe(number => !pruned.Contains(number));
    }

    [Fact]
    public void There_are_no_rungs_before_the_length_of_a_trial_is_known()
    {
        Ladder.Of(new Pruning(PruningRule.Hyperband, First: 1), null).ShouldBeNull();
        Ladder.Of(new Pruning(PruningRule.Hyperband, First: 1), 27).ShouldBe(new Ladder(1, 3, 27));
    }

    private static IEnumerable<(int Number, long Rung)> Pruned(int step)
    {
        var judge = new RungJudge(new Pruning(PruningRule.Hyperband), new Ladder(3, 3, 27), MetricGoal.Maximize);
        TrialProgress[] trials = [.. Enumerable.Range(1, 51).Select(number => new TrialProgress(
            number, [new RunProgress([.. Enumerable.Range(1, step).Select(one => new MetricPoint(one, number))], HasEnded: false)]))];
        RungRecord[] before =
            step == 3 ? [] : [.. Enumerable.Range(1, 51).Select(number => new RungRecord(number, 3, number, Now, false, null))];
        return judge.Judge(trials, before, Now).Reached.Where(rung => rung.IsPruned).Select(rung => (rung.Number, rung.Rung));
    }
}
