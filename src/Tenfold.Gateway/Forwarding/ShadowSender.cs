using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Forwarding;

/// <summary>
/// Sends copies of requests to versions that are only observed, after the client has its reply. The copies that wait are bounded: one too
/// many is dropped and counted. A copy is never sent twice.
/// </summary>
internal sealed class ShadowSender(
    ModelCaller caller, IRequestRecorder recorder, GatewayMetrics metrics, TimeProvider time, ILogger<ShadowSender> log)
    : BackgroundService
{
    /// <summary>How many copies may wait.</summary>
    public const int MostWaiting = 256;

    /// <summary>How many copies are sent at once.</summary>
    public const int AtOnce = 8;

    private readonly Channel<ShadowCopy> _waiting = Channel.CreateBounded<ShadowCopy>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait });

    /// <summary>Takes a copy of a request whose reply was sent.</summary>
    public void Enqueue(Exchange exchange, VersionEndpoint version, ModelInput input)
    {
        var copy = new ShadowCopy(exchange.Call.Id, exchange.Model, exchange.Key, exchange.Assignment.RouteRevision, version, input);
        if (!_waiting.Writer.TryWrite(copy)) metrics.CountDroppedShadow(exchange.Model, version.Version.Version);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => SendAllAsync(stoppingToken)));

    private async Task SendAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var copy in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            if (!copy.Version.TryEnter()) continue;
            try
            {
                await SendAsync(copy, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.ShadowFailed(copy.Of, e.Message);
            }
            finally
            {
                copy.Version.Leave();
            }
        }
    }

    private async Task SendAsync(ShadowCopy copy, CancellationToken cancellationToken)
    {
        var (id, at, started) = (RequestId.Create(time.GetUtcNow()), time.GetUtcNow(), time.GetTimestamp());
        var context = new DefaultHttpContext { RequestAborted = cancellationToken };
        context.Request.Method = HttpMethods.Post;
        context.Request.Protocol = HttpProtocol.Http11;
        using var deadline = caller.StartDeadline(copy.Version, cancellationToken);
        var reply = new ReplyBody(null, Stream.Null, holdsAll: false, deadline);
        var end = await caller.CallAsync(context, copy.Version, id, copy.Input, reply, deadline.Token);
        var latency = time.GetElapsedTime(started);
        var outcome = end switch
        {
            CallEnd.Complete => RequestOutcome.Answered,
            CallEnd.NotConnected => RequestOutcome.Unavailable,
            CallEnd.TimedOut => RequestOutcome.TimedOut,
            _ => RequestOutcome.Broken,
        };
        metrics.CountShadow(copy.Model, copy.Version.Version.Version, outcome);
        await recorder.AppendAsync(
            new LoggedRequest
            {
                Id = id,
                At = at,
                Model = copy.Model,
                Version = copy.Version.Version.Version,
                Kind = RequestKind.Shadow,
                ShadowOf = copy.Of,
                RouteRevision = copy.RouteRevision,
                Key = copy.Key,
                Status = end == CallEnd.Complete ? context.Response.StatusCode : 0,
                Outcome = outcome,
                Latency = latency,
                ModelLatency = latency,
                RequestBody = copy.Version.Redact(copy.Input.Body),
                RequestSizeBytes = copy.Input.Body.Length,
                RequestContentType = copy.Input.ContentType,
                ReplyBody = copy.Version.Redact(reply.Kept),
                ReplySizeBytes = reply.SizeBytes,
                IsReplyCut = reply.IsCut,
                ReplyContentType = context.Response.ContentType,
            },
            CancellationToken.None);
    }

    private sealed record ShadowCopy(
        Guid Of, string Model, string? Key, long RouteRevision, VersionEndpoint Version, ModelInput Input);
}
