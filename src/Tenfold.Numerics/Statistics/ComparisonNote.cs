namespace Tenfold.Numerics.Statistics;

/// <summary>Something a reader of a <see cref="Comparison"/> should know before believing it.</summary>
/// <param name="Kind">What it is, for programs.</param>
/// <param name="Text">What it is, and what to do, in a sentence or two.</param>
public sealed record ComparisonNote(ComparisonNoteKind Kind, string Text);

/// <summary>The kinds of <see cref="ComparisonNote"/>.</summary>
public enum ComparisonNoteKind
{
    /// <summary>A side has fewer than two values, so that no test is possible.</summary>
    TooFewToTest,

    /// <summary>There are fewer than five pairs, or fewer than five values on a side.</summary>
    FewRepeats,

    /// <summary>Repeats failed or gave no finite value; the rest may not be a fair sample.</summary>
    FailedRepeats,

    /// <summary>The seeds of the two sides don't match, so they were compared unpaired.</summary>
    SeedsDiffer,

    /// <summary>The comparison is paired, and some values have no partner: the difference leaves them out.</summary>
    LeftOut,

    /// <summary>Values don't differ from repeat to repeat, or differences from pair to pair.</summary>
    ZeroSpread,

    /// <summary>The t test and the permutation test fall on different sides of the level.</summary>
    TestsDisagree,
}
