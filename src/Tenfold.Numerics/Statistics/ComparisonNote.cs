namespace Tenfold.Numerics.Statistics;

/// <summary>Something a reader of a <see cref="Comparison"/> should know before believing it: a code and its data, without words.</summary>
public abstract record ComparisonNote
{
    private ComparisonNote(string code) => Code = code;

    /// <summary>The kind of note, stable from release to release: <c>few-repeats</c>.</summary>
    public string Code { get; }

    /// <summary>A side has fewer than two values, so that no test is possible.</summary>
    /// <param name="Candidate">The candidate's values.</param>
    /// <param name="Baseline">The baseline's values.</param>
    public sealed record TooFewToTest(int Candidate, int Baseline) : ComparisonNote("too-few-to-test");

    /// <summary>There are fewer than <see cref="Summary.Few"/> pairs, or fewer than that many values on a side.</summary>
    /// <param name="Candidate">The candidate's values.</param>
    /// <param name="Baseline">The baseline's values.</param>
    /// <param name="Pairs">The pairs that were compared; null when the comparison is unpaired.</param>
    public sealed record FewRepeats(int Candidate, int Baseline, int? Pairs) : ComparisonNote("few-repeats");

    /// <summary>Repeats failed or gave no finite value; the others may not be a fair sample.</summary>
    /// <param name="Candidate">The candidate's repeats without a value.</param>
    /// <param name="CandidateRepeats">All the candidate's repeats.</param>
    /// <param name="Baseline">The baseline's repeats without a value.</param>
    /// <param name="BaselineRepeats">All the baseline's repeats.</param>
    public sealed record FailedRepeats(int Candidate, int CandidateRepeats, int Baseline, int BaselineRepeats)
        : ComparisonNote("failed-repeats");

    /// <summary>The seeds of the two sides don't match, so they were compared unpaired.</summary>
    public sealed record SeedsDiffer() : ComparisonNote("seeds-differ");

    /// <summary>The comparison is paired, and some values have no partner: the difference leaves them out.</summary>
    /// <param name="Candidate">The candidate's values without a partner.</param>
    /// <param name="Baseline">The baseline's values without a partner.</param>
    public sealed record LeftOut(int Candidate, int Baseline) : ComparisonNote("left-out");

    /// <summary>Values don't differ from repeat to repeat, or differences don't differ from pair to pair.</summary>
    /// <param name="Kind">What is constant.</param>
    /// <param name="PermutationDecides">True when t means nothing here, so that the verdict is the permutation test's.</param>
    public sealed record ZeroSpread(ZeroSpreadKind Kind, bool PermutationDecides) : ComparisonNote("zero-spread");

    /// <summary>The t test and the permutation test fall on different sides of the level.</summary>
    /// <param name="PValue">The t test's p-value.</param>
    /// <param name="PermutationPValue">The permutation test's p-value.</param>
    /// <param name="Level">The level of the comparison.</param>
    public sealed record TestsDisagree(double PValue, double PermutationPValue, double Level) : ComparisonNote("tests-disagree");
}

/// <summary>What is constant in a comparison whose values have no spread.</summary>
public enum ZeroSpreadKind
{
    /// <summary>Every repeat of the candidate gave one value.</summary>
    Candidate,

    /// <summary>Every repeat of the baseline gave one value.</summary>
    Baseline,

    /// <summary>Every repeat of the candidate gave one value, and every repeat of the baseline too.</summary>
    Both,

    /// <summary>The comparison is unpaired, and the values of each side differ by rounding only.</summary>
    Rounding,

    /// <summary>Both values of each pair are equal.</summary>
    EqualPairs,

    /// <summary>All pairs differ by one amount.</summary>
    ConstantDifference,
}
