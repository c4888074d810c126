using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.Core.Ledger;

namespace Tenfold.Server.Control;

/// <summary>Says whether the server works. Nothing here needs a key, and nothing tells what runs.</summary>
internal static class HealthPaths
{
    /// <summary>Adds <c>/health</c> and <c>/health/live</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Text("ok"));
        app.MapGet("/health", AnswerAsync);
    }

    private static async Task<IResult> AnswerAsync(ControlService control, ServerParts parts, CancellationToken cancellationToken)
    {
        try
        {
            await parts.Services.Ledger.ReadIdAsync(cancellationToken);
            await parts.Services.Pushes.ListOpenPushesAsync(cancellationToken);
        }
        catch (LedgerException)
        {
            // Its message may name a host, and everybody may ask.
            return Answer("the ledger can't be read", StatusCodes.Status503ServiceUnavailable, control.Last);
        }

        return Answer("ok", StatusCodes.Status200OK, control.Last);
    }

    private static IResult Answer(string status, int code, ControlRound last) => Results.Json(
        new HealthView(status, Product.Version, last.At, last.Live, last.Faults.Count), HealthJson.Default.HealthView, statusCode: code);
}

/// <summary>The answer of <c>/health</c>.</summary>
/// <param name="Status"><c>ok</c>, or what is wrong.</param>
/// <param name="Version">The server's version.</param>
/// <param name="LastRoundAt">When the last round of the control loop ended; null before the first one.</param>
/// <param name="Live">How many attempts had not ended then.</param>
/// <param name="Faults">How many targets and stores could not be reconciled then.</param>
internal sealed record HealthView(string Status, string Version, DateTimeOffset? LastRoundAt, int Live, int Faults);

/// <summary>How the answer is written as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthView))]
internal sealed partial class HealthJson : JsonSerializerContext;
