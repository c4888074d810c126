using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Batch;

/// <summary>Makes reasons from what AWS Batch says about an attempt.</summary>
internal static class BatchReason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="words">What Batch says, in plain words, with a next step if there is one.</param>
    /// <param name="state">Batch's own code, such as <c>RUNNABLE</c>; null when it gave none.</param>
    public static Reason.OfBackend Of(string words, string? state = null) => new("batch", state, words);
}
