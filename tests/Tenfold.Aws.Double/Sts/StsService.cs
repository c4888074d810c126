using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Identity;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Sts;

/// <summary>AWS Security Token Service.</summary>
/// <remarks>Source: AWS STS API Reference.</remarks>
internal sealed class StsService : AwsService
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    public StsService(Account account) : base("sts")
    {
        On("GetCallerIdentity", request => new JsonObject
        {
            ["UserId"] = request.Caller.AccessKey,
            ["Account"] = account.Id,
            ["Arn"] = request.Caller.Arn,
        });
        On("AssumeRole", request =>
        {
            var name = request.Input.Text("RoleSessionName")!;
            var lifetime = request.Input.Number("DurationSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLifetime;
            var role = account.Credentials.Assume(request.Input.Text("RoleArn")!, name, lifetime);
            return new JsonObject
            {
                ["Credentials"] = KeysOf(role),
                ["AssumedRoleUser"] = new JsonObject { ["AssumedRoleId"] = $"AROA:{name}", ["Arn"] = role.Arn },
            };
        });
        On("DecodeAuthorizationMessage", _ => new JsonObject { ["DecodedMessage"] = """{"allowed":false,"explicitDeny":false}""" });
    }

    /// <summary>The keys of a role as STS writes them.</summary>
    public static JsonObject KeysOf(Credential role) => new()
    {
        ["AccessKeyId"] = role.AccessKey,
        ["SecretAccessKey"] = role.Secret,
        ["SessionToken"] = role.Token,
        ["Expiration"] = role.Expires!.Value.Iso(),
    };
}
