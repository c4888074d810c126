using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tenfold.App.Serving.Replicas;

namespace Tenfold.App.Serving.Checking;

/// <summary>What a service answered.</summary>
/// <param name="Status">The status; null without an answer.</param>
/// <param name="Words">The answer in words, such as "status 400" or "no answer within 60 s".</param>
internal sealed record ServiceAnswer(int? Status, string Words)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public bool IsRefusal => Status is >= 400 and < 500;

    public bool IsFailure => Status is null or >= 500;
}

/// <summary>Sends requests to a service that is checked.</summary>
/// <param name="service">Its address.</param>
/// <param name="timeout">How long one request may take.</param>
/// <param name="time">The clock.</param>
internal sealed class InvocationClient(Uri service, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends a body to <c>/invocations</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="expects">True to wait for the service's consent before the body is sent.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ServiceAnswer> InvokeAsync(ReadOnlyMemory<byte> body, bool expects, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, PingProbe.At(service, "invocations"));
        request.Content = new ReadOnlyMemoryContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (expects) request.Headers.ExpectContinue = true;
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var reply = await _client.SendAsync(request, both.Token);
            return new ServiceAnswer((int)reply.StatusCode, $"status {(int)reply.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ServiceAnswer(null, $"no answer within {timeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return new ServiceAnswer(null, $"no answer: {e.InnerException?.Message ?? e.Message}");
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A request that is sent in two parts, over a connection of its own.</summary>
internal sealed class HalfSentRequest : IDisposable
{
    private readonly TcpClient _client;
    private readonly byte _last;

    private HalfSentRequest(TcpClient client, byte last) => (_client, _last) = (client, last);

    /// <summary>Sends everything but the last byte of the body.</summary>
    /// <returns>The request; null when the service can't be connected to.</returns>
    public static async Task<HalfSentRequest?> SendAsync(Uri service, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // A request of no bytes can't be sent in two parts.
        if (body.IsEmpty) body = " "u8.ToArray();
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(service.Host, service.Port, cancellationToken);
            var path = PingProbe.At(service, "invocations").AbsolutePath;
            var head = $"POST {path} HTTP/1.1\r\nHost: {service.Authority}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), cancellationToken);
            await client.GetStream().WriteAsync(body[..^1], cancellationToken);
            return new HalfSentRequest(client, body.Span[^1]);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            client.Dispose();
            return null;
        }
    }

    /// <summary>Sends the last byte, and reads the status of the reply.</summary>
    /// <param name="patience">How long the reply may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<ServiceAnswer> FinishAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var stream = _client.GetStream();
            await stream.WriteAsync(new[] { _last }, both.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII, false, 1024, leaveOpen: true);
            var line = await reader.ReadLineAsync(both.Token);
            return line?.Split(' ') is [_, var status, ..] && int.TryParse(status, out var number)
                ? new ServiceAnswer(number, $"status {number}")
                : new ServiceAnswer(null, "the connection was closed without an answer");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ServiceAnswer(null, $"no answer within {patience.TotalSeconds:0} s");
        }
        catch (IOException)
        {
            return new ServiceAnswer(null, "the connection was closed without an answer");
        }
    }

    public void Dispose() => _client.Dispose();
}
