namespace Tenfold.Targets.Slurm.Submit;

/// <summary>What came of a submission.</summary>
/// <param name="Kind">What.</param>
/// <param name="Words">Slurm's own words, when it said no.</param>
internal sealed record SubmitAnswer(SubmitKind Kind, string Words = "");

/// <summary>Whether a submission was taken.</summary>
internal enum SubmitKind
{
    /// <summary>It was.</summary>
    Taken,

    /// <summary>It was not, and Slurm said why.</summary>
    Refused,

    /// <summary>It was not, because the array has more elements than the cluster allows.</summary>
    TooLarge,

    /// <summary>No answer came: it may have been taken, or may yet be.</summary>
    Unknown,
}
