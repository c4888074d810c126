using System.Diagnostics;
using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Watching;

/// <summary>The gateway's traces: one span for each call of a model. They cost nothing while nobody listens.</summary>
internal static class RequestTraces
{
    /// <summary>The name of their source.</summary>
    public const string Name = "Tenfold.Gateway";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins the span of a call; null while nobody listens.</summary>
    public static Activity? Begin(Exchange exchange)
    {
        if (!Source.HasListeners()) return null;
        var headers = exchange.Context.Request.Headers;
        _ = ActivityContext.TryParse(headers.TraceParent.ToString(), headers.TraceState.ToString(), isRemote: true, out var parent);
        var span = Source.StartActivity($"invoke {exchange.Model}", ActivityKind.Server, parent);
        span?.SetTag("tenfold.model", exchange.Model).SetTag("tenfold.version", exchange.Assignment.Version)
            .SetTag("tenfold.arm", exchange.Assignment.Arm).SetTag("tenfold.request_id", exchange.Call.IdText);
        return span;
    }

    /// <summary>Notes how a call ended.</summary>
    public static void End(Activity? span, int status, CallEnd end)
    {
        if (span is null) return;
        span.SetTag("http.response.status_code", status).SetTag("tenfold.end", end.ToString());
        if (end != CallEnd.Complete || status >= 500) span.SetStatus(ActivityStatusCode.Error);
    }
}
