using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.App;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Api;

/// <summary>The JSON API. Its answers are what <c>--json</c> prints.</summary>
internal static class ApiPaths
{
    /// <summary>The beginning of every path of this version.</summary>
    public const string Base = "/api/v1";

    // An address may bring so many wrong keys in a minute.
    private const int MostFailures = 10;

    /// <summary>Adds the parts of the API.</summary>
    public static void AddApi(this IServiceCollection services, Services own)
    {
        services.AddSingleton(own).AddSingleton<ApiKeyCheck>().AddSingleton<LogStreams>();
        services.AddSingleton(new FailureLimit(MostFailures, TimeSpan.FromMinutes(1), own.Time));
        // What can't be bound is answered with a problem that says so.
        services.AddOpenApi("v1", ApiDocument.Describe);
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
    }

    /// <summary>Adds the paths of the API.</summary>
    public static void MapApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi($"{Base}/openapi.json").Needs(ServerRole.Read);
        var api = app.MapGroup(Base);
        api.MapStatus();
        api.MapRuns();
        api.MapLogs();
        api.MapFiles();
        api.MapStudies();
        api.MapComparisons();
        api.MapReports();
        api.MapChanges();
        api.MapQueue();
        api.MapMachines();
        api.MapFits();
        api.MapAdministration();
    }
}
