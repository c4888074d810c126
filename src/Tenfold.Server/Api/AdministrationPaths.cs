using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Access;
using Tenfold.App.Pushes;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>What administrators do: keys, and the deliveries of git hosts.</summary>
internal static class AdministrationPaths
{
    private const int Rows = 30, MostDeliveries = 1_000;

    /// <summary>Adds the paths.</summary>
    public static void MapAdministration(this IEndpointRouteBuilder api)
    {
        api.MapGet("/keys", ListKeysAsync).Answers<IReadOnlyList<ServerKeyView>>("listKeys", "The API keys, without the keys themselves")
            .Needs(ServerRole.Admin);
        api.MapPost("/keys", AddKeyAsync).Accepts<KeyRequest>("application/json")
            .Answers<AddedKeyView>("addKey", "Makes an API key, which is shown only once").Needs(ServerRole.Admin);
        api.MapDelete("/keys/{name}", RemoveKeyAsync).WithName("removeKey").WithSummary("Removes an API key")
            .Produces(StatusCodes.Status204NoContent).Needs(ServerRole.Admin);
        api.MapGet("/deliveries", ListDeliveriesAsync)
            .Answers<IReadOnlyList<DeliveryView>>("listDeliveries", "What git hosts have delivered, the newest first")
            .Needs(ServerRole.Admin);
        api.MapPost("/deliveries/{id}/redeliver", RedeliverAsync).WithName("redeliver")
            .WithSummary("Reads a delivery again, as if it had just arrived").Produces(StatusCodes.Status204NoContent)
            .Needs(ServerRole.Admin);
    }

    private static async Task<IResult> ListKeysAsync(Services services, CancellationToken cancellationToken) =>
        ApiAnswers.Of(
            [.. (await new ServerKeyDesk(services).ListAsync(cancellationToken)).Select(ServerKeyView.Of)],
            ViewJson.Default.IReadOnlyListServerKeyView);

    private static async Task<IResult> AddKeyAsync(
        HttpContext context, Services services, ILogger<ApiGate> logger, CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.KeyRequest, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !Inputs.Word<ServerRole>("role", body.Role).Succeeded(out var role, out refusal))
            return Problems.Of(refusal);
        var added = await new ServerKeyDesk(services).AddAsync(body.Name, role.Value ?? ServerRole.Read, cancellationToken);
        if (added.Succeeded(out _, out _)) logger.Administered(NameOf(context), "added the API key", body.Name);
        return ApiAnswers.Of(added, key => new AddedKeyView(body.Name, key), ViewJson.Default.AddedKeyView);
    }

    private static async Task<IResult> RemoveKeyAsync(
        HttpContext context, Services services, ILogger<ApiGate> logger, string name, CancellationToken cancellationToken) =>
        (await new ServerKeyDesk(services).RemoveAsync(name, cancellationToken)).Match(
            removed =>
            {
                logger.Administered(NameOf(context), "removed the API key", removed);
                return Results.NoContent();
            },
            Problems.Of);

    private static string NameOf(HttpContext context) => context.Features.GetRequiredFeature<ServerKey>().Name;

    private static async Task<IResult> ListDeliveriesAsync(Services services, int? limit, CancellationToken cancellationToken)
    {
        if (!Inputs.Count("limit", limit, Rows, 1, MostDeliveries).Succeeded(out var rows, out var refusal)) return Problems.Of(refusal);
        var deliveries = await new DeliveryDesk(services).ListAsync(rows.Value, cancellationToken);
        return ApiAnswers.Of([.. deliveries.Select(DeliveryView.Of)], ViewJson.Default.IReadOnlyListDeliveryView);
    }

    private static async Task<IResult> RedeliverAsync(
        HttpContext context, Services services, PushService pushes, ILogger<ApiGate> logger, string id,
        CancellationToken cancellationToken) =>
        (await new DeliveryDesk(services).RedeliverAsync(id, cancellationToken)).Match(
            _ =>
            {
                logger.Administered(NameOf(context), "redelivered", id);
                pushes.Wake();
                return Results.NoContent();
            },
            Problems.Of);
}

/// <summary>A key to make.</summary>
internal sealed record KeyRequest
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>read</c>, <c>run</c> or <c>admin</c>.</summary>
    public required string Role { get; init; }
}
