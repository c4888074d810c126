using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Aws.Ec2;

/// <summary>Decides in which order an attempt tries the zones, and names its request in each of them.</summary>
/// <remarks>
/// EC2 keeps client tokens apart by zone: a token that is sent to another zone starts a second machine. So each attempt has one order of
/// zones, which any process computes alike.
/// </remarks>
internal static class ClientTokens
{
    /// <summary>The name of an attempt's request in a subnet: 64 characters, the most that EC2 accepts.</summary>
    public static string For(string ledger, string attempt, string subnet) =>
        Convert.ToHexStringLower(Hash($"{ledger}\n{attempt}\n{subnet}"));

    /// <summary>The subnets in the order in which an attempt tries them. Attempts are spread over all subnets.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="subnets">The stack's subnets, each in another zone.</param>
    /// <param name="last">The subnet that was tried last; null for none.</param>
    public static IReadOnlyList<string> Order(string attempt, IReadOnlyList<string> subnets, string? last)
    {
        var order = subnets.OrderBy(subnet => Convert.ToHexString(Hash($"{attempt}\n{subnet}")), StringComparer.Ordinal).ToList();
        var first = last is null ? -1 : order.IndexOf(last);
        return first <= 0 ? order : [.. order.Skip(first), .. order.Take(first)];
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
