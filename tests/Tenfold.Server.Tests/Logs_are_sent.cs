using System.Net;
using System.Text.Json;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Tests;

public sealed class Logs_are_sent(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task A_log_is_sent_in_parts()
    {
        const string run = $"{ApiScene.Baseline}-1";
        await SampleWork.LogAsync(scene.Store, run, [.. Enumerable.Range(1, 30).Select(i => $"line {i}")]);
        (await ReadAsync($"/api/v1/runs/{run}/logs")).Count.ShouldBe(30);
        (await ReadAsync($"/api/v1/runs/{run}/logs?tail=2")).Select(TextOf).ShouldBe(["line 29", "line 30"]);
        (await ReadAsync($"/api/v1/runs/{run}/logs?skip=10&limit=2")).Select(TextOf).ShouldBe(["line 11", "line 12"]);
    }

    [Fact]
    public async Task A_followed_log_goes_on_until_the_run_has_ended()
    {
        await scene.AddGroupAsync("ffffgggg", [null]);
        var run = (await scene.Services.Ledger.ListRunsAsync("ffffgggg", CancellationToken.None))[0].Run;
        await SampleWork.LogAsync(scene.Store, run.Id, "first");
        using var client = scene.Client(ServerRole.Read);
        await using var stream = await client.GetStreamAsync(new Uri($"/api/v1/runs/{run.Id}/logs?follow=true", UriKind.Relative));
        using var reader = new StreamReader(stream);
        TextOf(await NextAsync(reader)).ShouldBe("first");
        await SampleWork.LogAsync(scene.Store, run.Id, "second");
        TextOf(await NextAsync(reader)).ShouldBe("second");
        await SampleWork.LogAsync(scene.Store, run.Id, "third");
        await SampleWork.EndAsync(scene.Services, run, 0.5, TimeProvider.System.GetUtcNow());
        TextOf(await NextAsync(reader)).ShouldBe("third");
        (await reader.ReadLineAsync().WaitAsync(Eventually.Deadline)).ShouldBeNull();
    }

    [Theory]
    [InlineData("?tail=-1")]
    [InlineData("?limit=0")]
    [InlineData("?attempt=0")]
    [InlineData("?follow=true&limit=3")]
    public async Task A_wrong_part_is_refused(string query)
    {
        using var client = scene.Client(ServerRole.Read);
        using var answer = await client.GetAsync(new Uri($"/api/v1/runs/{ApiScene.Candidate}-1/logs{query}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<JsonElement> NextAsync(StreamReader reader)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync().WaitAsync(Eventually.Deadline);
            if (line is not "") return JsonDocument.Parse(line.ShouldNotBeNull()).RootElement;
        }
    }

    private async Task<IReadOnlyList<JsonElement>> ReadAsync(string path)
    {
        using var client = scene.Client(ServerRole.Read);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/x-ndjson");
        var text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static string TextOf(JsonElement line) => line.GetProperty("text").GetString()!;
}
