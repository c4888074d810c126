using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>Studies.</summary>
internal static class StudyPaths
{
    private const int Rows = 30;

    /// <summary>Adds the paths.</summary>
    public static void MapStudies(this IEndpointRouteBuilder api)
    {
        api.MapGet("/studies", ListAsync).Answers<IReadOnlyList<StudyView>>("listStudies", "The studies, the newest first")
            .Needs(ServerRole.Read);
        api.MapGet("/studies/{id}", ShowAsync)
            .Answers<StudyResultView>("showStudy", "A study with its trials, its best points and their confirmation")
            .Needs(ServerRole.Read);
    }

    private static async Task<IResult> ListAsync(Services services, int? limit, CancellationToken cancellationToken)
    {
        if (!Inputs.Count("limit", limit, Rows, 1, RunPaths.MostGroups).Succeeded(out var rows, out var refusal))
            return Problems.Of(refusal);
        var listed = await new StudyLister(services).ListAsync(rows.Value, cancellationToken);
        return ApiAnswers.Of([.. listed.Select(StudyView.Of)], ViewJson.Default.IReadOnlyListStudyView);
    }

    private static async Task<IResult> ShowAsync(Services services, string id, CancellationToken cancellationToken)
    {
        if (!Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            || !(await services.Ids.ResolveStudyAsync(prefix, cancellationToken)).Succeeded(out var study, out refusal))
            return Problems.Of(refusal);
        return ApiAnswers.Of(
            StudyResultView.Of(await StudyResult.LoadAsync(services, study.Id, cancellationToken)), ViewJson.Default.StudyResultView);
    }
}
