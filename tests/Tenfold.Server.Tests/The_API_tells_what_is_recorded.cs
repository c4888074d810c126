using System.Net;
using System.Text.Json;
using Tenfold.App.Listing;
using Tenfold.App.Views;
using Tenfold.Core.Keys;
using Tenfold.Core.Runs;

namespace Tenfold.Server.Tests;

public sealed class The_API_tells_what_is_recorded(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task Runs_are_those_that_the_command_line_prints()
    {
        var listed = await new RunLister(scene.Services).ListNewestRunsAsync(RunState.Succeeded, 100, 1, CancellationToken.None);
        var printed = JsonSerializer.SerializeToElement(
            [.. listed.Select(RunView.Of)], ViewJson.Default.IReadOnlyListRunView);
        printed.GetArrayLength().ShouldBe(10);
        JsonElement.DeepEquals(await scene.GetAsync("/api/v1/runs?state=succeeded"), printed).ShouldBeTrue();
    }

    [Fact]
    public async Task Runs_come_in_pages()
    {
        var ids = new List<string>();
        for (var page = 1; page <= 4; page++)
            ids.AddRange((await scene.GetAsync($"/api/v1/runs?limit=4&page={page}")).EnumerateArray().Select(IdOf));
        ids.Count.ShouldBeGreaterThanOrEqualTo(11);
        ids.ShouldBeUnique();
        (await scene.GetAsync("/api/v1/runs?state=queued")).EnumerateArray().Select(IdOf).ShouldContain($"{ApiScene.Live}-1");
    }

    [Fact]
    public async Task A_group_has_its_runs_and_statistics()
    {
        var group = await scene.GetAsync("/api/v1/groups/aaaa");
        group.GetProperty("group").GetProperty("id").GetString().ShouldBe(ApiScene.Baseline);
        group.GetProperty("runs").GetArrayLength().ShouldBe(5);
        group.GetProperty("statistics").GetProperty("mean").GetDouble().ShouldBe(0.715, 1e-9);
        (await scene.GetAsync("/api/v1/groups")).EnumerateArray()
            .Select(one => one.GetProperty("group").GetProperty("id").GetString()).ShouldContain(ApiScene.Candidate);
        (await scene.GetAsync($"/api/v1/groups/{ApiScene.Baseline}/runs?state=failed")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_run_has_its_attempts_and_its_curve()
    {
        var run = await scene.GetAsync($"/api/v1/runs/{ApiScene.Baseline}-2");
        run.GetProperty("attempts")[0].GetProperty("host").GetString().ShouldBe("ws1");
        var metrics = await scene.GetAsync($"/api/v1/runs/{ApiScene.Baseline}-2/metrics");
        metrics[0].GetProperty("metric").GetProperty("last").GetDouble().ShouldBe(0.72);
        metrics[0].GetProperty("series")[0].GetProperty("value").GetDouble().ShouldBe(0.36);
    }

    [Fact]
    public async Task An_id_is_resolved()
    {
        var run = await scene.GetAsync("/api/v1/ids/aaaabbbb-3");
        (IdOf(run), run.GetProperty("kind").GetString()).ShouldBe(("aaaabbbb-3", "run"));
        (await scene.GetAsync("/api/v1/ids/cccc")).GetProperty("kind").GetString().ShouldBe("group");
        (await scene.GetAsync("/api/v1/studies")).GetArrayLength().ShouldBe(0);
        (await scene.GetAsync("/api/v1/status")).GetProperty("role").GetString().ShouldBe("read");
    }

    [Fact]
    public async Task Groups_are_compared()
    {
        var (status, compared) = await scene.PostAsync(
            "/api/v1/compare", $$"""{"groups":["{{ApiScene.Baseline}}","{{ApiScene.Candidate}}"],"margin":0.01}""", ServerRole.Read);
        status.ShouldBe(HttpStatusCode.OK);
        var comparison = compared.GetProperty("comparisons")[0];
        comparison.GetProperty("verdict").GetString().ShouldBe("better");
        comparison.GetProperty("margin").GetProperty("conclusion").GetString().ShouldBe("better by more");
    }

    [Theory]
    [InlineData("/api/v1/runs/zzzz", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/runs/aaaabbbb", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/studies/aaaabbbb", HttpStatusCode.NotFound, "not-found")]
    [InlineData("/api/v1/nothing", HttpStatusCode.NotFound, "no-such-path")]
    [InlineData("/api/v1/cancel", HttpStatusCode.MethodNotAllowed, "wrong-method")]
    [InlineData("/api/v1/runs/..%2F..%2Fetc", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/groups/a'b/runs", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?state=7", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?state=gone", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?limit=0", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?limit=10001", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?limit=many", HttpStatusCode.BadRequest, "bad-input")]
    [InlineData("/api/v1/runs?page=-1", HttpStatusCode.BadRequest, "bad-input")]
    public async Task A_wrong_request_is_answered_with_a_problem(string path, HttpStatusCode status, string code)
    {
        using var client = scene.Client(ServerRole.Read);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(status, text);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
    }

    [Theory]
    [InlineData("""{"groups":["aaaabbbb"]}""")]
    [InlineData("""{"groups":["aaaabbbb","cccc"],"alpha":0.7}""")]
    [InlineData("""{"groups":["aaaabbbb","cccc"],"margin":-1}""")]
    [InlineData("""{"groups":["aaaabbbb","cccc"],"statistic":"mode"}""")]
    [InlineData("""{"groups":["aaaabbbb","cccc"],"alfa":0.01}""")]
    [InlineData("""{"groups":["aaaabbbb",null]}""")]
    [InlineData("""{"groups":["aaaabbbb","cccc"],"across":"data"}""")]
    [InlineData("null")]
    [InlineData("[1")]
    [InlineData("")]
    public async Task A_wrong_body_is_refused(string body)
    {
        var (status, problem) = await scene.PostAsync("/api/v1/compare", body);
        status.ShouldBe(HttpStatusCode.BadRequest);
        problem.GetProperty("code").GetString().ShouldBe("bad-input");
    }

    [Fact]
    public async Task A_body_of_another_type_or_too_long_is_refused()
    {
        (await scene.PostAsync("/api/v1/compare", "{}", type: "text/plain")).Status.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        var (status, problem) = await scene.PostAsync("/api/v1/compare", new string(' ', 100_000));
        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        problem.GetProperty("code").GetString().ShouldBe("too-long");
    }

    private static string IdOf(JsonElement one) => one.GetProperty("id").GetString()!;
}
