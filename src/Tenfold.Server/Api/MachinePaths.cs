using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Costs;
using Tenfold.App.Pools;
using Tenfold.App.Pushes.Schedules;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Targets;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Projects;

namespace Tenfold.Server.Api;

/// <summary>Where runs execute, what that has cost, and when the next ones start.</summary>
internal static class MachinePaths
{
    private const string Period = "30d";
    private const int LongestStore = 1_000;

    /// <summary>Adds the paths.</summary>
    public static void MapMachines(this IEndpointRouteBuilder api)
    {
        api.MapGet("/targets", ListTargetsAsync)
            .Answers<IReadOnlyList<TargetView>>("listTargets", "The server's own machine, as a target").Needs(ServerRole.Read);
        api.MapPost("/targets", ListCommitTargetsAsync).Accepts<TargetsBody>("application/json")
            .Answers<IReadOnlyList<TargetView>>(
                "listCommitTargets", "Where the server can execute runs of a commit: its machine, and the targets of the commit's project")
            // It fetches the repository, and asks machines elsewhere.
            .Needs(ServerRole.Run);
        api.MapGet("/pools/{pool}", ShowPoolAsync).Answers<PoolView>("showPool", "The machines that serve a pool, and how many runs wait")
            .Needs(ServerRole.Read);
        api.MapGet("/cost", ShowCostAsync).Answers<CostView>("showCost", "What the machines of runs have cost").Needs(ServerRole.Read);
        api.MapGet("/schedules", ListSchedulesAsync)
            .Answers<IReadOnlyList<ScheduleView>>("listSchedules", "What starts at certain times: when, and what became of it")
            .Needs(ServerRole.Read);
    }

    private static async Task<IResult> ListTargetsAsync(Services services, CancellationToken cancellationToken) =>
        Of(await new TargetLister(services).ListAsync(located: null, cancellationToken));

    private static async Task<IResult> ListCommitTargetsAsync(
        HttpContext context, CommitTargets targets, CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.TargetsBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal) || !body.Check(context).Succeeded(out var request, out refusal)
            || !(await targets.ListAsync(request, cancellationToken)).Succeeded(out var listed, out refusal))
            return Problems.Of(refusal);
        return Of(listed);
    }

    private static async Task<IResult> ShowPoolAsync(
        Services services, string pool, string? store, CancellationToken cancellationToken) =>
        store is { Length: > LongestStore } ? Problems.Of(Refusal.BadInput($"the store has more than {LongestStore:N0} characters"))
        : ApiAnswers.Of(
            await new PoolDesk(services).InspectServedAsync(pool, store, cancellationToken), PoolView.Of, ViewJson.Default.PoolView);

    private static async Task<IResult> ShowCostAsync(
        Services services, string? since, string? by, CancellationToken cancellationToken)
    {
        if (!Inputs.Word<CostKey>("by", by).Succeeded(out var key, out var refusal)) return Problems.Of(refusal);
        if (Durations.Read(since ?? Period, out var fault) is not { } period) return Problems.Of(Refusal.BadInput($"since {fault}"));
        var (from, rows) = (services.Time.GetUtcNow() - period, key.Value ?? CostKey.Project);
        return ApiAnswers.Of(
            CostView.Of(from, rows, await new CostReader(services).ReadAsync(from, rows, cancellationToken)), ViewJson.Default.CostView);
    }

    private static async Task<IResult> ListSchedulesAsync(Services services, CancellationToken cancellationToken) => ApiAnswers.Of(
        [.. (await new ScheduleDesk(services).ListAsync(ScheduleDesk.ShownTimes, cancellationToken)).Select(ScheduleView.Of)],
        ViewJson.Default.IReadOnlyListScheduleView);

    private static IResult Of(IReadOnlyList<TargetListing> targets) =>
        ApiAnswers.Of([.. targets.Select(TargetView.Of)], ViewJson.Default.IReadOnlyListTargetView);
}

/// <summary>A commit whose targets are to be listed.</summary>
internal sealed record TargetsBody : CommitBody;
