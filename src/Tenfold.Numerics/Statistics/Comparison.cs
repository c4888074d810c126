namespace Tenfold.Numerics.Statistics;

/// <summary>
/// Compares a candidate with a baseline and judges whether their difference is real. Values and differences are in the metric's unit.
/// </summary>
/// <remarks>
/// <para>The t test decides. The verdict is "better" or "worse" exactly when the p-value is at most the level, which is exactly when
/// <see cref="Interval"/> excludes zero. The permutation test is a check that doesn't assume normal values. It decides only when all
/// pairs have one difference, because the t statistic is undefined there.</para>
/// <para>With another <see cref="Statistic"/>, its own test decides, and there is no permutation test.</para>
/// <para>Repeats of a side that all give one value are not tested: a script that ignores its seed makes one observation, however often
/// it runs. Nor are repeats that differ by floating-point noise only (<see cref="ZeroSpreadKind.Jitter"/>).</para>
/// <para>No member is NaN or infinite: a result beyond the range of a double is clamped to ±<see cref="double.MaxValue"/>.</para>
/// <para>Sources: "Student", "The probable error of a mean", Biometrika 6 (1908), for pairs; B. L. Welch, "The generalization of
/// Student's problem when several different population variances are involved", Biometrika 34 (1947), for unpaired groups.</para>
/// </remarks>
public sealed record Comparison
{
    /// <summary>
    /// The test that compared the two sides. Null: there was no test, because a side has fewer than two values, or because its values are
    /// all equal (<see cref="ComparisonNote.ZeroSpread"/>).
    /// </summary>
    public required ComparisonMethod? Method { get; init; }

    /// <summary>Which way is better.</summary>
    public required MetricGoal Goal { get; init; }

    /// <summary>Summarises all values of the candidate, including those that a paired comparison leaves out. Null: there is none.</summary>
    public required Summary? Candidate { get; init; }

    /// <summary>Summarises all values of the baseline, including those that a paired comparison leaves out. Null: there is none.</summary>
    public required Summary? Baseline { get; init; }

    /// <summary>The statistic that was compared; default the mean.</summary>
    public LocationStatistic Statistic { get; init; }

    /// <summary>The candidate's value of <see cref="Statistic"/>, with its interval at 1 − alpha. Null: there is no value.</summary>
    public CentralValue? CandidateLocation { get; init; }

    /// <summary>The baseline's value of <see cref="Statistic"/>, with its interval at 1 − alpha. Null: there is no value.</summary>
    public CentralValue? BaselineLocation { get; init; }

    /// <summary>The number of pairs compared; 0 unless <see cref="Method"/> is <see cref="ComparisonMethod.Paired"/>.</summary>
    public required int PairsUsed { get; init; }

    /// <summary>
    /// The mean of the candidate minus the mean of the baseline; a paired comparison takes the means over its pairs. A positive
    /// difference means that the candidate is higher, whatever the goal. With another <see cref="Statistic"/>, the difference is that of
    /// the statistics; of pairs' medians, it is the median of the differences. Null: a side has no value.
    /// </summary>
    public required double? Difference { get; init; }

    /// <summary>
    /// The confidence interval for the true difference, Student's for means. Null: no test, no spread, or too few values for any interval.
    /// </summary>
    public required Interval? Interval { get; init; }

    /// <summary>
    /// The two-sided significance level of this comparison: <see cref="ComparisonOptions.Alpha"/>, or a smaller level in a
    /// <see cref="Family"/>.
    /// </summary>
    public required double Level { get; init; }

    /// <summary>The confidence of <see cref="Interval"/>: 1 − <see cref="Level"/>.</summary>
    public double Confidence => 1 - Level;

    /// <summary>Pairs − 1; or Welch–Satterthwaite's approximation, which need not be whole. Null: no test, or no spread.</summary>
    public required double? DegreesOfFreedom { get; init; }

    /// <summary>The difference divided by its standard error. Null: no test, or no spread.</summary>
    public required double? TStatistic { get; init; }

