using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;
using Microsoft.AspNetCore.Http;
using Tenfold.Server.Tests.Stories;

namespace Tenfold.Server.Tests;

/// <summary>GitHub's own description of its REST API, to which the calls of the server are held.</summary>
/// <remarks>Source: npm's <c>@octokit/openapi</c>, which <c>./test</c> installs into tests/github.</remarks>
internal sealed class GitHubSpecification
{
    private static readonly Lazy<GitHubSpecification> Loaded = new(() => new GitHubSpecification());

    private readonly JsonObject _document = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Packages, "@octokit", "openapi", "generated", "api.github.com.json")))!.AsObject();
    private readonly List<(Regex Path, JsonObject Operations)> _paths;

    private GitHubSpecification() => _paths =
    [
        .. _document["paths"]!.AsObject().Where(path => path.Key.StartsWith("/repos/", StringComparison.Ordinal)).Select(path =>
            (new Regex($"^{Regex.Replace(path.Key, "{[^}]+}", "[^/]+")}$"), path.Value!.AsObject())),
    ];

    public static GitHubSpecification Current => Loaded.Value;

    /// <summary>Where npm puts the packages.</summary>
    public static string Packages =>
        Path.GetFullPath(Path.Combine(ServerProgram.Folder, "..", "..", "tests", "github", "node_modules"));

    /// <summary>What is wrong with a request; null when the specification allows it.</summary>
    public string? FindFault(HttpRequest request, string body)
    {
        if (Find(request.Method, request.Path.Value!) is not { } operation) return $"GitHub has no {request.Method} {request.Path}";
        if (request.Headers.UserAgent.Count == 0) return "GitHub refuses requests without a User-Agent";
        var queries = (operation["parameters"]?.AsArray() ?? []).Select(parameter => Resolve(parameter!))
            .Where(parameter => parameter["in"]!.GetValue<string>() == "query")
            .ToDictionary(parameter => parameter["name"]!.GetValue<string>());
        foreach (var (name, value) in request.Query)
        {
            if (!queries.TryGetValue(name, out var query)) return $"{request.Path} has no parameter {name}";
            // The schemas of what is asked for are those of numbers.
            if (!IsValid(query["schema"]!, JsonNode.Parse(value.ToString()))) return $"{name} may not be {value}";
        }

        if (operation["requestBody"] is not { } wanted) return body.Length == 0 ? null : $"{request.Path} takes no body";
        return IsValid(Resolve(wanted)["content"]!["application/json"]!["schema"]!, JsonNode.Parse(body))
            ? null : $"{request.Path} takes no {body}";
    }

    /// <summary>The answer that GitHub documents as an example.</summary>
    public JsonNode ExampleOf(string method, string path)
    {
        var responses = Find(method, path)!["responses"]!.AsObject();
        var success = Resolve(responses.First(response => response.Key.StartsWith('2')).Value!);
        return Resolve(success["content"]!["application/json"]!["examples"]!["default"]!)["value"]!.DeepClone();
    }

    private JsonObject? Find(string method, string path) =>
        _paths.Where(one => one.Path.IsMatch(path)).Select(one => one.Operations[method.ToLowerInvariant()]?.AsObject())
            .FirstOrDefault(found => found is not null);

    private JsonNode Resolve(JsonNode node)
    {
        while (node is JsonObject && node["$ref"]?.GetValue<string>() is { } reference)
            node = reference.Split('/').Skip(1).Aggregate((JsonNode)_document, (place, name) => place[name]!);
        return node;
    }

    // OpenAPI 3.0 has its own word for null. Members that GitHub does not know are faults of ours.
    private bool IsValid(JsonNode schema, JsonNode? value)
    {
        var own = Resolve(schema).DeepClone().AsObject();
        own.Remove("example");
        if (own["properties"] is JsonObject properties)
        {
            own["additionalProperties"] = false;
            foreach (var property in properties.Select(one => one.Value!.AsObject()))
            {
                if (property["nullable"]?.GetValue<bool>() == true) property["type"] = new JsonArray(property["type"]!.DeepClone(), "null");
                property.Remove("nullable");
            }
        }

        return JsonSchema.FromText(own.ToJsonString()).Evaluate(JsonSerializer.SerializeToElement(value)).IsValid;
    }
}
