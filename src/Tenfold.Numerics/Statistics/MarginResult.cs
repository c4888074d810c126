namespace Tenfold.Numerics.Statistics;

/// <summary>What a comparison shows about a margin: the difference that the user regards as too small to matter.</summary>
/// <remarks>
/// <para>An improvement is the difference in the direction of the goal. Each p-value is one-sided; <see cref="Level"/> is what it is
/// compared with. <see cref="MarginConclusion.Same"/> needs two rejections, each at the level: two one-sided tests.</para>
/// <para>Each conclusion is false with probability at most <see cref="Level"/>. So is the whole answer, unless the true improvement is
/// exactly the margin or its negative, where two conclusions are false at once.</para>
/// <para>Source: D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power approach for assessing the equivalence
/// of average bioavailability", Journal of Pharmacokinetics and Biopharmaceutics 15 (1987), 657–680. Where all pairs have one difference,
/// the t test is undefined and the sign test replaces it: p = 2⁻ⁿ for n pairs on one side of the margin.</para>
/// </remarks>
public sealed record MarginResult
{
    /// <summary>The margin, in the metric's unit; above 0.</summary>
    public required double Margin { get; init; }

    /// <summary>The one-sided level: alpha, divided by the number of candidates (Bonferroni).</summary>
    public required double Level { get; init; }

    /// <summary>The strongest statement that holds at the level.</summary>
    public required MarginConclusion Conclusion { get; init; }

    /// <summary>The p-value of "the improvement is more than −margin": the candidate is no worse by the margin.</summary>
    public required double NoWorsePValue { get; init; }

    /// <summary>The p-value of "the improvement is less than the margin".</summary>
    public required double NoBetterPValue { get; init; }

    /// <summary>The p-value of "the improvement is more than the margin".</summary>
    public required double BetterByMorePValue { get; init; }

    /// <summary>The p-value of "the improvement is less than −margin".</summary>
    public required double WorseByMorePValue { get; init; }

    /// <summary>
    /// How many further pairs, or further repeats on each side, show with probability <see cref="ComparisonOptions.Power"/> that the
    /// candidate is no worse by the margin when they are tested alone, provided that there is no true difference. The spread is taken to
    /// be estimated, not known. 0: shown already. Null: no spread, or 1,000,000 repeats would not suffice.
    /// </summary>
    public required int? MoreRepeats { get; init; }

    /// <summary>
    /// The two-sided p-value of "the improvement is exactly −margin": the smaller, the clearer on which side of it the candidate lies.
    /// </summary>
    public double EdgePValue => Math.Min(1, 2 * Math.Min(NoWorsePValue, WorseByMorePValue));

    /// <summary>True when the candidate is shown to be no worse by the margin.</summary>
    public bool IsNoWorse => Conclusion is MarginConclusion.NoWorse or MarginConclusion.Same or MarginConclusion.BetterByMore;
}

/// <summary>What is shown about a margin.</summary>
public enum MarginConclusion
{
    /// <summary>Nothing is shown: the repeats allow the candidate to be worse by more than the margin, and not to be.</summary>
    NotShown,

    /// <summary>The candidate is worse by less than the margin, if it is worse at all.</summary>
    NoWorse,

    /// <summary>The difference is smaller than the margin, in either direction.</summary>
    Same,

    /// <summary>The candidate is better by more than the margin.</summary>
    BetterByMore,

    /// <summary>The candidate is worse by more than the margin.</summary>
    WorseByMore,
}
