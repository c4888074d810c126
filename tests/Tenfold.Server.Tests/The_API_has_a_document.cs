using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Tests;

public sealed class The_API_has_a_document(ApiScene scene) : IClassFixture<ApiScene>
{
    private const string Path = "/api/v1/openapi.json";

    [Fact]
    public async Task Each_path_of_the_API_is_in_its_document()
    {
        var document = await ReadAsync();
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Select(operation => (Route: $"{operation.Key.ToUpperInvariant()} {path.Key}", Operation: operation.Value!))).ToList();
        var routes = scene.Routes.Where(route => route.Contains(" /api/") && !route.EndsWith(Path, StringComparison.Ordinal)).ToList();
        routes.Count.ShouldBeGreaterThan(15);
        described.Select(one => one.Route).Order(StringComparer.Ordinal).ShouldBe(routes.Order(StringComparer.Ordinal));
        foreach (var (route, operation) in described)
        {
            operation["summary"].ShouldNotBeNull(route).GetValue<string>().ShouldNotBeEmpty();
            operation["responses"]!.AsObject().Select(one => one.Key).ShouldContain(code => code.StartsWith('2'), route);
        }

        described.Select(one => one.Operation["operationId"]!.GetValue<string>()).ShouldBeUnique();
        document["components"]!["securitySchemes"]!["key"]!["scheme"]!.GetValue<string>().ShouldBe("bearer");
    }

    [Theory]
    [InlineData("/status", "/status")]
    [InlineData("/runs", "/runs")]
    [InlineData("/runs/{id}", $"/runs/{ApiScene.Baseline}-1")]
    [InlineData("/runs/{id}/metrics", $"/runs/{ApiScene.Baseline}-1/metrics")]
    [InlineData("/groups", "/groups")]
    [InlineData("/groups/{id}", $"/groups/{ApiScene.Candidate}")]
    [InlineData("/groups/{id}/runs", $"/groups/{ApiScene.Live}/runs")]
    [InlineData("/ids/{id}", $"/ids/{ApiScene.Live}")]
    [InlineData("/studies", "/studies")]
    [InlineData("/queue", "/queue")]
    [InlineData("/targets", "/targets")]
    [InlineData("/pools/{pool}", "/pools/nobody")]
    [InlineData("/cost", "/cost?since=7d&by=user")]
    [InlineData("/schedules", "/schedules")]
    public async Task An_answer_is_as_the_document_says(string described, string asked)
    {
        var document = await ReadAsync();
        var schema = document["paths"]![$"/api/v1{described}"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = document["components"]!["schemas"]!.DeepClone();
        var text = whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        var answer = await scene.GetAsync($"/api/v1{asked}");
        var result = JsonSchema.FromText(text).Evaluate(answer, new EvaluationOptions { OutputFormat = OutputFormat.List });
        result.IsValid.ShouldBeTrue(JsonSerializer.Serialize(result.Details!.Where(detail => !detail.IsValid)));
        // The schema is one that a wrong answer fails.
        JsonSchema.FromText(text).Evaluate(JsonDocument.Parse("12").RootElement).IsValid.ShouldBeFalse();
    }

    [Fact]
    public async Task The_document_needs_a_key()
    {
        using var client = scene.Client((string?)null);
        (await client.GetAsync(new Uri(Path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<JsonNode> ReadAsync()
    {
        using var client = scene.Client(ServerRole.Read);
        return JsonNode.Parse(await client.GetStringAsync(new Uri(Path, UriKind.Relative))).ShouldNotBeNull();
    }
}
