using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Listing;
using Tenfold.App.Showing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Api;

/// <summary>Runs and groups.</summary>
internal static class RunPaths
{
    /// <summary>The most rows of a list of runs, and of one of groups or studies.</summary>
    public const int MostRuns = 10_000, MostGroups = 1_000;

    private const int Rows = 100, MaxPage = 100_000;

    /// <summary>Adds the paths.</summary>
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        api.MapGet("/runs", ListAsync).Answers<IReadOnlyList<RunView>>("listRuns", "The runs, the newest first").Needs(ServerRole.Read);
        api.MapGet("/runs/{id}", ShowRunAsync).Answers<RunResultView>("showRun", "A run with its attempts, events and files")
            .Needs(ServerRole.Read);
        api.MapGet("/runs/{id}/metrics", ListMetricsAsync)
            .Answers<IReadOnlyList<MetricSeriesView>>("listMetrics", "A run's metrics, each with a thinned series").Needs(ServerRole.Read);
        api.MapGet("/groups", ListGroupsAsync)
            .Answers<IReadOnlyList<GroupResultView>>("listGroups", "The groups that belong to no study, the newest first")
            .Needs(ServerRole.Read);
        api.MapGet("/groups/{id}", ShowGroupAsync).Answers<GroupResultView>("showGroup", "A group with its runs and its statistics")
            .Needs(ServerRole.Read);
        api.MapGet("/groups/{id}/runs", ListGroupRunsAsync).Answers<IReadOnlyList<RunView>>("listGroupRuns", "A group's runs")
            .Needs(ServerRole.Read);
    }

    private static async Task<IResult> ListAsync(
        Services services, string? state, int? limit, int? page, CancellationToken cancellationToken)
    {
        if (!Inputs.Word<RunState>("state", state).Succeeded(out var only, out var refusal)
            || !Inputs.Count("limit", limit, Rows, 1, MostRuns).Succeeded(out var rows, out refusal)
            || !Inputs.Count("page", page, 1, 1, MaxPage).Succeeded(out var number, out refusal))
            return Problems.Of(refusal);
        var listed = await new RunLister(services).ListNewestRunsAsync(only.Value, rows.Value, number.Value, cancellationToken);
        return ApiAnswers.Of([.. listed.Select(RunView.Of)], ViewJson.Default.IReadOnlyListRunView);
    }

    private static async Task<IResult> ShowRunAsync(Services services, string id, CancellationToken cancellationToken)
    {
        if (!(await FindRunAsync(services, id, cancellationToken)).Succeeded(out var run, out var refusal)) return Problems.Of(refusal);
        return (await new RecordLoader(services).LoadAsync(run.Id, cancellationToken)).Match(
            loaded => loaded is LoadedRecord.Run shown
                ? ApiAnswers.Of(RunResultView.Of(shown.Details), ViewJson.Default.RunResultView)
                : throw new System.Diagnostics.UnreachableException($"{run.Id} is no run"),
            Problems.Of);
    }

    private static async Task<IResult> ListMetricsAsync(Services services, string id, CancellationToken cancellationToken)
    {
        if (!(await FindRunAsync(services, id, cancellationToken)).Succeeded(out var run, out var refusal)) return Problems.Of(refusal);
        var found = (await services.Ledger.ListRunsAsync(run.Group, cancellationToken)).Single(one => one.Run.Id == run.Id);
        return ApiAnswers.Of([.. found.Metrics.Select(MetricSeriesView.Of)], ViewJson.Default.IReadOnlyListMetricSeriesView);
    }

    private static async Task<IResult> ListGroupsAsync(Services services, int? limit, CancellationToken cancellationToken)
    {
        if (!Inputs.Count("limit", limit, Rows, 1, MostGroups).Succeeded(out var rows, out var refusal)) return Problems.Of(refusal);
        var groups = await new RunLister(services).ListGroupsAsync(rows.Value, cancellationToken);
        return ApiAnswers.Of([.. groups.Select(GroupResultView.Of)], ViewJson.Default.IReadOnlyListGroupResultView);
    }

    /// <summary>Answers with a group.</summary>
    public static async Task<IResult> ShowGroupAsync(Services services, string id, CancellationToken cancellationToken)
    {
        if (!Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            || !(await services.Ids.ResolveGroupAsync(prefix, cancellationToken)).Succeeded(out var group, out refusal))
            return Problems.Of(refusal);
        return (await new RecordLoader(services).LoadAsync(group.Id, cancellationToken)).Match(
            loaded => loaded is LoadedRecord.Group shown
                ? ApiAnswers.Of(GroupResultView.Of(shown.Listing), ViewJson.Default.GroupResultView)
                : throw new System.Diagnostics.UnreachableException($"{group.Id} is no group"),
            Problems.Of);
    }

    private static async Task<IResult> ListGroupRunsAsync(
        Services services, string id, string? state, CancellationToken cancellationToken)
    {
        if (!Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            || !Inputs.Word<RunState>("state", state).Succeeded(out var only, out refusal))
            return Problems.Of(refusal);
        return ApiAnswers.Of(
            await new RunLister(services).ListGroupRunsAsync(prefix, only.Value, cancellationToken),
            runs => [.. runs.Select(RunView.Of)], ViewJson.Default.IReadOnlyListRunView);
    }

    private static async Task<Outcome<RunRecord>> FindRunAsync(Services services, string id, CancellationToken cancellationToken) =>
        Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            ? await services.Ids.ResolveRunAsync(prefix, cancellationToken) : refusal;
}
