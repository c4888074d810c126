namespace Tenfold.Numerics.Statistics.Sequential;

/// <summary>A reason for caution about a <see cref="SequentialComparison"/>: a code with its data. A host turns it into words.</summary>
public abstract record SequentialNote
{
    private SequentialNote(string code) => Code = code;

    /// <summary>The kind of note, such as <c>too-few-units</c>. It never changes between releases.</summary>
    public string Code { get; }

    /// <summary>No stratum has enough units in both arms for a first look.</summary>
    /// <param name="Baseline">The number of the baseline's units.</param>
    /// <param name="Candidate">The number of the candidate's units.</param>
    /// <param name="Needed">How many units each arm needs while the shares stay the same.</param>
    public sealed record TooFewUnits(long Baseline, long Candidate, long Needed) : SequentialNote("too-few-units");

    /// <summary>All values are equal, so there is nothing to compare.</summary>
    /// <param name="Value">The value.</param>
    public sealed record EqualUnits(double Value) : SequentialNote("equal-units");

    /// <summary>Strata had too few units in an arm and are left out.</summary>
    /// <param name="Strata">How many strata.</param>
    /// <param name="Baseline">The number of the baseline's units in them.</param>
    /// <param name="Candidate">The number of the candidate's units in them.</param>
    public sealed record StrataLeftOut(int Strata, long Baseline, long Candidate) : SequentialNote("strata-left-out");
}
