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
        app.MapPost("/hooks", (HttpContext context, WebhookReceiver receiver, PushService pushes, ILogger<WebhookReceiver> logger) =>
            AnswerAsync(context, receiver, pushes, logger, StatusCodes.Status202Accepted));
        // The old server answered 204 without a body.
        app.MapPost("/postreceive", (HttpContext context, WebhookReceiver receiver, PushService pushes, ILogger<WebhookReceiver> logger) =>
            AnswerAsync(context, receiver, pushes, logger, StatusCodes.Status204NoContent));
        app.MapGet("/pushservice", () => Results.Text("Push service is running"));
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext context, WebhookReceiver receiver, PushService pushes, ILogger logger, int accepted)
    {
        var cancellationToken = context.RequestAborted;
        if (await ReadBodyAsync(context.Request, cancellationToken) is not { } body)
            return Results.Text("the body is too long", statusCode: StatusCodes.Status413PayloadTooLarge);
        var headers = context.Request.Headers;
        var type = context.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        var request = new WebhookRequest(name => headers.TryGetValue(name, out var value) ? value.ToString() : null, type, body);
        try
        {
            var answer = await receiver.ReceiveAsync(request, cancellationToken);
            if (answer.Result == WebhookResult.Refused)
                return Results.Text(answer.Detail, statusCode: StatusCodes.Status400BadRequest);
            pushes.Wake();
            if (accepted == StatusCodes.Status204NoContent) return Results.NoContent();
            return Results.Text(answer.Detail, statusCode: answer.Result == WebhookResult.Accepted ? accepted : StatusCodes.Status200OK);
        }
        catch (LedgerException e)
        {
            logger.DeliveryNotRecorded(e);
            return Results.Text("the delivery could not be recorded", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    // Null for a body that is longer than the server accepts.
    private static async Task<byte[]?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var bytes = new MemoryStream();
            await request.Body.CopyToAsync(bytes, cancellationToken);
            return bytes.ToArray();
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }
}