    /// <summary>
    /// True when the difference is skewed and the sides are unlike in spread or number, so that <see cref="Interval"/> and
    /// <see cref="PValue"/> allow for it: the interval reaches further on the side of the long tail, and the p-value is not below that of
    /// Student's or Welch's test. Always false for fewer than ten values, other statistics than the mean, and resampled splits.
    /// </summary>
    /// <remarks>Source: <see cref="HallTransform"/>.</remarks>
    public bool AllowsForSkew { get; init; }

    /// <summary>
    /// The two-sided p-value of the t test, or of the test of <see cref="Statistic"/>, before any correction. Null: there was no test, or
    /// no spread; without spread
    /// <see cref="PermutationPValue"/> decides.
    /// </summary>
    public required double? PValue { get; init; }

    /// <summary>
    /// The two-sided p-value of the permutation test, before any correction. A paired comparison flips the signs of the differences; an
    /// unpaired one regroups the pooled values and compares Welch's t. Null: no test, or <see cref="ComparisonOptions.PermutationDraws"/>
    /// is 0. For n pairs it is at least 2 / 2ⁿ, so with fewer than six pairs it can't be below 0.05.
    /// </summary>
    public required double? PermutationPValue { get; init; }

    /// <summary>
    /// True when every arrangement was tried (up to 20 pairs, or 200,000 splits). False for random draws, or without a test.
    /// </summary>
    public required bool PermutationIsExact { get; init; }

    /// <summary>
    /// The deciding p-value after Holm's correction, to be compared with alpha. Null: not part of a <see cref="Family"/>, or no test.
    /// </summary>
    public required double? AdjustedPValue { get; init; }

    /// <summary>Whether the candidate is better, worse, or not shown to differ.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>
    /// The smallest true difference that another comparison with these sample sizes shows with probability
    /// <see cref="ComparisonOptions.Power"/>, two-sided at <see cref="Level"/>. The spread is taken to be estimated, not known. Computed
    /// with the noncentral t distribution; unpaired groups use Satterthwaite's degrees of freedom. Null: no test, or no spread.
    /// </summary>
    public required double? SmallestDetectable { get; init; }

    /// <summary>
    /// The standard deviation of a pair's difference; unpaired, of the difference between a run of each side. Null: no test, or no
    /// spread, or a statistic without planning figures.
    /// </summary>
    public double? DifferenceDeviation { get; init; }

    /// <summary>
    /// How many further pairs, or further repeats on each side, show the observed difference with probability
    /// <see cref="ComparisonOptions.Power"/> when they are tested alone, provided that the observed difference is the true one. The spread
    /// is taken to be estimated, not known. 0: the difference is already shown. Null: there is no test or no spread, or 1,000,000 repeats
    /// would not suffice.
    /// </summary>
    /// <remarks>A test of all repeats, made again because the first showed nothing, would need fewer and be false too often.</remarks>
    public required int? MoreRepeats { get; init; }

    /// <summary>
    /// The further repeats if the true spread is as small, and as large, as these repeats allow at 80 % confidence, 10 % on each side.
    /// <see cref="RepeatRange.High"/> is null where 1,000,000 repeats would not suffice. Null where <see cref="MoreRepeats"/> is
    /// null or 0.
    /// </summary>
    public RepeatRange? MoreRepeatsRange { get; init; }

    /// <summary>The probability that a run of the candidate beats a run of the baseline. Null: there was no test.</summary>
    public WinChance? ChanceToWin { get; init; }

    /// <summary>What is shown about <see cref="ComparisonOptions.Margin"/>. Null: no margin is named, or there was no test.</summary>
    public MarginResult? Margin { get; init; }

    /// <summary>Reasons for caution when reading this comparison; empty when there are none.</summary>
    public required IReadOnlyList<ComparisonNote> Notes { get; init; }

