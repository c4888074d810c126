using System.Net;
using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Malformed_replies_harm_nobody(Scene scene) : IClassFixture<Scene>
{
    [Theory]
    [InlineData("")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 999 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999999\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nY: b\r\nContent-Length: 0\r\n\r\n")]
    public async Task An_invalid_reply_is_a_bad_gateway(string bytes)
    {
        using var model = new RawModel { Reply = bytes };
        using var reply = await AskAsync(model);
        reply.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        reply.Headers.GetValues("Tenfold-Version").ShouldBe(["raw"]);
        scene.Log.Of(reply).Outcome.ShouldBe(RequestOutcome.Broken);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200\r\nContent-Length:  5 \r\nX-Latin: \xe9\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nTrailer: X\r\n\r\n2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nX: 1\r\n\r\n")]
    public async Task A_valid_reply_is_read_exactly(string bytes)
    {
        using var model = new RawModel { Reply = bytes };
        using var reply = await AskAsync(model);
        reply.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reply.Content.ReadAsStringAsync()).ShouldBe("hello");
    }

    // What follows a reply would be taken for the next one.
    [Fact]
    public async Task A_connection_with_a_surplus_is_not_used_again()
    {
        const string head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
        using var model = new RawModel { Reply = $"{head}hello{head}other" };
        for (var i = 0; i < 3; i++)
        {
            using var reply = await AskAsync(model);
            (await reply.Content.ReadAsStringAsync()).ShouldBe("hello");
        }
    }

    private async Task<HttpResponseMessage> AskAsync(RawModel model)
    {
        scene.Ledger.Change((versions, _, _) =>
        {
            if (versions.All(version => version.Version != "raw")) versions.Add(Scene.Version("raw", new ServingLimits()));
        });
        scene.Replicas.SetReady("raw", model.Address);
        await Scene.UntilAsync(async () => (await scene.Client.GetAsync("/v2/models/iris/versions/raw/ready")).IsSuccessStatusCode);
        return await scene.PostAsync("""{"length": 1}""", path: "/models/iris/versions/raw/invocations");
    }
}
