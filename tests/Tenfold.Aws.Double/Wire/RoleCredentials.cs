using System.Text;
using System.Text.Json.Nodes;

namespace Tenfold.Aws.Double.Wire;

/// <summary>Serves the keys of a job's role, as ECS does for containers.</summary>
/// <remarks>Source: ECS Developer Guide, task-iam-roles: the container credentials endpoint.</remarks>
internal static class RoleCredentials
{
    private const string Prefix = "/container-credentials/";
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(6);

    /// <summary>The variable that leads a job's tools to its role's keys.</summary>
    public static string UriOf(Account account, string roleArn, string session) =>
        $"{account.Endpoint}{Prefix}{Uri.EscapeDataString(roleArn)}/{session}";

    /// <summary>The keys as JSON, or null when the request is for something else.</summary>
    public static HttpAnswer? Answer(Account account, HttpRequest request)
    {
        if (request.Method != "GET" || !request.Path.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var parts = request.Path[Prefix.Length..].Split('/');
        return new HttpAnswer(200, Encoding.UTF8.GetBytes(Keys(account, Uri.UnescapeDataString(parts[0]), parts[1]).ToJsonString()))
        {
            Headers = { ["Content-Type"] = "application/json" },
        };
    }

    /// <summary>New keys of a role.</summary>
    public static JsonObject Keys(Account account, string roleArn, string session)
    {
        var credential = account.Credentials.Assume(roleArn, session, Lifetime);
        return new JsonObject
        {
            ["RoleArn"] = roleArn,
            ["AccessKeyId"] = credential.AccessKey,
            ["SecretAccessKey"] = credential.Secret,
            ["Token"] = credential.Token,
            ["Expiration"] = credential.Expires!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        };
    }
}
