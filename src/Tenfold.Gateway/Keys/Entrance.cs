using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Keys;

/// <summary>The first step of every request: it gets its id, and needs a valid API key when the gateway has keys.</summary>
/// <param name="next">The next step.</param>
/// <param name="keys">The keys.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="time">The clock.</param>
internal sealed class Entrance(RequestDelegate next, KeyRing keys, GatewayMetrics metrics, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    /// <summary>Takes the step.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var at = time.GetUtcNow();
        var call = new Call(RequestId.Create(at), at, time.GetTimestamp());
        context.Features.Set(call);
        var headers = context.Response.Headers;
        headers[HeaderNames.RequestId] = call.IdText;
        headers[HeaderNames.Version] = HeaderNames.None;
        headers[HeaderNames.Arm] = HeaderNames.None;
        if (IsAmbiguous(context.Request))
        {
            headers.Connection = "close";
            return RefuseAsync(context, 400, "the length of the request's body is ambiguous");
        }

        if (!keys.IsRequired || IsPublic(context.Request.Path)) return GoOnAsync(context);
        if (keys.Find(TakeKey(context.Request)) is not { } holder)
        {
            headers.WWWAuthenticate = "Bearer";
            return RefuseAsync(context, 401, $"send a valid API key as `Authorization: Bearer KEY` or `{HeaderNames.ApiKey}: KEY`");
        }

        call.Caller = holder.Key.Name;
        if (holder.Limit?.Take() is { } wait && wait > TimeSpan.Zero)
        {
            headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return RefuseAsync(context, 429, $"the key '{holder.Key.Name}' may make {holder.Key.Rate} requests a second: try again later");
        }

        return GoOnAsync(context);
    }

    // What is only read may come from a database or a file.
    private Task GoOnAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? next(context) : Task.Run(() => next(context));

    // A proxy in front of the gateway may read such a request's length otherwise, and take the rest for another request. Kestrel moves a
    // Content-Length beside a Transfer-Encoding to X-Content-Length.
    private static bool IsAmbiguous(HttpRequest request)
    {
        var encoding = request.Headers.TransferEncoding;
        if (encoding.Count == 0) return false;
        var isChunked = encoding.Count == 1 && string.Equals(encoding[0], "chunked", StringComparison.OrdinalIgnoreCase);
        return !isChunked || request.Protocol != HttpProtocol.Http11 || request.Headers.ContainsKey("X-Content-Length");
    }

    // Load balancers ask for health without a key.
    private static bool IsPublic(PathString path) => path == "/" || path == "/v2/health/live" || path == "/v2/health/ready";

    // Beside a key in its own header, the Authorization is meant for the model. Otherwise it is meant for the gateway, and goes no further.
    private static string TakeKey(HttpRequest request)
    {
        if (request.Headers[HeaderNames.ApiKey].ToString() is { Length: > 0 } own) return own;
        var given = request.Headers.Authorization.ToString();
        request.Headers.Remove("Authorization");
        return given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? given[Bearer.Length..].Trim() : "";
    }

    private Task RefuseAsync(HttpContext context, int status, string message)
    {
        metrics.CountRejected(status);
        return Replies.ErrorAsync(context, status, message);
    }
}
