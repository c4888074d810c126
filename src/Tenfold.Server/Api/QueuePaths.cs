using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Queueing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Queueing;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>The runs that wait, and their priorities.</summary>
internal static class QueuePaths
{
    private const int Rows = 100;

    /// <summary>Adds the paths.</summary>
    public static void MapQueue(this IEndpointRouteBuilder api)
    {
        api.MapGet("/queue", ListAsync)
            .Answers<IReadOnlyList<WaitingRunView>>(
                "listQueue", "The runs that wait: those of each target together, in the order in which they start")
            .Needs(ServerRole.Read);
        api.MapPost("/queue/move", MoveAsync).Accepts<MoveRequest>("application/json")
            .Answers<MovedGroupView>("moveGroup", "Changes the priority of a group that waits").Needs(ServerRole.Run);
    }

    private static async Task<IResult> ListAsync(Services services, int? limit, CancellationToken cancellationToken)
    {
        if (!Inputs.Count("limit", limit, Rows, 1, RunPaths.MostRuns).Succeeded(out var rows, out var refusal)) return Problems.Of(refusal);
        var waiting = await new QueueDesk(services).ListAsync(cancellationToken);
        return ApiAnswers.Of(
            [.. waiting.Take(rows.Value).Select(WaitingRunView.Of)], ViewJson.Default.IReadOnlyListWaitingRunView);
    }

    private static async Task<IResult> MoveAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.MoveRequest, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !Inputs.Id(body.Group).Succeeded(out var prefix, out refusal)
            || !Inputs.Word<RunPriority>("priority", body.Priority).Succeeded(out var priority, out refusal))
            return Problems.Of(refusal);
        var desk = new QueueDesk(services, isOfServer: true);
        if (!(await desk.MoveAsync(prefix, priority.Value ?? RunPriority.Normal, cancellationToken)).Succeeded(out var moved, out refusal))
            return Problems.Of(refusal);
        control.Wake();
        logger.RunsChanged(
            context.Features.GetRequiredFeature<ServerKey>().Name, $"gave {moved.Group} {body.Priority} priority", moved.Waiting);
        return ApiAnswers.Of(MovedGroupView.Of(moved), ViewJson.Default.MovedGroupView);
    }
}

/// <summary>The group whose priority is to change.</summary>
internal sealed record MoveRequest
{
    /// <summary>The id of the group, or of one of its runs, or a unique beginning of it.</summary>
    public required string Group { get; init; }

    /// <summary><c>low</c>, <c>normal</c> or <c>high</c>.</summary>
    public required string Priority { get; init; }
}
