using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Cancelling;
using Tenfold.App.Fitting;
using Tenfold.App.Metrics;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>What changes runs. The control loop acts on what is recorded here.</summary>
internal static class ChangePaths
{
    private const int Most = 1_000, MostPatterns = 20;

    /// <summary>Adds the paths.</summary>
    public static void MapChanges(this IEndpointRouteBuilder api)
    {
        api.MapPost("/cancel", CancelAsync).Accepts<IdsRequest>("application/json")
            .Answers<ChangeView>("cancel", "Cancels studies, groups and runs").Needs(ServerRole.Run);
        api.MapPost("/retry", RetryAsync).Accepts<IdsRequest>("application/json")
            .Answers<ChangeView>("retry", "Gives runs that failed or were cancelled another attempt").Needs(ServerRole.Run);
        api.MapPost("/groups/{id}/runs", ExtendAsync).Accepts<MoreRunsBody>("application/json")
            .Answers<GroupResultView>("extendGroup", "Adds repeats to a group").Needs(ServerRole.Run);
        api.MapPost("/groups/{id}/metrics", ReadMetricsAsync).Accepts<MetricsBody>("application/json")
            .Answers<MetricReadingView>("readMetrics", "Finds metrics in the logs of a group's ended runs, and records them")
            .Needs(ServerRole.Run);
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

    private static async Task<IResult> ReadMetricsAsync(
        HttpContext context, Services services, LogStreams streams, ILogger<ControlService> logger, string id,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.MetricsBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal) || !Inputs.Id(id).Succeeded(out var prefix, out refusal))
            return Problems.Of(refusal);
        if (body.Patterns.Count is 0 or > MostPatterns || body.Patterns.Any(string.IsNullOrEmpty))
            return Problems.Of(Refusal.BadInput($"name 1 to {MostPatterns} patterns, each name=regex, not {body.Patterns.Count}"));
        var name = context.Features.GetRequiredFeature<ServerKey>().Name;
        // Each reads whole logs.
        if (!streams.TryBegin(name))
            return Problems.Of(Refusal.Unavailable("the server is sending too many logs at the moment: try again later"));
        try
        {
            var reading = await new MetricReader(services).ReadAsync(prefix, body.Patterns, body.DryRun, cancellationToken);
            if (!body.DryRun && reading.Succeeded(out var found, out _) && found.Found.Count > 0)
                logger.RunsChanged(name, $"read metrics of {found.Listing.Group.Id}", found.Listing.Runs.Count);
            return ApiAnswers.Of(reading, MetricReadingView.Of, ViewJson.Default.MetricReadingView);
        }
        finally
        {
            streams.End(name);
        }
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

/// <summary>What to look for in the logs of a group's ended runs.</summary>
internal sealed record MetricsBody
{
    /// <summary>Metrics with the regular expressions that find them, each <c>name=regex</c>.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>True to record nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Repeats to add to a group.</summary>
internal sealed record MoreRunsBody
{
    /// <summary>How many; of a group that varies several sources, each is a block of runs.</summary>
    public required int More { get; init; }

    /// <summary>How many runs the group has. A request that is sent again adds nothing then.</summary>
    public required int After { get; init; }
}
