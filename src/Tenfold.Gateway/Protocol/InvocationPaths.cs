using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Forwarding;

namespace Tenfold.Gateway.Protocol;

/// <summary>The paths of the plain protocol and of feedback.</summary>
internal static class InvocationPaths
{
    private const int MostFeedbackBytes = 1 << 20;

    /// <summary>Maps <c>POST /models/M/invocations</c>, and the path that names a version.</summary>
    public static void MapInvocations(this IEndpointRouteBuilder app)
    {
        var handler = app.ServiceProvider.GetRequiredService<InvocationHandler>();
        var dialect = new InvocationDialect();
        app.MapPost("/models/{model}/invocations", Handle);
        app.MapPost("/models/{model}/versions/{version}/invocations", Handle);
        Task Handle(HttpContext context) =>
            handler.HandleAsync(context, context.ModelName(), context.Request.RouteValues["version"] as string, dialect);
    }

    /// <summary>Maps <c>POST /feedback</c>: one outcome, or a list of them.</summary>
    public static void MapFeedback(this IEndpointRouteBuilder app)
    {
        var recorder = app.ServiceProvider.GetRequiredService<IRequestRecorder>();
        var time = app.ServiceProvider.GetRequiredService<TimeProvider>();
        app.MapPost("/feedback", async (HttpContext context) =>
        {
            var read = await RequestBody.ReadAsync(context.Request, MostFeedbackBytes, time, context.RequestAborted);
            if (read.Status != 0)
            {
                if (read.Message is { } message) await Replies.ErrorAsync(context, read.Status, message);
                return;
            }

            if (!FeedbackReader.Read(read.Body, time.GetUtcNow()).Succeeded(out var outcomes, out var refusal))
            {
                await Replies.ErrorAsync(context, StatusCodes.Status422UnprocessableEntity, refusal.Message);
                return;
            }

            foreach (var outcome in outcomes)
            {
                if (await recorder.AppendAsync(outcome, CancellationToken.None) == AppendOutcome.Recorded) continue;
                context.Response.Headers.RetryAfter = "1";
                await Replies.ErrorAsync(context, 503, "the feedback could not be recorded: send all of it again");
                return;
            }

            await Replies.ValueAsync(context, new FeedbackReply(outcomes.Count), ReplyJson.Default.FeedbackReply);
        });
    }

    /// <summary>The model that the path names.</summary>
    public static string ModelName(this HttpContext context) => (string)context.Request.RouteValues["model"]!;
}

/// <summary>The reply to feedback.</summary>
/// <param name="Recorded">How many outcomes were recorded.</param>
internal sealed record FeedbackReply(int Recorded);

/// <summary>Reads feedback.</summary>
internal static class FeedbackReader
{
    private const int Most = 10_000;

    /// <summary>Reads <c>{"request_id", "metric", "value"}</c>, or a list of them.</summary>
    public static Outcome<IReadOnlyList<Feedback>> Read(ReadOnlyMemory<byte> body, DateTimeOffset at)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var items = root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToList() : [root];
            if (items.Count > Most) return Refusal.BadInput($"one request may report at most {Most} outcomes");
            var outcomes = new List<Feedback>();
            foreach (var item in items)
            {
                if (!ReadOne(item, at).Succeeded(out var outcome, out var refusal)) return refusal;
                outcomes.Add(outcome);
            }

            return Outcome.Of<IReadOnlyList<Feedback>>(outcomes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Refusal.BadInput("the body is not JSON");
        }
    }

    private static Outcome<Feedback> ReadOne(JsonElement item, DateTimeOffset at)
    {
        if (item.ValueKind != JsonValueKind.Object) return Refusal.BadInput("feedback is {\"request_id\", \"metric\", \"value\"}");
        if (!Guid.TryParse(Tensor.TextOf(item, "request_id"), out var id))
            return Refusal.BadInput("request_id must be the id that the gateway gave the request");
        var metric = Tensor.TextOf(item, "metric");
        if (!item.TryGetProperty("value", out var value)) return Refusal.BadInput("value is missing");
        var number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var given) => given,
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => double.NaN,
        };
        return Feedback.Check(metric, number) is { } fault
            ? Refusal.BadInput(fault)
            : new Feedback { RequestId = id, Metric = metric!, Value = number, At = at };
    }
}