    /// <summary>Compares one candidate with one baseline.</summary>
    /// <param name="candidate">The candidate's repeats, in any order, including failed ones; may be empty.</param>
    /// <param name="baseline">The baseline's repeats, in any order, including failed ones; may be empty.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: <see cref="ComparisonOptions"/> with its defaults.</param>
    /// <remarks>
    /// The comparison is paired when the seeds match: no side has a seed twice; at least two seeds have a value on both sides; and each
    /// seed with a value on the side with fewer values was also run on the other side, even if it failed there. Otherwise it is
    /// Welch's. The choice depends on the seeds and never on the size of the values, so it doesn't change the significance level.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Comparison Between(
        IReadOnlyList<SeedValue> candidate, IReadOnlyList<SeedValue> baseline, MetricGoal goal, ComparisonOptions? options = null)
    {
        var evidence = Evidence.Of(candidate, baseline, goal, options ?? new());
        return evidence.Judge(evidence.Options.Alpha);
    }

    /// <summary>Compares several candidates with one baseline; the chance of at least one false verdict is at most alpha.</summary>
    /// <param name="candidates">The repeats of each candidate; may be empty.</param>
    /// <param name="baseline">The repeats of the baseline that all candidates share.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: <see cref="ComparisonOptions"/> with its defaults.</param>
    /// <returns>
    /// One comparison for each candidate, in their order. <see cref="PValue"/> and <see cref="PermutationPValue"/> are uncorrected;
    /// <see cref="AdjustedPValue"/> is corrected by <see cref="Holm"/> and gives the verdict.
    /// </returns>
    /// <remarks>
    /// <para>Holm tests the i-th smallest of m p-values (i from 0) at α / (m − i), and stops at the first p-value that fails.
    /// <see cref="Level"/> is the level of the candidate's own test; candidates after the first failure have the level of the failure.
    /// <see cref="Interval"/>, <see cref="SmallestDetectable"/> and <see cref="MoreRepeats"/> use that level. So an interval excludes
    /// zero exactly when the verdict is "better" or "worse".</para>
    /// <para>Each interval covers its true difference with probability at least 1 − α. Together they are not simultaneous confidence
    /// intervals. A candidate that can't be tested doesn't count in m.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IReadOnlyList<Comparison> Family(
        IReadOnlyList<IReadOnlyList<SeedValue>> candidates,
        IReadOnlyList<SeedValue> baseline,
        MetricGoal goal,
        ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return FamilyOfSides([.. candidates.Select(candidate => (candidate, baseline))], goal, options);
    }

    /// <summary>Compares several candidates, each with its own repeats of the baseline; otherwise as <see cref="Family"/>.</summary>
    /// <param name="sides">The repeats of each candidate, and of the baseline beside it.</param>
    /// <param name="goal">Which way is better.</param>
    /// <param name="options">Null: <see cref="ComparisonOptions"/> with its defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static IReadOnlyList<Comparison> FamilyOfSides(
        IReadOnlyList<(IReadOnlyList<SeedValue> Candidate, IReadOnlyList<SeedValue> Baseline)> sides,
        MetricGoal goal,
        ComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(sides);
        options ??= new();
        var evidence = sides.Select(side => Evidence.Of(side.Candidate, side.Baseline, goal, options)).ToArray();
        var tested = evidence.Where(side => side.DecidingPValue is not null).ToArray();
        double[] pValues = [.. tested.Select(side => side.DecidingPValue!.Value)];
        var adjusted = Holm.Adjust(pValues);
        var levels = Holm.Levels(pValues, options.Alpha);
        var next = 0;
        return
        [
            .. evidence.Select(side => side.DecidingPValue is null
                ? side.Judge(options.Alpha)
                : side.Judge(levels[next], adjusted[next++], tested.Length)),
        ];
    }
}

/// <summary>The test of a <see cref="Comparison"/>.</summary>
public enum ComparisonMethod
{
    /// <summary>Pairs with equal seeds: the paired t test, and the sign-flip permutation test.</summary>
    Paired,

    /// <summary>Two independent samples of unequal variance: Welch's t test, and the studentized permutation test.</summary>
    Welch,
}

/// <summary>The outcome of a <see cref="Comparison"/>.</summary>
public enum Verdict
{
    /// <summary>The candidate is better than the baseline.</summary>
    Better,

    /// <summary>The candidate is worse than the baseline.</summary>
    Worse,

    /// <summary>These repeats don't show a difference, which doesn't mean that there is none.</summary>
    NotShown,
}
