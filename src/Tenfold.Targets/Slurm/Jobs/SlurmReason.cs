using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>Makes reasons from what Slurm says about an attempt.</summary>
internal static class SlurmReason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="words">What Slurm says, in plain words, with a next step if there is one.</param>
    /// <param name="state">Slurm's own code, such as <c>NODE_FAIL</c>; null when it gave none.</param>
    public static Reason.OfBackend Of(string words, string? state = null) => new("slurm", state, words);
}
