using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Batch;

/// <summary>Makes reasons from what AWS Batch says about an attempt.</summary>
internal static class BatchReason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="fact">What happened.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    /// <param name="state">Batch's own code, such as <c>RUNNABLE</c>; null when it gave none.</param>
    /// <param name="answer">What AWS said; null for nothing.</param>
    /// <param name="about">What the fact is about, by name. A null value is left out.</param>
    public static Reason.OfBackend Of(
        BatchFact fact, string words, string? state = null, string? answer = null, params (string Name, string? Value)[] about) =>
        Reason.OfBackend.From("batch", fact, words, state, answer is { Length: > 0 } ? answer : null, about);
}
