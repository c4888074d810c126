namespace Tenfold.Numerics.Statistics;

/// <summary>A reason for caution when reading a <see cref="Comparison"/>: a code with its data. A host turns it into words.</summary>
public abstract record ComparisonNote
{
    private ComparisonNote(string code) => Code = code;

    /// <summary>The kind of note, such as <c>few-repeats</c>. It never changes between releases.</summary>
    public string Code { get; }

    /// <summary>A side has fewer than two values, so that no test is possible.</summary>
    /// <param name="Candidate">The number of the candidate's values.</param>
    /// <param name="Baseline">The number of the baseline's values.</param>
    public sealed record TooFewToTest(int Candidate, int Baseline) : ComparisonNote("too-few-to-test");

    /// <summary>There are fewer than <see cref="Summary.Few"/> pairs, or fewer than that many values on a side.</summary>
    /// <param name="Candidate">The number of the candidate's values.</param>
    /// <param name="Baseline">The number of the baseline's values.</param>
    /// <param name="Pairs">The number of pairs compared; null when the comparison is unpaired.</param>
    public sealed record FewRepeats(int Candidate, int Baseline, int? Pairs) : ComparisonNote("few-repeats");

    /// <summary>Some repeats failed or gave no finite value. The remaining values may not be a fair sample.</summary>
    /// <param name="Candidate">The number of the candidate's repeats without a value.</param>
    /// <param name="CandidateRepeats">The number of all the candidate's repeats.</param>
    /// <param name="Baseline">The number of the baseline's repeats without a value.</param>
    /// <param name="BaselineRepeats">The number of all the baseline's repeats.</param>
    public sealed record FailedRepeats(int Candidate, int CandidateRepeats, int Baseline, int BaselineRepeats)
        : ComparisonNote("failed-repeats");

    /// <summary>The seeds of the two sides don't match, so the comparison is unpaired.</summary>
    public sealed record SeedsDiffer() : ComparisonNote("seeds-differ")
    {
        /// <summary>How many seeds have a value on both sides.</summary>
        public int Shared { get; init; }

        /// <summary>How many of the candidate's seeds with a value did not run on the baseline.</summary>
        public int MissingOnBaseline { get; init; }

        /// <summary>How many of the baseline's seeds with a value did not run on the candidate.</summary>
        public int MissingOnCandidate { get; init; }
    }

    /// <summary>Some values have no partner, so the paired comparison leaves them out.</summary>
    /// <param name="Candidate">The number of the candidate's values without a partner.</param>
    /// <param name="Baseline">The number of the baseline's values without a partner.</param>
    public sealed record LeftOut(int Candidate, int Baseline) : ComparisonNote("left-out");

    /// <summary>
    /// The values of a side, or the differences of the pairs, are all equal. Equal values of a side are one observation that was made
    /// several times, so there is no test then.
    /// </summary>
    /// <param name="Kind">What is constant.</param>
    /// <param name="PermutationDecides">True when the t statistic is undefined, so the permutation test gives the verdict.</param>
    public sealed record ZeroSpread(ZeroSpreadKind Kind, bool PermutationDecides) : ComparisonNote("zero-spread");

    /// <summary>
    /// Some values are more than 15 robust standard deviations (1.4826 times the median distance) from their side's median, as those of
    /// runs that diverged are. Ten normal values have one that far once in 2,500 comparisons.
    /// </summary>
    /// <param name="Candidate">The number of the candidate's values that are far out.</param>
    /// <param name="CandidateValues">The number of all the candidate's values.</param>
    /// <param name="Baseline">The number of the baseline's values that are far out.</param>
    /// <param name="BaselineValues">The number of all the baseline's values.</param>
    public sealed record FarOut(int Candidate, int CandidateValues, int Baseline, int BaselineValues) : ComparisonNote("far-out")
    {
        /// <summary>The statistic that was compared.</summary>
        public LocationStatistic Statistic { get; init; }

        /// <summary>
        /// The statistic that describes the typical runs of such groups: the trimmed mean, by rule and whatever the verdict. Null where it
        /// can't be tested, because the splits overlap.
        /// </summary>
        public LocationStatistic? Recommended { get; init; }
    }

