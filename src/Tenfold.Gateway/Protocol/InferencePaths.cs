using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tenfold.App;
using Tenfold.Gateway.Forwarding;
using Tenfold.Gateway.Routing;

namespace Tenfold.Gateway.Protocol;

/// <summary>The paths of the Open Inference Protocol v2.</summary>
internal static class InferencePaths
{
    /// <summary>Maps <c>/v2</c>.</summary>
    public static void MapInferenceProtocol(this IEndpointRouteBuilder app)
    {
        var routes = app.ServiceProvider.GetRequiredService<RouteTable>();
        var handler = app.ServiceProvider.GetRequiredService<InvocationHandler>();
        var dialect = new InferDialect();
        app.MapGet("/v2", context => Replies.ValueAsync(
            context, new ServerReply("tenfold", Product.Version, ["binary_tensor_data"]), ReplyJson.Default.ServerReply));
        app.MapGet("/v2/health/live", context => Replies.ValueAsync(context, new LiveReply(true), ReplyJson.Default.LiveReply));
        app.MapGet("/v2/health/ready", context => Replies.BytesAsync(
            context, routes.IsLoaded ? 200 : 503,
            JsonSerializer.SerializeToUtf8Bytes(new ReadyReply(routes.IsLoaded), ReplyJson.Default.ReadyReply)));
        app.MapGet("/v2/models", context => Replies.ValueAsync(
            context, new ModelListReply([.. routes.Models.Keys.Order(StringComparer.Ordinal)]), ReplyJson.Default.ModelListReply));
        foreach (var path in new[] { "/v2/models/{model}", "/v2/models/{model}/versions/{version}" })
        {
            app.MapGet(path, context => WithModelAsync(context, routes, ShowAsync));
            app.MapGet($"{path}/ready", context => WithModelAsync(context, routes, ShowReadyAsync));
            app.MapPost($"{path}/infer", context => handler.HandleAsync(context, context.ModelName(), Version(context), dialect));
        }
    }

    private static string? Version(HttpContext context) => context.Request.RouteValues["version"] as string;

    private static Task WithModelAsync(
        HttpContext context, RouteTable routes, Func<HttpContext, ModelRoute, IReadOnlyList<VersionEndpoint>, Task> show)
    {
        if (routes.Find(context.ModelName()) is not { } route)
            return Replies.ErrorAsync(context, 404, $"there is no model '{context.ModelName()}'");
        if (Version(context) is not { } version)
        {
            var serving = route.Route.Shares().Keys.Select(name => route.Versions.GetValueOrDefault(name)).OfType<VersionEndpoint>();
            return show(context, route, [.. serving]);
        }

        return route.Versions.TryGetValue(version, out var endpoint)
            ? show(context, route, [endpoint])
            : Replies.ErrorAsync(context, 404, $"model '{context.ModelName()}' has no active version '{version}'");
    }

    private static Task ShowAsync(HttpContext context, ModelRoute route, IReadOnlyList<VersionEndpoint> versions) =>
        Replies.ValueAsync(
            context,
            new ModelReply(
                route.Route.Model, [.. route.Versions.Keys.Order(StringComparer.Ordinal)], "tenfold",
                versions.Count > 0 ? InputsOf(versions[0].Input?.Document) : [], [], route.Pending,
                route.Route.Revision, route.Experiment?.Number),
            ReplyJson.Default.ModelReply);

    private static Task ShowReadyAsync(HttpContext context, ModelRoute route, IReadOnlyList<VersionEndpoint> versions)
    {
        // Ready once every version with traffic is.
        var wanted = Version(context) is null ? route.Route.Shares().Count : 1;
        var isReady = versions.Count == wanted && versions.All(version => version.IsReady);
        return Replies.BytesAsync(
            context, isReady ? 200 : 503,
            JsonSerializer.SerializeToUtf8Bytes(new ModelReadyReply(route.Route.Model, isReady), ReplyJson.Default.ModelReadyReply));
    }

    // The inputs that the schema of an object describes.
    private static List<TensorReply> InputsOf(JsonElement? schema)
    {
        if (schema is not { ValueKind: JsonValueKind.Object } whole || !whole.TryGetProperty("properties", out var properties)
            || properties.ValueKind != JsonValueKind.Object) return [];
        return [.. properties.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object).Select(ToTensor)];
    }

    private static TensorReply ToTensor(JsonProperty property)
    {
        var (value, shape) = (property.Value, new List<int>());
        while (Tensor.TextOf(value, "type") == "array"
            && value.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Object)
        {
            shape.Add(-1);
            value = items;
        }

        var type = Tensor.TextOf(value, "type") switch
        {
            "number" => "FP64",
            "integer" => "INT64",
            "boolean" => "BOOL",
            _ => "BYTES",
        };
        return new TensorReply(property.Name, type, shape.Count > 0 ? shape : [1]);
    }
}

/// <summary>What the gateway is.</summary>
internal sealed record ServerReply(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>Whether the gateway lives.</summary>
internal sealed record LiveReply(bool Live);

/// <summary>Whether the gateway has its routes.</summary>
internal sealed record ReadyReply(bool Ready);

/// <summary>The models.</summary>
internal sealed record ModelListReply(IReadOnlyList<string> Models);

/// <summary>
/// A model, with the revision of the route in force and the number of the experiment that runs. <paramref name="Pending"/> tells why a
/// newer route is not in force yet.
/// </summary>
internal sealed record ModelReply(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorReply> Inputs, IReadOnlyList<TensorReply> Outputs,
    string? Pending, long Revision, long? Experiment);

/// <summary>Whether a model is ready.</summary>
internal sealed record ModelReadyReply(string Name, bool Ready);

/// <summary>An input of a model; a size of -1 is any size.</summary>
internal sealed record TensorReply(string Name, string Datatype, IReadOnlyList<int> Shape);
