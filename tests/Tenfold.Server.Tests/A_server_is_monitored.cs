using System.Net;
using Tenfold.Core.Keys;

namespace Tenfold.Server.Tests;

public sealed class A_server_is_monitored(ApiScene scene) : IClassFixture<ApiScene>
{
    [Fact]
    public async Task Metrics_count_requests_and_rounds()
    {
        using var client = scene.Client(ServerRole.Read);
        (await client.GetAsync(new Uri("/api/v1/status", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync(new Uri("/api/v1/nothing", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.GetAsync(new Uri("/of-our-own-choice", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var metrics = "";
        await Eventually.ShouldBeAsync(
            () =>
            {
                metrics = client.GetStringAsync(new Uri("/metrics", UriKind.Relative)).GetAwaiter().GetResult();
                return metrics.Contains("tenfold_server_live_attempts 1\n");
            },
            "a round has seen the run that waits");
        metrics.ShouldContain("tenfold_server_requests_total{for=\"api\",status=\"200\"} 1\n");
        metrics.ShouldContain("tenfold_server_requests_total{for=\"api\",status=\"404\"} 1\n");
        metrics.ShouldContain("tenfold_server_requests_total{for=\"other\",status=\"404\"} 1\n");
        metrics.ShouldContain("tenfold_server_failed_rounds_total 0\n");
        metrics.ShouldNotContain("of-our-own-choice");
        metrics.ShouldMatch(@"tenfold_server_round_seconds_count [1-9]");
    }

    [Fact]
    public async Task Metrics_need_a_key()
    {
        using var client = scene.Client((string?)null);
        using var answer = await client.GetAsync(new Uri("/metrics", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("tenfold_server");
    }

    [Theory]
    [InlineData("text", false)]
    [InlineData("json", true)]
    public void Logs_have_a_format(string format, bool isJson) =>
        ServerOptions.Parse(["--log-format", format]).Value().LogsJson.ShouldBe(isJson);

    [Fact]
    public void An_unknown_format_is_refused() =>
        ServerOptions.Parse(["--log-format", "xml"]).Refusal().Message.ShouldContain("--log-format xml is not understood");
}
