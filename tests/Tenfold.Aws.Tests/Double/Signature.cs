using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Aws.Tests.Double;

/// <summary>Recomputes the signature of a request.</summary>
/// <remarks>Source: AWS General Reference, "Create a signed AWS API request", Signature Version 4.</remarks>
internal static class Signature
{
    /// <summary>What is wrong with a request's signature; null for nothing.</summary>
    public static string? FaultOf(AwsCall call, string secret)
    {
        var authorization = call.Headers.GetValueOrDefault("authorization") ?? "";
        const string Algorithm = "AWS4-HMAC-SHA256 ";
        if (!authorization.StartsWith(Algorithm, StringComparison.Ordinal)) return "the request is not signed";
        var parts = authorization[Algorithm.Length..].Split(", ").Select(part => part.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var scope = parts["Credential"].Split('/', 2)[1];
        var signed = parts["SignedHeaders"].Split(';');
        foreach (var needed in (string[])["host", "x-amz-date", "content-type"])
            if (!signed.Contains(needed)) return $"{needed} is not signed";
        if (call.Headers.ContainsKey("x-amz-target") && !signed.Contains("x-amz-target")) return "x-amz-target is not signed";
        if (call.Headers.ContainsKey("x-amz-security-token") && !signed.Contains("x-amz-security-token")) return "the token is not signed";
        var canonical = string.Join('\n', (string[])
        [
            "POST", call.Path, "",
            .. signed.Select(name => $"{name}:{call.Headers[name].Trim()}"), "",
            parts["SignedHeaders"], Convert.ToHexStringLower(SHA256.HashData(call.Body)),
        ]);
        var toSign = $"AWS4-HMAC-SHA256\n{call.Headers["x-amz-date"]}\n{scope}\n" +
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return expected == parts["Signature"] ? null : $"the signature is wrong; the canonical request is\n{canonical}";
    }
}
