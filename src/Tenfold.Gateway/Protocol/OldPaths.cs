using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;
using Tenfold.Gateway.Forwarding;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Protocol;

/// <summary>The paths of the old contract.</summary>
internal static class OldPaths
{
    private const int MostListed = 1000;
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(5);

    /// <summary>Maps the paths, with and without a slash at the end.</summary>
    public static void MapOldContract(this IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var (routes, handler, options) = (services.GetRequiredService<RouteTable>(), services.GetRequiredService<InvocationHandler>(),
            services.GetRequiredService<GatewayOptions>());
        var dialect = new OldContract();
        app.MapGet("/", context =>
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
        app.MapGet("/endpoints", context => Replies.ValueAsync(context, OldContract.Endpoints, ReplyJson.Default.IReadOnlyListString));
        app.MapGet("/version", context => WithModelAsync(context, (_, route) =>
            Replies.ValueAsync(context, route.Route.Ranges.MaxBy(range => range.Count).Version, ReplyJson.Default.String)));
        app.MapPost("/run", context => WithModelAsync(context, (model, _) => handler.HandleAsync(context, model, null, dialect)));
        app.MapGet("/output/{id}", context => WithModelAsync(context, (model, _) => ListAsync(context, model, OldContract.ToOutput)));
        app.MapGet("/inputs/{id}", context => WithModelAsync(context, (model, _) => ListAsync(context, model, OldContract.ToInputs)));

        Task WithModelAsync(HttpContext context, Func<string, ModelRoute, Task> answer)
        {
            var models = routes.Models;
            var model = options.OldContractModel ?? (models.Count == 1 ? models.Keys.Single() : null);
            if (model is not null && routes.Find(model) is { } route) return answer(model, route);
            return Replies.ErrorAsync(context, 404, model is null
                ? "this path needs one model: start the gateway with --default-model, or use /models/MODEL/invocations"
                : $"there is no model '{model}'");
        }
    }

    private static async Task ListAsync(HttpContext context, string model, Func<LoggedRequest, OldRun> show)
    {
        var (recorder, log, time) = (context.RequestServices.GetRequiredService<IRequestRecorder>(),
            context.RequestServices.GetRequiredService<IRequestLog>(), context.RequestServices.GetRequiredService<TimeProvider>());
        try
        {
            // A client asks right after its request, so what the spool has is loaded first.
            using var deadline = new Core.Platform.Deadline(LoadLimit, time, context.RequestAborted);
            await recorder.LoadAllAsync(deadline.Token);
            var query = new RequestQuery
            {
                Model = model,
                ClientId = (string)context.Request.RouteValues["id"]!,
                Kind = RequestKind.Live,
                Outcome = RequestOutcome.Answered,
                Limit = MostListed,
            };
            var runs = new List<OldRun>();
            await foreach (var request in log.ReadAsync(query, deadline.Token))
                if (request.ClientTime is not null) runs.Add(show(request));
            await Replies.ValueAsync(context, runs, ReplyJson.Default.ListOldRun);
        }
        catch (Exception e) when (e is LedgerException or OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.RetryAfter = "5";
            await Replies.ErrorAsync(context, 503, "the database of requests can't be read now: try again later");
        }
    }
}
