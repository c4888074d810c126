using System.Security.Cryptography;
using System.Text;

namespace Tenfold.App.Pushes.Webhooks;

/// <summary>Checks the signatures of deliveries, in a time that does not depend on where they differ.</summary>
/// <remarks>
/// Sources: "Validating webhook deliveries" of GitHub's documentation; <c>services/webhook/deliver.go</c> of Gitea; "Webhooks" of GitLab's
/// documentation, and its signing tokens, which follow standardwebhooks.com.
/// </remarks>
internal static class Signatures
{
    /// <summary>GitHub's <c>sha256=</c> with the HMAC of the body in hexadecimal digits.</summary>
    public static bool IsGitHub(string? header, byte[] secret, byte[] body) =>
        header?.StartsWith("sha256=", StringComparison.Ordinal) == true
        && IsHex(header["sha256=".Length..], HMACSHA256.HashData(secret, body));

    /// <summary>The <c>sha1=</c> of old hooks.</summary>
#pragma warning disable CA5350 // Only where the user has switched it on.
    public static bool IsGitHubSha1(string? header, byte[] secret, byte[] body) =>
        header?.StartsWith("sha1=", StringComparison.Ordinal) == true && IsHex(header["sha1=".Length..], HMACSHA1.HashData(secret, body));
#pragma warning restore CA5350

    /// <summary>Gitea's HMAC in hexadecimal digits.</summary>
    public static bool IsGitea(string? header, byte[] secret, byte[] body) =>
        header is { Length: > 0 } && IsHex(header, HMACSHA256.HashData(secret, body));

    /// <summary>GitLab's token, which is the secret itself.</summary>
    public static bool IsGitLabToken(string? header, byte[] secret) =>
        header is not null && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(header)), SHA256.HashData(secret));

    /// <summary>GitLab's signature of the id, the time and the body. The header may have several, separated by spaces.</summary>
    public static bool IsGitLab(string? header, string? id, string? timestamp, byte[] secret, byte[] body)
    {
        if (header is null || id is null || timestamp is null) return false;
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(KeyOf(secret), signed);
        var isValid = false;
        foreach (var one in header.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var given = new byte[expected.Length];
            isValid |= one.StartsWith("v1,", StringComparison.Ordinal)
                && Convert.TryFromBase64String(one["v1,".Length..], given, out var length)
                && length == given.Length && CryptographicOperations.FixedTimeEquals(given, expected);
        }

        return isValid;
    }

    // A signing token begins with whsec_, and the rest is the key in Base64.
    private static byte[] KeyOf(byte[] secret)
    {
        var text = Encoding.UTF8.GetString(secret);
        if (!text.StartsWith("whsec_", StringComparison.Ordinal)) return secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text["whsec_".Length..], key, out var length) ? key[..length] : secret;
    }

    private static bool IsHex(string text, byte[] expected) =>
        text.Length == expected.Length * 2 && text.All(char.IsAsciiHexDigit)
        && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(text), expected);
}
