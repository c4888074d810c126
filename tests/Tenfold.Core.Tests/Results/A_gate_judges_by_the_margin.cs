using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Tests.Results;

public sealed class A_gate_judges_by_the_margin
{
    [Theory]
    [InlineData(FailOn.Worse, Verdict.Worse, null, false)]
    [InlineData(FailOn.Worse, Verdict.NotShown, null, true)]
    [InlineData(FailOn.Worse, Verdict.Worse, MarginConclusion.NotShown, false)]
    [InlineData(FailOn.Worse, Verdict.Worse, MarginConclusion.WorseByMore, false)]
    [InlineData(FailOn.Worse, Verdict.NotShown, MarginConclusion.WorseByMore, false)]
    [InlineData(FailOn.Worse, Verdict.Worse, MarginConclusion.NoWorse, true)]
    [InlineData(FailOn.Worse, Verdict.Worse, MarginConclusion.Same, true)]
    [InlineData(FailOn.Worse, Verdict.NotShown, MarginConclusion.NotShown, true)]
    [InlineData(FailOn.NotBetter, Verdict.Better, null, true)]
    [InlineData(FailOn.NotBetter, Verdict.NotShown, null, false)]
    [InlineData(FailOn.NotBetter, Verdict.Better, MarginConclusion.NoWorse, false)]
    [InlineData(FailOn.NotBetter, Verdict.Better, MarginConclusion.BetterByMore, true)]
    [InlineData(FailOn.MaybeWorse, Verdict.NotShown, MarginConclusion.NotShown, false)]
    [InlineData(FailOn.MaybeWorse, Verdict.Worse, MarginConclusion.NoWorse, true)]
    [InlineData(FailOn.MaybeWorse, Verdict.Better, null, false)]
    public void The_margin_decides_where_it_is_named(FailOn rule, Verdict verdict, MarginConclusion? margin, bool passes) =>
        ComparisonGate.Passes(rule, verdict, margin).ShouldBe(passes);
}
