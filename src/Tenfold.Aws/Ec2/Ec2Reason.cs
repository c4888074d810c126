using Tenfold.Core.Reasons;

namespace Tenfold.Aws.Ec2;

/// <summary>Makes reasons from what EC2 says about an attempt.</summary>
internal static class Ec2Reason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="words">What EC2 says, in plain words, with a next step if there is one.</param>
    /// <param name="state">EC2's own code, such as <c>Server.SpotInstanceTermination</c>; null when it gave none.</param>
    public static Reason.OfBackend Of(string words, string? state = null) => new("ec2", state, words);
}
