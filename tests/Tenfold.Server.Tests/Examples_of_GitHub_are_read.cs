using System.Net;
using System.Text.Json.Nodes;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

/// <remarks>Source: npm's <c>@octokit/webhooks-examples</c>, which <c>./test</c> installs into tests/github.</remarks>
public sealed class Examples_of_GitHub_are_read(ServerScene scene) : IClassFixture<ServerScene>
{
    [Fact]
    public async Task Each_of_GitHubs_own_payloads_is_taken_and_those_with_a_commit_lead_to_a_push()
    {
        var path = Path.Combine(GitHubSpecification.Packages, "@octokit", "webhooks-examples", "api.github.com", "index.json");
        var events = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsArray();
        var pushed = new List<string>();
        var count = 0;
        var examples = events.SelectMany(one => one!["examples"]!.AsArray().Select(example => ($"{one["name"]}", example!)));
        foreach (var (name, example) in examples)
        {
            var id = $"example-{count++}";
            var isOurs = $"{example["repository"]?["full_name"]}".Equals(ServerScene.ExampleRepository, StringComparison.OrdinalIgnoreCase);
            var code = await scene.DeliverAsync(example.ToJsonString(), id, name);
            code.ShouldBe(isOurs ? HttpStatusCode.Accepted : HttpStatusCode.BadRequest, $"{name} {id}");
            if (!isOurs) continue;
            var delivery = await scene.ReadAsync($"github-{id}");
            delivery.State.ShouldBeOneOf(DeliveryState.Done, DeliveryState.Ignored);
            if (delivery.State == DeliveryState.Done) pushed.Add($"{name} {example["action"] ?? example["ref"]}");
            else delivery.Detail.ShouldNotBeNullOrEmpty();
        }

        count.ShouldBeGreaterThan(300);
        pushed.Distinct().Order(StringComparer.Ordinal).ShouldBe(
        [
            "pull_request opened", "pull_request ready_for_review", "pull_request reopened", "pull_request synchronize",
            "push refs/heads/master",
        ]);
    }
}