    /// <summary>
    /// These runs were compared by another statistic before. Two tests of the same values give more false verdicts than one.
    /// </summary>
    /// <param name="Earlier">The statistic of the earlier comparison.</param>
    /// <param name="Statistic">The statistic of this comparison.</param>
    /// <param name="IsRecommended">True when this comparison's statistic is the one that the values far out recommend.</param>
    public sealed record ComparedOtherwise(LocationStatistic Earlier, LocationStatistic Statistic, bool IsRecommended)
        : ComparisonNote("compared-otherwise");

    /// <summary>The comparison is a look of a plan (<see cref="Planned.SpendingPlan"/>), at whose level it was made.</summary>
    /// <param name="Look">The number of the look, from 1.</param>
    /// <param name="Max">The most repeats of a side.</param>
    /// <param name="Alpha">The chance of a false verdict over all looks, those before the plan included.</param>
    /// <param name="Level">The level of this look.</param>
    /// <param name="IsFutile">
    /// True when the difference that the plan can show has become unlikely; with <see cref="Margin"/>, when the true difference is so near
    /// the margin that the plan can hardly tell on which side it lies.
    /// </param>
    public sealed record PlannedLook(int Look, int Max, double Alpha, double Level, bool IsFutile) : ComparisonNote("planned-look")
    {
        /// <summary>The margin about which the plan decides; null when it decides about a difference.</summary>
        public double? Margin { get; init; }
    }

    /// <summary>Repeats were added after a comparison without a plan, so only those added are compared.</summary>
    /// <param name="Candidate">How many repeats of the candidate were compared before, and are left out.</param>
    /// <param name="Baseline">How many repeats of the baseline were compared before, and are left out.</param>
    public sealed record FreshOnly(int Candidate, int Baseline) : ComparisonNote("fresh-only")
    {
        /// <summary>Which test without a plan this is, of repeats that no earlier one saw: 2 or more.</summary>
        public int Test { get; init; } = 2;

        /// <summary>The chance of a false verdict of each test.</summary>
        public double Alpha { get; init; } = 0.05;
    }

    /// <summary>
    /// Repeats were added on one side only after a comparison without a plan, so that the same repeats as then are compared.
    /// </summary>
    /// <param name="Candidate">How many of the candidate's repeats are left out; at least 0.</param>
    /// <param name="Baseline">How many of the baseline's; at least 0.</param>
    public sealed record OneSideGrew(int Candidate, int Baseline) : ComparisonNote("one-side-grew");

    /// <summary>The seed chooses the split of one data set, so the test and the interval allow for the overlap of the runs.</summary>
    /// <param name="TestFraction">The share of the data that each run tests on.</param>
    public sealed record Resampled(double TestFraction) : ComparisonNote("resampled");

    /// <summary>
    /// The difference looks skewed, and one side contributes more than twice the variance of the other. From ten repeats on, the interval
    /// allows for it (<see cref="Comparison.AllowsForSkew"/>), but few values seldom show the whole tail.
    /// </summary>
    /// <param name="Values">The number of pairs, or of the smaller side's values.</param>
    public sealed record SkewedDifference(int Values) : ComparisonNote("skewed-difference");

    /// <summary>Exactly one of the t test and the permutation test is significant.</summary>
    /// <param name="PValue">The t test's p-value.</param>
    /// <param name="PermutationPValue">The permutation test's p-value.</param>
    /// <param name="Level">The significance level of the comparison.</param>
    public sealed record TestsDisagree(double PValue, double PermutationPValue, double Level) : ComparisonNote("tests-disagree");
}

/// <summary>What is constant in a comparison without spread.</summary>
public enum ZeroSpreadKind
{
    /// <summary>All values of the candidate are equal.</summary>
    Candidate,

    /// <summary>All values of the baseline are equal.</summary>
    Baseline,

    /// <summary>All values of the candidate are equal, and so are all values of the baseline.</summary>
    Both,

    /// <summary>The comparison is unpaired, and the values of each side differ only by rounding.</summary>
    Rounding,

    /// <summary>
    /// The values of a side differ by less than single precision resolves, and by less than a hundredth of what the sides differ by.
    /// </summary>
    Jitter,

    /// <summary>The two values of each pair are equal.</summary>
    EqualPairs,

    /// <summary>All pairs have the same difference, which is not zero.</summary>
    ConstantDifference,

    /// <summary>The values that the statistic keeps are all equal, so they show no spread to test with.</summary>
    Kept,
}
