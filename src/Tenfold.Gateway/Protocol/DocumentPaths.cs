using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;
using Tenfold.App;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Watching;

namespace Tenfold.Gateway.Protocol;

/// <summary>The documents about each model, and the metrics.</summary>
internal static class DocumentPaths
{
    /// <summary>Maps <c>/models/M/openapi.json</c>, and <c>/docs/M</c>, which shows it.</summary>
    public static void MapDocuments(this IEndpointRouteBuilder app)
    {
        var routes = app.ServiceProvider.GetRequiredService<RouteTable>();
        app.MapGet("/models/{model}/openapi.json", context => routes.Find(context.ModelName()) is { } route
            ? Replies.BytesAsync(context, 200, Encoding.UTF8.GetBytes(Describe(route).ToJsonString()))
            : Replies.ErrorAsync(context, 404, $"there is no model '{context.ModelName()}'"));
        app.MapScalarApiReference(
            "/docs", page => page.WithTitle("Tenfold").WithOpenApiRoutePattern("/models/{documentName}/openapi.json"));
    }

    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder app)
    {
        var metrics = app.ServiceProvider.GetRequiredService<GatewayMetrics>();
        app.MapGet("/metrics", async context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            await metrics.Registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
    }

    private static JsonObject Describe(ModelRoute route)
    {
        var model = route.Route.Model;
        var main = route.Versions.GetValueOrDefault(route.Route.Ranges.MaxBy(range => range.Count).Version);
        var paths = new JsonObject { [$"/models/{model}/invocations"] = Post("Asks the model", main) };
        foreach (var (version, endpoint) in route.Versions.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            paths[$"/models/{model}/versions/{version}/invocations"] = Post($"Asks version {version}", endpoint);
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = model, ["version"] = main?.Version.Version ?? Product.Version },
            ["paths"] = paths,
        };
    }

    private static JsonObject Post(string summary, VersionEndpoint? version)
    {
        var schema = version?.Input?.Document is { } document ? JsonObject.Create(document.Clone()) : null;
        return new JsonObject
        {
            ["post"] = new JsonObject
            {
                ["summary"] = summary,
                ["parameters"] = new JsonArray(new JsonObject
                {
                    ["name"] = HeaderNames.Key,
                    ["in"] = "header",
                    ["schema"] = new JsonObject { ["type"] = "string" },
                    ["description"] = "Keeps a user on one version",
                }),
                ["requestBody"] = new JsonObject
                {
                    ["required"] = true,
                    ["content"] = new JsonObject { [Replies.Json] = new JsonObject { ["schema"] = schema ?? [] } },
                },
                ["responses"] = Responses(),
            },
        };
    }

    private static JsonObject Responses()
    {
        var responses = new JsonObject();
        foreach (var (status, text) in new[]
        {
            ("200", "The model's reply"), ("400", "The body is not JSON"), ("401", "No valid API key"),
            ("413", "The body is too long"), ("422", "The input does not match the schema"), ("429", "Too many requests"),
            ("502", "The model broke off its reply"), ("503", "No replica is ready"), ("504", "The model did not reply in time"),
        })
            responses[status] = new JsonObject { ["description"] = text };
        return responses;
    }
}
