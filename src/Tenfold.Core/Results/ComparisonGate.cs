using Tenfold.Numerics.Statistics;

namespace Tenfold.Core.Results;

/// <summary>What a gate fails on: what the verdict of a comparison must not be.</summary>
public enum FailOn
{
    /// <summary>The candidate is shown to be worse; with a margin, unless it is shown to be worse by less.</summary>
    Worse,

    /// <summary>The candidate is not shown to be better; with a margin, not shown to be better by more.</summary>
    NotBetter,

    /// <summary>The candidate is not shown to be no worse by the margin, which it takes.</summary>
    MaybeWorse,
}

/// <summary>Decides whether a comparison passes a gate. A comparison that tested nothing passes none; its caller says so.</summary>
public static class ComparisonGate
{
    /// <summary>Whether a comparison passes.</summary>
    /// <param name="rule">What it fails on.</param>
    /// <param name="verdict">The verdict on the difference.</param>
    /// <param name="margin">What is shown about the margin; null when none is named.</param>
    public static bool Passes(FailOn rule, Verdict verdict, MarginConclusion? margin)
    {
        var isNoWorse = margin is MarginConclusion.NoWorse or MarginConclusion.Same or MarginConclusion.BetterByMore;
        return rule switch
        {
            FailOn.Worse => isNoWorse || (verdict != Verdict.Worse && margin != MarginConclusion.WorseByMore),
            FailOn.NotBetter => margin is null ? verdict == Verdict.Better : margin == MarginConclusion.BetterByMore,
            _ => isNoWorse,
        };
    }

    /// <inheritdoc cref="Passes(FailOn, Verdict, MarginConclusion?)"/>
    /// <param name="rule">What it fails on.</param>
    /// <param name="comparison">The comparison.</param>
    public static bool Passes(FailOn rule, Comparison comparison) =>
        Passes(rule, comparison.Verdict, comparison.Margin?.Conclusion);
}
