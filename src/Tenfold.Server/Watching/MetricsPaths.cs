using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.Core.Keys;
using Tenfold.Server.Api;

namespace Tenfold.Server.Watching;

/// <summary>The metrics, for a monitoring system with a key that may read.</summary>
internal static class MetricsPaths
{
    /// <summary>Counts every request, however it is answered.</summary>
    public static void UseRequestCount(this IApplicationBuilder app)
    {
        var metrics = app.ApplicationServices.GetRequiredService<ServerMetrics>();
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            finally
            {
                metrics.CountRequest(context.Request.Path, context.Response.StatusCode);
            }
        });
    }

    /// <summary>Adds <c>/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app) =>
        app.MapGet("/metrics", async (HttpContext context, ServerMetrics metrics) =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        }).ExcludeFromDescription().Needs(ServerRole.Read);
}
