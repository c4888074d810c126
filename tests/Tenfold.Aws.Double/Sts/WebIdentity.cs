using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Sts;

/// <summary>Gives keys of a role for a token of an identity provider, such as that of a CI system. Nobody signs this call.</summary>
/// <remarks>Source: AWS STS API Reference, AssumeRoleWithWebIdentity.</remarks>
internal static class WebIdentity
{
    /// <summary>The only token that the double accepts.</summary>
    public const string Token = "a-token-of-an-identity-provider";

    private const string Operation = "AssumeRoleWithWebIdentity";
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    /// <summary>The answer; null when the request is for something else.</summary>
    public static HttpAnswer? Answer(Account account, HttpRequest request, Protocol sts)
    {
        if (request.Method != "POST" || Signature.ScopeOf(request.Headers) is not null) return null;
        var defects = new List<string>();
        var (operation, input) = sts.Read(request, defects);
        if (operation != Operation) return null;
        foreach (var defect in defects) account.Defects.Enqueue(defect);
        if (input.Text("WebIdentityToken") != Token)
        {
            return sts.Write(new AwsErrorException(
                400, "InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider"), "web-identity");
        }

        var name = input.Text("RoleSessionName")!;
        var lifetime = input.Number("DurationSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime;
        var role = account.Credentials.Assume(input.Text("RoleArn")!, name, lifetime);
        var output = new JsonObject
        {
            ["Credentials"] = StsService.KeysOf(role),
            ["AssumedRoleUser"] = new JsonObject { ["AssumedRoleId"] = $"AROA:{name}", ["Arn"] = role.Arn },
        };
        var answer = sts.Write(Operation, output, "web-identity", defects);
        foreach (var defect in defects) account.Defects.Enqueue(defect);
        return answer;
    }
}
