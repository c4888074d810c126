using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tenfold.App;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Runs;
using Tenfold.Server.Control;

namespace Tenfold.Server.Api;

/// <summary>What the server does, and what an id names.</summary>
internal static class StatusPaths
{
    /// <summary>Adds the paths.</summary>
    public static void MapStatus(this IEndpointRouteBuilder api)
    {
        api.MapGet("/status", Show).Answers<StatusView>("showStatus", "The server's version, and why its answers may be outdated")
            .Needs(ServerRole.Read);
        api.MapGet("/ids/{id}", ResolveAsync).Answers<IdView>("resolveId", "The study, group or run that an id, or its beginning, names")
            .Needs(ServerRole.Read);
    }

    private static IResult Show(HttpContext context, ControlService control)
    {
        var last = control.Last;
        var role = context.Features.GetRequiredFeature<ServerKey>().Role;
        return ApiAnswers.Of(
            new StatusView(Product.Version, role.ToString().ToLowerInvariant(), last.At, last.Live, last.Faults),
            ViewJson.Default.StatusView);
    }

    private static async Task<IResult> ResolveAsync(Services services, string id, CancellationToken cancellationToken)
    {
        if (!Inputs.Id(id).Succeeded(out var prefix, out var refusal)
            || !(await services.Ids.ResolveAsync(prefix, cancellationToken)).Succeeded(out var found, out refusal))
            return Problems.Of(refusal);
        var kind = RunNames.IsOfRun(found) ? "run"
            : await services.Studies.FindStudyAsync(found, cancellationToken) is null ? "group" : "study";
        return ApiAnswers.Of(new IdView(found, kind), ViewJson.Default.IdView);
    }
}
