using System.Net;
using System.Text.Json;
using Tenfold.App.Access;
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

    [Fact]
    public async Task A_followed_log_ends_when_its_key_is_removed()
    {
        await scene.AddGroupAsync("llllmmmm", [null]);
        await SampleWork.LogAsync(scene.Store, "llllmmmm-1", "first");
        using var client = scene.Client(await scene.AddKeyAsync("leaving", ServerRole.Read));
        await using var stream = await OpenAsync(client, "/api/v1/runs/llllmmmm-1/logs?follow=true");
        using var reader = new StreamReader(stream);
        TextOf(await NextAsync(reader)).ShouldBe("first");
        await new ServerKeyDesk(scene.Services).RemoveAsync("leaving", CancellationToken.None);
        await Should.ThrowAsync<IOException>(async () => await NextAsync(reader), "a log that was cut must not look complete");
    }

    [Fact]
    public async Task A_key_follows_a_bounded_number_of_logs()
    {
        await scene.AddGroupAsync("nnnnoooo", [null]);
        await SampleWork.LogAsync(scene.Store, "nnnnoooo-1", "first");
        using var client = scene.Client(ServerRole.Run);
        var open = new List<Stream>();
        const string path = "/api/v1/runs/nnnnoooo-1/logs?follow=true";
        for (var i = 0; i < 20; i++) open.Add(await client.GetStreamAsync(new Uri(path, UriKind.Relative)));
        (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using var other = scene.Client(ServerRole.Read);
        (await OpenAsync(other, path)).Dispose();
        foreach (var stream in open) await stream.DisposeAsync();
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

    // A key that was just made may be unknown for a second.
    private static async Task<Stream> OpenAsync(HttpClient client, string path)
    {
        await Eventually.ShouldBeAsync(
            () => client.GetAsync(new Uri("/api/v1/status", UriKind.Relative)).GetAwaiter().GetResult().IsSuccessStatusCode,
            "the key is known");
        return await client.GetStreamAsync(new Uri(path, UriKind.Relative));
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
