using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>What Slurm says of an attempt, as a reason.</summary>
internal static class SlurmReason
{
    /// <summary>A reason of Slurm.</summary>
    /// <param name="words">What it means, with a next step where there is one.</param>
    /// <param name="state">Slurm's own code, such as <c>NODE_FAIL</c>; null when it gave none.</param>
    public static Reason.OfBackend Of(string words, string? state = null) => new("slurm", state, words);
}
