using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Cancelling;
using Tenfold.App.Fitting;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>What changes runs. The control loop acts on what is recorded here.</summary>
internal static class ChangePaths
{
    private const int Most = 1_000;

    /// <summary>Adds the paths.</summary>
    public static void MapChanges(this IEndpointRouteBuilder api)
    {
        api.MapPost("/cancel", CancelAsync).Accepts<IdsRequest>("application/json")
            .Answers<ChangeView>("cancel", "Cancels studies, groups and runs").Needs(ServerRole.Run);
        api.MapPost("/retry", RetryAsync).Accepts<IdsRequest>("application/json")
            .Answers<ChangeView>("retry", "Gives runs that failed or were cancelled another attempt").Needs(ServerRole.Run);
        api.MapPost("/groups/{id}/runs", ExtendAsync).Accepts<MoreRunsBody>("application/json")
            .Answers<GroupResultView>("extendGroup", "Adds repeats to a group").Needs(ServerRole.Run);
    }

    private static async Task<IResult> CancelAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(context, cancellationToken)).Succeeded(out var ids, out var refusal)) return Problems.Of(refusal);
        if (!(await new RunCanceller(services).RequestAsync(ids, cancellationToken)).Succeeded(out var result, out refusal))
            return Problems.Of(refusal);
        control.StopNamed(result.Runs);
        logger.RunsChanged(context.Features.GetRequiredFeature<ServerKey>().Name, "cancelled", result.Runs.Count);
        return ApiAnswers.Of(ChangeView.Of(result), ViewJson.Default.ChangeView);
    }

    private static async Task<IResult> RetryAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        if (!(await ReadAsync(context, cancellationToken)).Succeeded(out var ids, out var refusal)) return Problems.Of(refusal);
        if (!(await new RunRetrier(services, isOfServer: true).RetryAsync(ids, cancellationToken)).Succeeded(out var result, out refusal))
            return Problems.Of(refusal);
        control.Wake();
        logger.RunsChanged(context.Features.GetRequiredFeature<ServerKey>().Name, "retried", result.Runs.Count);
        return ApiAnswers.Of(ChangeView.Of(result), ViewJson.Default.ChangeView);
    }

    private static async Task<IResult> ExtendAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger, string id,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.MoreRunsBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !Inputs.Count("more", body.More, 1, 1, GroupExtender.MaxRepeats).Succeeded(out _, out refusal)
            || !Inputs.Count("after", body.After, 1, 1, GroupExtender.MaxRepeats).Succeeded(out _, out refusal)
            || !Inputs.Id(id).Succeeded(out var prefix, out refusal)
            || !(await new GroupExtender(services).ExtendOnceAsync(prefix, body.More, body.After, cancellationToken))
                .Succeeded(out var extended, out refusal))
            return Problems.Of(refusal);
        if (extended.Runs.Count > 0)
        {
            control.Wake();
            logger.RunsChanged(
                context.Features.GetRequiredFeature<ServerKey>().Name, $"extended {extended.Group.Id}", extended.Runs.Count);
        }

        return await RunPaths.ShowGroupAsync(services, extended.Group.Id, cancellationToken);
    }

    private static async Task<Outcome<IReadOnlyList<string>>> ReadAsync(HttpContext context, CancellationToken cancellationToken) =>
        (await Inputs.ReadAsync(context.Request, ApiJson.Default.IdsRequest, cancellationToken)).Succeeded(out var body, out var refusal)
            ? Inputs.Ids(body.Ids, 1, Most) : refusal;
}

/// <summary>The studies, groups and runs that a request means.</summary>
internal sealed record IdsRequest
{
    /// <summary>Their ids, or unique beginnings of these.</summary>
    public required IReadOnlyList<string> Ids { get; init; }
}

/// <summary>Repeats to add to a group.</summary>
internal sealed record MoreRunsBody
{
    /// <summary>How many; of a group that varies several sources, each is a block of runs.</summary>
    public required int More { get; init; }

    /// <summary>How many runs the group has. A request that is sent again adds nothing then.</summary>
    public required int After { get; init; }
}
