using System.Security.Cryptography;
using System.Text;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Recomputes the signature of a request.</summary>
/// <remarks>Source: AWS General Reference, "Create a signed AWS API request", Signature Version 4.</remarks>
internal static class Signature
{
    private const string Algorithm = "AWS4-HMAC-SHA256 ";

    /// <summary>The access key and the scope (day, region, service) of a request; null for a request without signature.</summary>
    public static (string AccessKey, string Region, string Service)? ScopeOf(IReadOnlyDictionary<string, string> headers) =>
        headers.TryGetValue("authorization", out var text) && text.StartsWith(Algorithm, StringComparison.Ordinal)
            && Parts(text)["Credential"].Split('/') is [var key, _, var region, var service, _] ? (key, region, service) : null;

    /// <summary>What is wrong with a request's signature; null for nothing.</summary>
    public static string? FaultOf(HttpRequest request, string secret)
    {
        var headers = request.Headers;
        var authorization = headers.GetValueOrDefault("authorization") ?? "";
        if (!authorization.StartsWith(Algorithm, StringComparison.Ordinal)) return "the request is not signed";
        var parts = Parts(authorization);
        var scope = parts["Credential"].Split('/', 2)[1];
        var signed = parts["SignedHeaders"].Split(';');
        foreach (var needed in (string[])["host", "x-amz-date"])
            if (!signed.Contains(needed)) return $"{needed} is not signed";
        foreach (var needed in (string[])["content-type", "x-amz-target", "x-amz-security-token"])
            if (headers.ContainsKey(needed) && request.Body.Length > 0 && !signed.Contains(needed)) return $"{needed} is not signed";
        var isS3 = scope.EndsWith("/s3/aws4_request", StringComparison.Ordinal);
        var payload = isS3 ? headers["x-amz-content-sha256"] : Convert.ToHexStringLower(SHA256.HashData(request.Body));
        var canonical = string.Join('\n', (string[])
        [
            request.Method, isS3 ? request.Path : Encoded(request.Path), Canonical(request.Query),
            .. signed.Select(name => $"{name}:{Spaces(headers.GetValueOrDefault(name) ?? "")}"), "",
            parts["SignedHeaders"], payload,
        ]);
        var toSign = $"AWS4-HMAC-SHA256\n{headers["x-amz-date"]}\n{scope}\n" +
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        return expected == parts["Signature"] ? null : $"the signature is wrong; the canonical request is\n{canonical}";
    }

    // Some clients write a space after each comma, others don't.
    private static Dictionary<string, string> Parts(string authorization) =>
        authorization[Algorithm.Length..].Split(',').Select(part => part.Trim().Split('=', 2)).ToDictionary(p => p[0], p => p[1]);

    // All services but S3 encode the path a second time.
    private static string Encoded(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string Canonical(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Contains('=') ? pair : pair + "=")
        .Select(pair => pair.Split('=', 2)).Select(p => (Name: Normal(p[0]), Value: Normal(p[1])))
        .OrderBy(p => p.Name, StringComparer.Ordinal).ThenBy(p => p.Value, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));

    private static string Normal(string encoded) => Uri.EscapeDataString(Uri.UnescapeDataString(encoded));

    private static string Spaces(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
