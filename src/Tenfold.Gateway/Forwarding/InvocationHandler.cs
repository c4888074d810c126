using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Protocol;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Forwarding;

/// <summary>Takes one request to the version that it is assigned to, records it, and only then ends the reply.</summary>
internal sealed class InvocationHandler(
    RouteTable routes, ModelCaller caller, IRequestRecorder recorder, ShadowSender shadows, GatewayMetrics metrics, RolloutService rollouts,
    TimeProvider time, ILogger<InvocationHandler> log)
{
    private const int LongestKey = 256;

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="model">The model.</param>
    /// <param name="pinned">The version that the client names; null: the route decides.</param>
    /// <param name="dialect">The protocol.</param>
    public async Task HandleAsync(HttpContext context, string model, string? pinned, Dialect dialect)
    {
        var key = context.Request.Headers[HeaderNames.Key].ToString() is { Length: > 0 } named ? named : null;
        if (key?.Length > LongestKey)
        {
            await Replies.ErrorAsync(context, 400, $"{HeaderNames.Key} is longer than {LongestKey} characters");
            return;
        }

        // While a version is stopped, a new table that no longer has it is in force already.
        while (true)
        {
            if (routes.Find(model) is not { } route)
            {
                await NotFoundAsync(context, routes.IsLoaded, $"there is no model '{model}'");
                return;
            }

            var assigned = pinned is null ? route.Assign(key, Call.Of(context).Id) : route.Pin(pinned);
            if (assigned is not { } assignment)
            {
                await NotFoundAsync(context, true, $"model '{model}' has no active version '{pinned}'");
                return;
            }

            if (assignment.Endpoint is { } endpoint && !endpoint.TryEnter()) continue;
            var exchange = new Exchange(context, model)
            {
                Key = key,
                IsPinned = pinned is not null,
                Assignment = assignment,
                Shadow = pinned is null && route.Shadow is { } shadow && shadow != assignment.Endpoint ? shadow : null,
            };
            try
            {
                exchange.SetHeaders();
                await AnswerAsync(exchange, dialect);
            }
            catch (Exception e) when (e is not (IOException or OperationCanceledException))
            {
                log.RequestFailed(e, exchange.Call.Id);
                await RejectAsync(exchange, 500, RequestOutcome.Broken, "the gateway failed; its log has the reason");
            }
            finally
            {
                assignment.Endpoint?.Leave();
            }

            return;
        }
    }

    private async Task AnswerAsync(Exchange exchange, Dialect dialect)
    {
        var context = exchange.Context;
        if (recorder.IsRefusing)
        {
            await UnavailableAsync(context, "the request log has no room, and requests that can't be logged are refused");
            return;
        }

        if (exchange.Assignment.Endpoint is not { IsReady: true } endpoint)
        {
            context.Response.Headers.RetryAfter = "1";
            await RejectAsync(exchange, 503, RequestOutcome.Unavailable, $"version {exchange.Assignment.Version} is not ready");
            return;
        }

        var read = await RequestBody.ReadAsync(context.Request, endpoint.Version.Limits.MaxBodyBytes, time, context.RequestAborted);
        exchange.SizeBytes = read.Status == 0 ? read.Body.Length : context.Request.ContentLength ?? 0;
        if (read.Status != 0)
        {
            await RejectAsync(
                exchange, read.Status, read.Message is null ? RequestOutcome.ClientGone : RequestOutcome.Rejected, read.Message);
            return;
        }

        exchange.Input = new ModelInput(read.Body, context.Request.ContentType);
        if (!dialect.Read(context.Request, read.Body, endpoint).Succeeded(out var input, out var refusal))
        {
            await RejectAsync(exchange, 400, RequestOutcome.Rejected, refusal.Message);
            return;
        }

        exchange.Input = input;
        if (endpoint.Input?.Find(input.Body) is { Count: > 0 } faults)
        {
            var notText = faults[0].Rule is "json" or "encoding";
            await RejectAsync(
                exchange, notText ? 400 : 422, RequestOutcome.Rejected,
                notText ? faults[0].Message : $"the input does not match the schema of {exchange.Model} {exchange.Assignment.Version}",
                notText ? null : faults);
            return;
        }

        await ForwardAsync(exchange, endpoint, input, dialect);
    }

    private async Task ForwardAsync(Exchange exchange, VersionEndpoint endpoint, ModelInput input, Dialect dialect)
    {
        var (context, response) = (exchange.Context, exchange.Context.Response);
        using var deadline = caller.StartDeadline(endpoint, context.RequestAborted);
        var reply = exchange.Reply = new ReplyBody(response, response.Body, dialect.TranslatesReplies, deadline);
        var started = time.GetTimestamp();
        CallEnd end;
        using (var span = RequestTraces.Begin(exchange))
        {
            end = await caller.CallAsync(context, endpoint, exchange.Call.Id, input, reply, deadline.Token);
            RequestTraces.End(span, response.StatusCode, end);
        }

        exchange.ModelLatency = time.GetElapsedTime(started);
        exchange.ReplyType = response.ContentType;
        if (end != CallEnd.Complete)
        {
            await FailAsync(exchange, end);
            return;
        }

        if (dialect.TranslatesReplies && reply.SizeBytes > RequestBody.MostInlineBytes) await Task.Yield();
        var own = default(ReadOnlyMemory<byte>?);
        if (dialect.TranslatesReplies && !Translate(exchange, input, dialect, out own))
        {
            await RejectAsync(exchange, 502, RequestOutcome.Answered, "the model's reply can't be expressed in this protocol");
            return;
        }

        var outcome = await RecordAsync(exchange, response.StatusCode, RequestOutcome.Answered, null);
        if (outcome == AppendOutcome.Refused)
        {
            await RefuseUnrecordedAsync(exchange);
            return;
        }

        if (own is { } translated) await response.Body.WriteAsync(translated, context.RequestAborted);
        else await reply.ReleaseAsync(context.RequestAborted);
        if (exchange.Shadow is { } shadow) shadows.Enqueue(exchange, shadow, input);
    }

    private static bool Translate(Exchange exchange, ModelInput input, Dialect dialect, out ReadOnlyMemory<byte>? own)
    {
        var response = exchange.Context.Response;
        own = exchange.Reply!.Kept;
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var output = new ModelOutput(exchange.Reply.Kept, exchange.Model, exchange.Assignment.Version);
            if (!dialect.Write(input, output, exchange.Context).Succeeded(out var translated, out _)) return false;
            (own, response.ContentType) = (translated.Body, translated.ContentType);
        }
        else
        {
            // The protocols want JSON with `error`, and a model's own words may be anything.
            own = Replies.Error(exchange.Context, $"the model replied with status {response.StatusCode}");
            response.ContentType = Replies.Json;
        }

        response.ContentLength = own.Value.Length;
        return true;
    }

    private Task FailAsync(Exchange exchange, CallEnd end)
    {
        var version = $"version {exchange.Assignment.Version}";
        return end switch
        {
            CallEnd.NotConnected => RejectAsync(exchange, 503, RequestOutcome.Unavailable, $"{version} accepts no connection"),
            CallEnd.TimedOut => RejectAsync(exchange, 504, RequestOutcome.TimedOut, $"{version} did not reply in time"),
            CallEnd.ClientGone => RejectAsync(exchange, 499, RequestOutcome.ClientGone, null),
            _ => RejectAsync(exchange, 502, RequestOutcome.Broken, $"{version} broke off its reply"),
        };
    }

    // Replies with an error of the gateway, after it is recorded. Without a message nobody is there to get a reply.
    private async Task RejectAsync(
        Exchange exchange, int status, RequestOutcome outcome, string? message, IReadOnlyList<InputFault>? faults = null)
    {
        var (context, response) = (exchange.Context, exchange.Context.Response);
        if (message is null || exchange.Reply?.IsPassedOn == true || response.HasStarted)
        {
            // A cut stream was announced with the model's status, which the client has seen.
            await RecordAsync(exchange, message is null && !response.HasStarted ? 0 : response.StatusCode, outcome, null);
            context.Abort();
            return;
        }

        var body = Replies.Error(context, message, faults);
        exchange.ResetHeaders();
        if (await RecordAsync(exchange, status, outcome, body) == AppendOutcome.Refused)
            await UnavailableAsync(context, "the request log has no room, and requests that can't be logged are refused");
        else await Replies.BytesAsync(context, status, body);
    }

    private static async Task RefuseUnrecordedAsync(Exchange exchange)
    {
        if (exchange.Context.Response.HasStarted)
        {
            exchange.Context.Abort();
            return;
        }

        exchange.ResetHeaders();
        await UnavailableAsync(exchange.Context, "the request log has no room, so the reply was not sent");
    }

    private async ValueTask<AppendOutcome> RecordAsync(
        Exchange exchange, int status, RequestOutcome outcome, ReadOnlyMemory<byte>? own)
    {
        var latency = time.GetElapsedTime(exchange.Call.Started);
        metrics.Count(exchange, status, outcome, latency);
        rollouts.Count(exchange, status, outcome, latency);
        return await recorder.AppendAsync(exchange.ToRecord(status, outcome, latency, own), CancellationToken.None);
    }

    private static Task NotFoundAsync(HttpContext context, bool isLoaded, string message) =>
        isLoaded ? Replies.ErrorAsync(context, 404, message) : UnavailableAsync(context, "the gateway has not read its routes yet");

    private static Task UnavailableAsync(HttpContext context, string message)
    {
        context.Response.Headers.RetryAfter = "1";
        return Replies.ErrorAsync(context, 503, message);
    }
}
