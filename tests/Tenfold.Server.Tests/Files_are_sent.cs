using System.Net;
using System.Text;
using System.Text.Json;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Tests;

public sealed class Files_are_sent(ApiScene scene) : IClassFixture<ApiScene>
{
    private const string Run = $"{ApiScene.Baseline}-1", Content = "/api/v1/runs/" + Run + "/files/content";

    [Fact]
    public async Task A_file_is_sent_from_any_place()
    {
        var key = $"{ArtifactManifest.FilesKey($"{Run}-1")}model/w é.bin";
        await scene.Store.WriteAsync(key, "0123456789"u8.ToArray(), CancellationToken.None);
        var file = new ArtifactFile { Path = "model/w é.bin", SizeBytes = 10, Sha256 = new string('a', 64) };
        await scene.Store.WriteAsync(
            ArtifactManifest.ManifestKey($"{Run}-1"), new ArtifactManifest { Files = [file] }.ToJson(), CancellationToken.None);
        var listed = await scene.GetAsync($"/api/v1/runs/{Run}/files");
        listed.GetProperty("attempt").GetString().ShouldBe($"{Run}-1");
        listed.GetProperty("files")[0].GetProperty("sha256").GetString().ShouldBe(file.Sha256);
        using var client = scene.Client(ServerRole.Read);
        foreach (var (offset, rest) in new[] { (0, "0123456789"), (4, "456789"), (10, ""), (99, "") })
        {
            using var answer = await client.GetAsync(Of($"attempt=1&path=model%2Fw%20%C3%A9.bin&offset={offset}"));
            answer.Content.Headers.ContentLength.ShouldBe(rest.Length);
            Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()).ShouldBe(rest);
        }
    }

    [Theory]
    [InlineData("attempt=1&path=model/none", HttpStatusCode.NotFound)]
    [InlineData("attempt=2&path=model/none", HttpStatusCode.NotFound)]
    [InlineData("attempt=0&path=model/none", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=../state.json", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=..%2Fmanifest.json", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=model/../../manifest.json", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=/etc/passwd", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1", HttpStatusCode.BadRequest)]
    [InlineData("attempt=1&path=model/a&offset=-1", HttpStatusCode.BadRequest)]
    public async Task Nothing_else_of_the_store_is_sent(string query, HttpStatusCode expected)
    {
        using var client = scene.Client(ServerRole.Read);
        using var answer = await client.GetAsync(Of(query));
        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task A_run_that_has_not_ended_has_no_files_yet()
    {
        using var client = scene.Client(ServerRole.Read);
        using var answer = await client.GetAsync(new Uri($"/api/v1/runs/{ApiScene.Live}-1/files", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString()
            .ShouldNotBeNull().ShouldContain("has not ended yet");
        (await scene.GetAsync($"/api/v1/runs/{ApiScene.Candidate}-1/files")).GetProperty("files").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private static Uri Of(string query) => new($"{Content}?{query}", UriKind.Relative);
}
