using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tenfold.App;
using Tenfold.App.Pushes.Submitting;
using Tenfold.App.Showing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Queueing;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>Starts runs of what was pushed to a repository of the server.</summary>
internal static partial class FitPaths
{
    /// <summary>The header by which a request that is sent again is recognised.</summary>
    /// <remarks>Source: draft-ietf-httpapi-idempotency-key-header-07.</remarks>
    public const string KeyHeader = "Idempotency-Key";

    private const int MostRuns = 10_000, LongestName = 1_000;

    /// <summary>Adds the path.</summary>
    public static void MapFits(this IEndpointRouteBuilder api) => api.MapPost("/fits", SubmitAsync).Accepts<FitBody>("application/json")
        .WithName("submitFit").WithSummary("Trains a commit that a branch of a repository of the server has")
        .Produces<GroupResultView>(StatusCodes.Status201Created).Produces<GroupResultView>().Needs(ServerRole.Run);

    private static async Task<IResult> SubmitAsync(
        HttpContext context, Services services, CommitFits fits, ControlService control, ILogger<ControlService> logger,
        CancellationToken cancellationToken)
    {
        var user = context.Features.GetRequiredFeature<ServerKey>().Name;
        if (!(await ReadAsync(context.Request, user, cancellationToken)).Succeeded(out var request, out var refusal)
            || !(await fits.SubmitAsync(request, cancellationToken)).Succeeded(out var fit, out refusal))
            return Problems.Of(refusal);
        var group = fit.Group;
        if (fit.IsNew)
        {
            control.Wake();
            logger.RunsChanged(user, $"trains {group.GitCommit} of {request.Repository} as {group.Id}", group.Repeat);
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

    private static async Task<Outcome<CommitFitRequest>> ReadAsync(HttpRequest http, string user, CancellationToken cancellationToken)
    {
        if (!(await Inputs.ReadAsync(http, ApiJson.Default.FitBody, cancellationToken)).Succeeded(out var body, out var refusal)
            || !Inputs.Count("repeat", body.Repeat, 1, 1, MostRuns).Succeeded(out _, out refusal)
            || !Inputs.Word<RunPriority>("priority", body.Priority).Succeeded(out var priority, out refusal))
            return refusal;
        var names = new[]
        {
            ("repository", body.Repository), ("branch", body.Branch), ("project", body.Project), ("target", body.Target),
        };
        foreach (var (name, value) in names)
        {
            if (value is not null && (value.Length is 0 or > LongestName || value.Any(char.IsControl)))
                return Refusal.BadInput($"{name} must have 1 to {LongestName:N0} characters, and no control characters");
        }

        if (body.Commit is { } commit && !CommitPattern.IsMatch(commit))
            return Refusal.BadInput("commit must have 7 to 64 hexadecimal digits");
        var key = http.Headers[KeyHeader];
        if (key.Count > 0 && !KeyPattern.IsMatch(key.ToString()))
            return Refusal.BadInput($"{KeyHeader} must have 1 to 200 visible ASCII characters");
        return new CommitFitRequest
        {
            Repository = body.Repository,
            Branch = body.Branch,
            Commit = body.Commit?.ToLowerInvariant(),
            Folder = body.Project,
            Repeat = body.Repeat,
            Target = body.Target,
            Priority = priority.Value ?? RunPriority.Normal,
            User = user,
            Key = key.Count > 0 ? key.ToString() : null,
        };
    }

    [GeneratedRegex(@"\A[0-9A-Fa-f]{7,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CommitPattern { get; }

    [GeneratedRegex(@"\A[!-~]{1,200}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex KeyPattern { get; }
}

/// <summary>A commit to train.</summary>
internal sealed record FitBody
{
    /// <summary>The repository, as <c>server.yaml</c> names it, or the URL from which git fetches it.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that has the commit; null for the repository's default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit, at least seven digits of its hash; null for the branch's newest.</summary>
    public string? Commit { get; init; }

    /// <summary>The project's folder in the repository, <c>.</c> for its root; null for the root, or for the only project.</summary>
    public string? Project { get; init; }

    /// <summary>How many runs; null for what <c>tenfold.yaml</c> says.</summary>
    public int? Repeat { get; init; }

    /// <summary>The target's name; null for the only target of the project.</summary>
    public string? Target { get; init; }

    /// <summary><c>low</c>, <c>normal</c> or <c>high</c>; null for normal.</summary>
    public string? Priority { get; init; }
}
