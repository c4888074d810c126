namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Is the difference between two groups real? Candidate against baseline; values and differences are in the metric's unit.
/// </summary>
/// <remarks>
/// The verdict is the t test's: "better" or "worse" exactly when its p-value is at most the level, which is exactly when
/// <see cref="Interval"/> leaves out zero. The permutation p-value stands beside it as a check that needs no normality, and decides only
/// when the values have no spread, where t means nothing. Infinities and NaN never appear: a result beyond a double's range stays at
/// <see cref="double.MaxValue"/>.
/// </remarks>
public sealed record Comparison
{
    /// <summary>How the two sides were compared. Null: they weren't, because a side has fewer than two values.</summary>
    public required ComparisonMethod? Method { get; init; }

    /// <summary>Which way is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>All the candidate's values, also those a paired comparison leaves out. Null: there is none.</summary>
    public required Summary? Candidate { get; init; }

    /// <summary>All the baseline's values, also those a paired comparison leaves out. Null: there is none.</summary>
    public required Summary? Baseline { get; init; }

    /// <summary>How many pairs were compared; 0 unless <see cref="Method"/> is paired.</summary>
    public required int PairsUsed { get; init; }

    /// <summary>
    /// Mean of the candidate less mean of the baseline (paired: over the pairs used). Positive means higher, whichever way is better.
    /// Null: a side has no value.
    /// </summary>
    public required double? Difference { get; init; }

    /// <summary>Student's interval for the true difference, at <see cref="Confidence"/>. Null: no test, or no spread.</summary>
    public required Interval? Interval { get; init; }

    /// <summary>
    /// The two-sided level this comparison was judged at: <see cref="ComparisonOptions.Alpha"/>, or less in a
    /// <see cref="Family"/>.
    /// </summary>
    public required double Level { get; init; }

    /// <summary>The confidence of <see cref="Interval"/>: 1 − <see cref="Level"/>.</summary>
    public double Confidence => 1 - Level;

    /// <summary>Pairs − 1, or Welch's (Satterthwaite's) approximation, not a whole number. Null: no test, or no spread.</summary>
    public required double? DegreesOfFreedom { get; init; }

    /// <summary>Difference over its standard error. Null: no test, or no spread.</summary>
    public required double? TStatistic { get; init; }

    /// <summary>The t test's two-sided p-value, raw. Null: no test, or no spread; then <see cref="PermutationPValue"/> decides.</summary>
    public required double? PValue { get; init; }

    /// <summary>
    /// The permutation test's two-sided p-value, raw: sign flips of the pairs, or splits of the pooled values by Welch's t. Null: no
    /// test, or none wanted. It can't be small when n is: 2 / 2ⁿ at best for n pairs, so never below 0.05 with fewer than six.
    /// </summary>
    public required double? PermutationPValue { get; init; }

    /// <summary>True when every arrangement was tried (up to 20 pairs, or 200,000 splits); false for random draws, or no test.</summary>
    public required bool PermutationIsExact { get; init; }

    /// <summary>
    /// The deciding p-value after Holm's correction, compared with alpha. Null: not in a <see cref="Family"/>, or no test.
    /// </summary>
    public required double? AdjustedPValue { get; init; }

    /// <summary>The answer.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>
    /// The smallest true difference that these n, with this spread, would show with <see cref="ComparisonOptions.Power"/>: two-sided at
    /// <see cref="Level"/>, by noncentral t (exact for pairs of known spread, Satterthwaite's approximation for Welch). Null: no test,
    /// or no spread.
    /// </summary>
    public required double? SmallestDetectable { get; init; }

    /// <summary>
    /// How many more pairs, or repeats on each side, would show the observed difference with <see cref="ComparisonOptions.Power"/>, if it
    /// and the observed spread are the true ones. 0: shown already. Null: no number up to 1,000,000 would, as when the difference is 0;
    /// or no test; or no spread.
    /// </summary>
    public required int? MoreRepeats { get; init; }

    /// <summary>What to know before believing it; empty when there is nothing to say.</summary>
    public required IReadOnlyList<ComparisonNote> Notes { get; init; }

    /// <summary>Compares two groups.</summary>
    /// <param name="candidate">The repeats of the group that is to be judged, in any order, failed ones included.</param>
    /// <param name="baseline">The repeats of the group it is measured against.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <remarks>
    /// Paired by seed when the seeds match: no seed comes twice on a side, at least two seeds have a value on both sides, and every
    /// seed with a value on the side that has fewer values was run on the other side too (failed there or not). Else Welch. The rule
    /// looks at seeds alone, never at the values' size, so it can't bend the level.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Comparison Between(
        IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline, MetricGoal goal, ComparisonOptions? options = null)
    {
        var evidence = Evidence.Of(candidate, baseline, goal, options ?? new());
        return evidence.Judge(evidence.Options.Alpha);
    }

    /// <summary>Compares several candidates with one baseline, so that the chance of even one false verdict stays at alpha.</summary>
    /// <param name="candidates">The repeats of each candidate.</param>
    /// <param name="baseline">The repeats of the one baseline.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <returns>
    /// One a candidate, in order: p-values raw, <see cref="AdjustedPValue"/> by <see cref="Holm"/>, and the verdict by the latter.
    /// </returns>
    /// <remarks>
    /// <para>Holm judges the i-th smallest of m p-values (i from 0) at α / (m − i), and stops at the first that fails.
    /// <see cref="Level"/> is that very level (the failing one's for all after it), and <see cref="Interval"/>,
    /// <see cref="SmallestDetectable"/> and <see cref="MoreRepeats"/> are at that level too. So an interval leaves out zero exactly when
    /// the verdict is "better" or "worse", and the two never contradict each other.</para>
    /// <para>Each interval covers its true difference with at least 1 − α; as a set they go with the verdicts, and are no
    /// simultaneous confidence intervals. A candidate that can't be tested isn't counted in m.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IReadOnlyList<Comparison> Family(
        IReadOnlyList<IReadOnlyList<SeedValue>> candidates,
        IReadOnlyList<SeedValue> baseline,
        MetricGoal goal,
        ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        options ??= new();
        var evidence = candidates.Select(candidate => Evidence.Of(candidate, baseline, goal, options)).ToArray();
        var tested = evidence.Where(one => one.DecidingPValue is not null).ToArray();
        double[] pValues = [.. tested.Select(one => one.DecidingPValue!.Value)];
        var adjusted = Holm.Adjust(pValues);
        var levels = Holm.Levels(pValues, options.Alpha);
        var next = 0;
        return
        [
            .. evidence.Select(one =>
                one.DecidingPValue is null ? one.Judge(options.Alpha) : one.Judge(levels[next], adjusted[next++])),
        ];
    }
}

/// <summary>How two sides were compared.</summary>
public enum ComparisonMethod
{
    /// <summary>Paired by seed: paired t test, and sign flips.</summary>
    Paired,

    /// <summary>Two independent samples of any variance: Welch's t test, and permutation of the studentized difference.</summary>
    Welch,
}

/// <summary>The answer of a <see cref="Comparison"/>.</summary>
public enum Verdict
{
    /// <summary>The candidate is better than the baseline.</summary>
    Better,

    /// <summary>The candidate is worse than the baseline.</summary>
    Worse,

    /// <summary>These repeats don't show a difference. It doesn't mean that there is none.</summary>
    NotShown,
}
