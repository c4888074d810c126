using System.Net.Sockets;

namespace Tenfold.App.Serving.Replicas;

/// <summary>The kinds of answer to <c>GET /ping</c>.</summary>
public enum PingKind
{
    /// <summary>200: the model is loaded.</summary>
    Ready,

    /// <summary>Another status, or no connection.</summary>
    Refused,

    /// <summary>No answer in time.</summary>
    Slow,
}

/// <summary>An answer to <c>GET /ping</c>.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Words">The answer in words, such as "status 503".</param>
/// <param name="HasStatus">True when an HTTP status came.</param>
public readonly record struct PingAnswer(PingKind Kind, string Words, bool HasStatus = false);

/// <summary>Asks services whether they are ready. Safe for several threads at once.</summary>
internal static class PingProbe
{
    // Each ping has a connection of its own: a kept one would be counted by services that drain.
    private static readonly HttpClient Client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>An endpoint of a service, whose address may have a path of its own.</summary>
    public static Uri At(Uri service, string name) => new($"{service.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{name}");

    /// <summary>Asks once.</summary>
    /// <param name="service">The service's address.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<PingAnswer> AskAsync(Uri service, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, At(service, "ping"));
            using var reply = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var status = (int)reply.StatusCode;
            return new PingAnswer(status == 200 ? PingKind.Ready : PingKind.Refused, $"status {status}", HasStatus: true);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new PingAnswer(PingKind.Slow, "no answer in time");
        }
        catch (HttpRequestException e)
        {
            var isRefused = e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            return new PingAnswer(PingKind.Refused, isRefused ? "nothing listens on its port" : "no HTTP answer");
        }
    }
}
