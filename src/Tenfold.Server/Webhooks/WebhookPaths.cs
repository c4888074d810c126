using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App.Pushes.Webhooks;
using Tenfold.Core.Ledger;
using Tenfold.Server.Control;

namespace Tenfold.Server.Webhooks;

/// <summary>The paths to which git hosts deliver.</summary>
internal static class WebhookPaths
{
    /// <summary>Adds <c>/hooks</c>, and the paths of the server that Tenfold succeeds.</summary>
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        app.MapPost("/hooks", (HttpContext context, WebhookParts parts) => AnswerAsync(context, parts, StatusCodes.Status202Accepted));
        // The old server answered 204 without a body.
        app.MapPost("/postreceive", (HttpContext context, WebhookParts parts) =>
            AnswerAsync(context, parts, StatusCodes.Status204NoContent));
        app.MapGet("/pushservice", () => Results.Text("Push service is running"));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, WebhookParts parts, int accepted)
    {
        var cancellationToken = context.RequestAborted;
        using var lease = new BodyLease(parts.Budget);
        try
        {
            if (await lease.ReadAsync(context.Request.Body, cancellationToken) is not { } body) return Busy(context, parts.Logger);
            return await AnswerAsync(context.Request, body, parts, accepted, cancellationToken);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Results.Text("the body is too long", statusCode: StatusCodes.Status413PayloadTooLarge);
        }
        catch (LedgerException e)
        {
            parts.Logger.DeliveryNotRecorded(e);
            return Results.Text("the delivery could not be recorded", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static async Task<IResult> AnswerAsync(
        HttpRequest request, byte[] body, WebhookParts parts, int accepted, CancellationToken cancellationToken)
    {
        var headers = request.Headers;
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        var delivered = new WebhookRequest(name => headers.TryGetValue(name, out var value) ? value.ToString() : null, type, body);
        var answer = await parts.Receiver.ReceiveAsync(delivered, cancellationToken);
        if (answer.Result == WebhookResult.Refused) return Results.Text(answer.Detail, statusCode: StatusCodes.Status400BadRequest);
        parts.Pushes.Wake();
        if (accepted == StatusCodes.Status204NoContent) return Results.NoContent();
        return Results.Text(answer.Detail, statusCode: answer.Result == WebhookResult.Accepted ? accepted : StatusCodes.Status200OK);
    }

    private static IResult Busy(HttpContext context, ILogger logger)
    {
        logger.BodiesRefused();
        context.Response.Headers.RetryAfter = "10";
        return Results.Text("the server is busy with other deliveries", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

/// <summary>What receives deliveries.</summary>
/// <param name="Receiver">Checks and records them.</param>
/// <param name="Pushes">Reads them afterwards.</param>
/// <param name="Budget">The memory for bodies.</param>
/// <param name="Logger">Where faults are logged.</param>
internal sealed record WebhookParts(WebhookReceiver Receiver, PushService Pushes, BodyBudget Budget, ILogger<WebhookReceiver> Logger);
