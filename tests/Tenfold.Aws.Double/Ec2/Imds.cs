using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Ec2;

/// <summary>The metadata service of one instance, version 2 only.</summary>
/// <remarks>Source: EC2 User Guide, "Use the Instance Metadata Service to access instance metadata".</remarks>
internal sealed class Imds : IDisposable
{
    private const int MaxLifetime = 21_600;
    private readonly Account _account;
    private readonly Ec2Instance _instance;
    private readonly string _role;
    private readonly Action<string> _onPower;
    private readonly HttpServer _server;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new();

    /// <param name="account">The account.</param>
    /// <param name="instance">The instance.</param>
    /// <param name="role">The role of its profile; empty for none.</param>
    /// <param name="onPower">Learns how the instance's own programs switch it off.</param>
    public Imds(Account account, Ec2Instance instance, string role, Action<string> onPower)
    {
        (_account, _instance, _role, _onPower) = (account, instance, role, onPower);
        _server = new HttpServer(request => Task.FromResult<HttpAnswer?>(Answer(request)), null, e =>
            account.Defects.Enqueue(e.ToString()));
        _server.Start();
    }

    public string Endpoint => _server.Endpoint;

    /// <summary>When AWS takes the spot instance back; null for never.</summary>
    public DateTimeOffset? Interruption { get; set; }

    /// <summary>When AWS said that the spot instance is at risk; null for never.</summary>
    public DateTimeOffset? Rebalance { get; set; }

    public void Dispose() => _server.Dispose();

    private HttpAnswer Answer(HttpRequest request)
    {
        // Clients put a slash behind the endpoint, or they don't.
        request = request with { Path = "/" + request.Path.TrimStart('/') };
        if (request.Method == "PUT" && request.Path.StartsWith("/power/", StringComparison.Ordinal))
        {
            _onPower(request.Path[7..]);
            return HttpAnswer.Text(200, "");
        }
        if (request is { Method: "PUT", Path: "/latest/api/token" }) return NewToken(request);
        if (!_tokens.TryGetValue(request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token") ?? "", out var expires)
            || expires <= _account.Time.GetUtcNow())
            return HttpAnswer.Text(401, "Unauthorized");
        return Value(request.Path) is { } text ? HttpAnswer.Text(200, text) : HttpAnswer.Text(404, "Not Found");
    }

    private HttpAnswer NewToken(HttpRequest request)
    {
        if (!int.TryParse(request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token-ttl-seconds"), out var seconds)
            || seconds is < 1 or > MaxLifetime)
            return HttpAnswer.Text(400, "Bad Request");
        var token = RandomNumberGenerator.GetHexString(56);
        _tokens[token] = _account.Time.GetUtcNow().AddSeconds(seconds);
        var answer = HttpAnswer.Text(200, token);
        answer.Headers["X-Aws-Ec2-Metadata-Token-Ttl-Seconds"] = $"{seconds}";
        return answer;
    }

    private string? Value(string path)
    {
        const string Credentials = "/latest/meta-data/iam/security-credentials/";
        if (_role.Length > 0 && (path == Credentials || path + "/" == Credentials)) return _role;
        if (_role.Length > 0 && path == Credentials + _role) return Keys();
        return path switch
        {
            "/latest/meta-data/instance-id" => _instance.Id,
            "/latest/meta-data/instance-type" => _instance.InstanceType,
            "/latest/meta-data/instance-life-cycle" => _instance.IsSpot ? "spot" : "on-demand",
            "/latest/meta-data/ami-id" => _instance.ImageId,
            "/latest/meta-data/placement/region" => _account.Region,
            "/latest/meta-data/placement/availability-zone" => _instance.Subnet.Zone,
            "/latest/meta-data/local-ipv4" => "10.83.0.7",
            "/latest/meta-data/spot/instance-action" => Interruption is { } time
                ? new JsonObject { ["action"] = "terminate", ["time"] = Second(time) }.ToJsonString() : null,
            "/latest/meta-data/spot/termination-time" => Interruption is { } end ? Second(end) : null,
            "/latest/meta-data/events/recommendations/rebalance" => Rebalance is { } notice
                ? new JsonObject { ["noticeTime"] = Second(notice) }.ToJsonString() : null,
            "/latest/dynamic/instance-identity/document" => new JsonObject
            {
                ["accountId"] = _account.Id,
                ["instanceId"] = _instance.Id,
                ["instanceType"] = _instance.InstanceType,
                ["region"] = _account.Region,
                ["availabilityZone"] = _instance.Subnet.Zone,
                ["imageId"] = _instance.ImageId,
            }.ToJsonString(),
            "/latest/user-data" => _instance.UserData,
            _ => null,
        };
    }

    private string Keys()
    {
        var keys = RoleCredentials.Keys(_account, _account.RoleArn(_role), _instance.Id);
        keys.Remove("RoleArn");
        keys["Code"] = "Success";
        keys["Type"] = "AWS-HMAC";
        keys["LastUpdated"] = Second(_account.Time.GetUtcNow());
        return keys.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
    }

    private static string Second(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
}
