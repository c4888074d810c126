using Microsoft.AspNetCore.Http;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Forwarding;

/// <summary>Calls one replica of a version, in the way that fits the request.</summary>
/// <param name="yarp">For all requests that <see cref="DirectForwarder"/> does not forward.</param>
/// <param name="options">The gateway's options.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelCaller(YarpForwarder yarp, GatewayOptions options, TimeProvider time) : IDisposable
{
    private readonly DeadlineClock _clock = new(time);

    /// <summary>Starts the time limit of a call.</summary>
    public CallDeadline StartDeadline(VersionEndpoint version, CancellationToken client) =>
        new(version.Version.Limits.Timeout, options.StreamLimit, _clock, client);

    /// <summary>Calls a version. A replica that accepts no connection did not get the request, so another one is tried once.</summary>
    public async ValueTask<CallEnd> CallAsync(
        HttpContext context, VersionEndpoint version, Guid id, ModelInput input, ReplyBody reply, CancellationToken deadline)
    {
        var end = CallEnd.NotConnected;
        ReplicaAddress? replica = null;
        for (var attempt = 0; attempt < 2 && end == CallEnd.NotConnected; attempt++)
        {
            if ((replica = version.Choose(replica)) is null) break;
            var call = new ModelCall(id, replica, input.Body, input.ContentType);
            var period = replica.Begin();
            try
            {
                end = options.Forwarding != ForwardingChoice.Yarp && CanForwardDirectly(context, call)
                    ? await DirectForwarder.SendAsync(context, call, reply, deadline)
                    : await yarp.SendAsync(context, call, reply, deadline);
            }
            finally
            {
                replica.End(period);
            }
        }

        return end;
    }

    /// <inheritdoc/>
    public void Dispose() => _clock.Dispose();

    // A client that asks for a stream gets YARP, which is made for it.
    private static bool CanForwardDirectly(HttpContext context, ModelCall call) =>
        call.Body.Length <= DirectForwarder.MostRequestBytes && call.Replica.Uri.Scheme == Uri.UriSchemeHttp
        && !context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
