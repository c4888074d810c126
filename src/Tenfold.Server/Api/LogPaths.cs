using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Tenfold.App;
using Tenfold.App.Logs;
using Tenfold.App.Views;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>Logs.</summary>
internal static class LogPaths
{
    /// <summary>The media type of a log: a JSON object on each line.</summary>
    public const string MediaType = "application/x-ndjson";

    private const int Lines = 10_000, MostLines = 1_000_000, MostAttempts = 1_000_000;

    /// <summary>Adds the path.</summary>
    public static void MapLogs(this IEndpointRouteBuilder api) =>
        api.MapGet("/runs/{id}/logs", ReadAsync).WithName("readLog")
            .WithSummary("A run's log, a JSON object on each line; with follow=true until the run has ended")
            .Produces<LogView>(StatusCodes.Status200OK, MediaType)
            .Needs(ServerRole.Read);

    private static async Task<IResult> ReadAsync(
        HttpContext context, Services services, LogStreams streams, ApiKeyCheck keys, IHostApplicationLifetime host,
        [AsParameters] LogQuery query, CancellationToken cancellationToken)
    {
        if (!Inputs.Id(query.Id).Succeeded(out var id, out var refusal)
            || !Inputs.Count("attempt", query.Attempt, 0, 1, MostAttempts).Succeeded(out _, out refusal)
            || !Inputs.Count("tail", query.Tail, 0, 0, MostLines).Succeeded(out _, out refusal)
            || !Inputs.Count("limit", query.Limit, Lines, 1, MostLines).Succeeded(out var limit, out refusal)
            || !Inputs.Count("skip", query.Skip, 0, 0, int.MaxValue).Succeeded(out var skip, out refusal))
            return Problems.Of(refusal);
        if (query is { Follow: true, Limit: not null }) return Problems.Of(Refusal.BadInput("a log that is followed has no limit"));
        var name = context.Features.GetRequiredFeature<ServerKey>().Name;
        if (!streams.TryBegin(name))
            return Problems.Of(Refusal.Unavailable("the server is sending too many logs at the moment: try again later"));
        try
        {
            var request = new LogRequest(id, query.Attempt, query.Tail, query.Follow == true, query.Raw != false)
            {
                Skip = skip.Value,
                Observes = false,
            };
            if (!(await new LogReader(services).OpenAsync(request, cancellationToken)).Succeeded(out var log, out refusal))
            {
                streams.End(name);
                return Problems.Of(refusal);
            }

            int? most = query.Follow == true ? null : limit.Value;
            return new LogReply(log, most, services.Time, () => streams.End(name), IsAllowedAsync, host.ApplicationStopping);
        }
        catch
        {
            streams.End(name);
            throw;
        }

        async Task<bool> IsAllowedAsync(CancellationToken token) =>
            await keys.FindAsync(ApiGate.KeyOf(context.Request.Headers.Authorization.ToString()), token) is not null;
    }
}

/// <summary>Which part of which log.</summary>
/// <param name="Id">The run.</param>
/// <param name="Attempt">The attempt, from 1; null for the latest.</param>
/// <param name="Tail">How many lines from the end; null for all.</param>
/// <param name="Skip">How many lines to leave out at the beginning.</param>
/// <param name="Limit">How many lines at most; null for 10,000.</param>
/// <param name="Follow">True to go on until the run has ended.</param>
/// <param name="Raw">False for what a terminal shows of the lines in the end; default: the lines as the script wrote them.</param>
internal sealed record LogQuery(
    string Id, int? Attempt = null, int? Tail = null, int? Skip = null, int? Limit = null, bool? Follow = null, bool? Raw = null);
