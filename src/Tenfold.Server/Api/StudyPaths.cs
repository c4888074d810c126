using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Sweeping;
using Tenfold.App.Views;
using Tenfold.App.Watching;
using Tenfold.Core.Keys;
using Tenfold.Core.Studies;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>Studies. The control loop drives them.</summary>
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
        api.MapGet("/studies/{id}/progress", ReadProgressAsync)
            .Answers<StudyProgressView>("readStudyProgress", "How a study stands: its trials, the best so far, and the runs that go on")
            .Needs(ServerRole.Read);
        api.MapPost("/studies", SubmitAsync).Accepts<StudyBody>("application/json").WithName("submitStudy")
            .WithSummary("Starts the sweep of a commit that a branch of a repository of the server has")
            .Produces<StudyView>(StatusCodes.Status201Created).Produces<StudyView>().Needs(ServerRole.Run);
        api.MapPost("/studies/{id}/resume", ResumeAsync).Accepts<ResumeBody>("application/json")
            .Answers<StudyView>("resumeStudy", "Lets a study go on, or gives it more trials").Needs(ServerRole.Run);
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
        if (!(await FindAsync(services, id, cancellationToken)).Succeeded(out var study, out var refusal)) return Problems.Of(refusal);
        return ApiAnswers.Of(
            StudyResultView.Of(await StudyResult.LoadAsync(services, study.Id, cancellationToken)), ViewJson.Default.StudyResultView);
    }

    private static async Task<IResult> ReadProgressAsync(
        Services services, StudyReader reader, ControlService control, string id, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(services, id, cancellationToken)).Succeeded(out var study, out var refusal)) return Problems.Of(refusal);
        var progress = await reader.ReadAsync(study, cancellationToken);
        return ApiAnswers.Of(StudyProgressView.Of(progress, control.Last.Faults), ViewJson.Default.StudyProgressView);
    }

    private static async Task<IResult> SubmitAsync(
        HttpContext context, CommitStudies studies, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.StudyBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !body.CheckSettings().Succeeded(out var settings, out refusal)
            || !body.Check(context).Succeeded(out var request, out refusal)
            || !(await studies.SubmitAsync(request, settings, cancellationToken)).Succeeded(out var made, out refusal))
            return Problems.Of(refusal);
        var study = made.Study;
        if (made.IsNew)
        {
            control.Wake();
            logger.StudyChanged(request.User, $"sweeps {study.GitCommit} of {request.Repository} as", study.Id);
        }

        context.Response.Headers.Location = $"{ApiPaths.Base}/studies/{study.Id}";
        return ApiAnswers.Of(
            StudyView.Of(study), ViewJson.Default.StudyView, made.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> ResumeAsync(
        HttpContext context, Services services, ControlService control, ILogger<ControlService> logger, string id,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.ResumeBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !Inputs.Count("trials", body.Trials, 1, 1, SweepRequest.MaxTrials).Succeeded(out _, out refusal)
            || !(await FindAsync(services, id, cancellationToken)).Succeeded(out var study, out refusal)
            || !(await new StudyContinuation(services).ContinueAsync(study, body.Trials, cancellationToken))
                .Succeeded(out study, out refusal))
            return Problems.Of(refusal);
        if (study.State is StudyState.Running or StudyState.Confirming)
        {
            control.Wake();
            logger.StudyChanged(context.Features.GetRequiredFeature<ServerKey>().Name, "resumes", study.Id);
        }

        return ApiAnswers.Of(StudyView.Of(study), ViewJson.Default.StudyView);
    }

    private static async Task<Outcome<StudyRecord>> FindAsync(Services services, string id, CancellationToken cancellationToken) =>
        Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            ? await services.Ids.ResolveStudyAsync(prefix, cancellationToken) : refusal;
}
