using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Ec2;

/// <summary>Makes reasons from what EC2 says about an attempt.</summary>
internal static class Ec2Reason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="fact">What happened.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    /// <param name="state">EC2's own code, such as <c>Server.SpotInstanceTermination</c>; null when it gave none.</param>
    /// <param name="answer">What EC2 said; null for nothing.</param>
    /// <param name="about">What the fact is about, by name. A null value is left out.</param>
    public static Reason.OfBackend Of(
        Ec2Fact fact, string words, string? state = null, string? answer = null, params (string Name, string? Value)[] about) =>
        Reason.OfBackend.From(
            "ec2", fact, words, state is { Length: > 0 } ? state : null, answer is { Length: > 0 } ? answer : null, about);
}
