using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Showing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>Starts runs of what was pushed to a repository of the server.</summary>
internal static class FitPaths
{
    /// <summary>Adds the path.</summary>
    public static void MapFits(this IEndpointRouteBuilder api) => api.MapPost("/fits", SubmitAsync).Accepts<FitBody>("application/json")
        .WithName("submitFit").WithSummary("Trains a commit that a branch of a repository of the server has")
        .Produces<GroupResultView>(StatusCodes.Status201Created).Produces<GroupResultView>().Needs(ServerRole.Run);

    private static async Task<IResult> SubmitAsync(
        HttpContext context, Services services, CommitFits fits, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        var read = await Inputs.ReadAsync(context.Request, ApiJson.Default.FitBody, cancellationToken);
        if (!read.Succeeded(out var body, out var refusal)
            || !Inputs.Count("repeat", body.Repeat, 1, 1, GroupExtender.MaxRepeats).Succeeded(out _, out refusal)
            || !body.Check(context).Succeeded(out var request, out refusal)
            || !(await fits.SubmitAsync(request, body.Repeat, cancellationToken)).Succeeded(out var fit, out refusal))
            return Problems.Of(refusal);
        var group = fit.Group;
        if (fit.IsNew)
        {
            control.Wake();
            logger.RunsChanged(request.User, $"trains {group.GitCommit} of {request.Repository} as {group.Id}", group.Repeat);
        }

        if (!(await new RecordLoader(services).LoadAsync(group.Id, cancellationToken)).Succeeded(out var loaded, out refusal))
            return Problems.Of(refusal);
        context.Response.Headers.Location = $"{ApiPaths.Base}/groups/{group.Id}";
        return loaded is LoadedRecord.Group shown
            ? ApiAnswers.Of(
                GroupResultView.Of(shown.Listing), ViewJson.Default.GroupResultView,
                fit.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : throw new System.Diagnostics.UnreachableException($"{group.Id} is no group");
    }
}

/// <summary>A commit to train.</summary>
internal sealed record FitBody : CommitBody
{
    /// <summary>How many runs; null for what <c>tenfold.yaml</c> says.</summary>
    public int? Repeat { get; init; }
}
