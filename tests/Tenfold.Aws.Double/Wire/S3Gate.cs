using System.Net.Sockets;
using System.Text;
using Tenfold.Aws.Double.Calls;
using Tenfold.Aws.Double.Faults;

namespace Tenfold.Aws.Double.Wire;

/// <summary>
/// Passes S3 requests on to the S3 server, after the check of their signatures. The server itself knows only the user's key; here the keys
/// of roles work too, and expire.
/// </summary>
internal sealed class S3Gate(Account account, CallLog calls, FaultPlan faults)
{
    public async Task<bool> PassOnAsync(HttpRequest head, HttpConnection connection)
    {
        if (Signature.ScopeOf(head.Headers) is not { Service: "s3" } scope || account.Options.S3Endpoint is not { } endpoint) return false;
        var who = "";
        var fault = (Fault?)null;
        try
        {
            who = account.Credentials.Verify(head, "s3", account.Defects.Enqueue).Arn;
            fault = faults.Next("s3", head.Method);
            if (fault?.Pause is { } pause) await Task.Delay(pause, account.Time);
            if (fault?.Until is { } until) await until;
            if (fault?.Error is { } error) throw error("s3", head.Method, who);
        }
        catch (AwsErrorException error)
        {
            calls.Add(new("s3", head.Method, Place(head), who, scope.Region, error.Code));
            await RefuseAsync(connection.Stream, error);
            return true;
        }
        calls.Add(new("s3", head.Method, Place(head), who, scope.Region, fault is null or { Pause: not null } ? null : "lost"));
        var body = await connection.ReadBodyAsync(head);
        if (fault?.LosesRequest == true) return true;
        await CopyAsync(S3Body.Plain(head with { Body = body }), connection, new Uri(endpoint), loses: fault?.LosesAnswer == true);
        return true;
    }

    private static System.Text.Json.Nodes.JsonObject Place(HttpRequest head) => new() { ["Path"] = head.Path, ["Query"] = head.Query };

    private static async Task RefuseAsync(Stream stream, AwsErrorException error)
    {
        var body = $"<?xml version=\"1.0\"?><Error><Code>{error.Code}</Code><Message>{error.Text}</Message></Error>";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {error.Status} Error\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\n" +
            $"Connection: close\r\n\r\n{body}"));
    }

    // The server serves one request for each connection, so that its answer ends with the connection.
    private static async Task CopyAsync(HttpRequest request, HttpConnection connection, Uri endpoint, bool loses)
    {
        using var server = new TcpClient { NoDelay = true };
        await server.ConnectAsync(endpoint.Host, endpoint.Port);
        var stream = server.GetStream();
        var target = request.Query.Length > 0 ? $"{request.Path}?{request.Query}" : request.Path;
        var text = new StringBuilder($"{request.Method} {target} HTTP/1.1\r\nConnection: close\r\n");
        foreach (var (name, value) in request.Headers)
            if (name is not ("authorization" or "connection" or "x-amz-security-token" or "expect")) text.Append($"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{text}\r\n"));
        await stream.WriteAsync(request.Body);
        await stream.CopyToAsync(loses ? Stream.Null : connection.Stream);
    }
}
