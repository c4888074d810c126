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
