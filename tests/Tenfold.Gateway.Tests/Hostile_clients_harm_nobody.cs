using System.Net.Sockets;
using System.Text;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Hostile_clients_harm_nobody(Scene scene) : IClassFixture<Scene>
{
    private const string Line = "POST /models/iris/invocations HTTP/1.1\r\nHost: x\r\n";

    // Each request has a second one hidden in it. Only what both sides frame alike may be answered, and the hidden one never is.
    [Theory]
    [InlineData("Content-Length: 13\r\nContent-Length: 13\r\n")]
    [InlineData("Content-Length: 13\r\nContent-Length: 40\r\n")]
    [InlineData("Content-Length: 13, 13\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n")]
    [InlineData("Content-Length: 13\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n")]
    [InlineData("Content-Length: -1\r\n")]
    [InlineData("X: a\r\n b\r\nContent-Length: 13\r\n")]
    [InlineData("X: a\0b\r\nContent-Length: 13\r\n")]
    [InlineData("Host: y\r\nContent-Length: 13\r\n")]
    public async Task A_hidden_request_is_never_answered(string headers)
    {
        var before = scene.Old.Calls;
        var reply = await scene.SendRawAsync(
            $"{Line}{headers}\r\n{{\"length\": 1}}GET /v2/models HTTP/1.1\r\nHost: x\r\n\r\n", TimeSpan.FromSeconds(1));
        reply.ShouldNotContain("\"models\"");
        (scene.Old.Calls - before).ShouldBeLessThanOrEqualTo(1);
        await ShouldServeAsync();
    }

    [Fact]
    public async Task Huge_headers_are_refused()
    {
        (await scene.SendRawAsync($"{Line}X-Big: {new string('a', 100_000)}\r\nContent-Length: 0\r\n\r\n")).ShouldContain(" 431 ");
        var many = string.Concat(Enumerable.Range(0, 500).Select(i => $"X-{i}: 1\r\n"));
        (await scene.SendRawAsync($"{Line}{many}Content-Length: 0\r\n\r\n")).ShouldContain(" 431 ");
        (await scene.SendRawAsync($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n")).ShouldContain(" 414 ");
        await ShouldServeAsync();
    }

    [Fact]
    public async Task Invalid_UTF_8_is_refused()
    {
        var body = "{\"length\": 1, \"name\": \"\xff\xfe\"}";
        (await scene.SendRawAsync($"{Line}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}")).ShouldContain(" 400 ");
        // In a name that the schema does not know.
        body = "{\"length\": 1, \"\xff\": 1}";
        (await scene.SendRawAsync($"{Line}Connection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}")).ShouldContain(" 400 ");
        (await scene.SendRawAsync($"{Line}Tenfold-Key: \xff\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).ShouldContain(" 400 ");
        await ShouldServeAsync();
    }

    [Fact]
    public async Task Slow_bodies_and_clients_that_never_read_hold_up_nobody()
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < 60; i++)
        {
            var socket = await scene.ConnectAsync();
            sockets.Add(socket);
            // Half of them stop in their body; the others ask for 8 MB and never read it.
            var request = i % 2 == 0
                ? $"{Line}Content-Length: 90000\r\n\r\n{{"
                : $"{Line}X-Do: large\r\nContent-Length: 13\r\n\r\n{{\"length\": 1}}";
            await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        }

        for (var i = 0; i < 50; i++) await ShouldServeAsync();
        foreach (var socket in sockets) socket.Dispose();
        await ShouldServeAsync();
    }

    [Fact]
    public async Task A_pipelined_request_gets_its_own_reply()
    {
        const string body = "{\"length\": 1}";
        var one = $"{Line}X-Do: echo\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        const string other = "{\"length\": 2}";
        var two = $"{Line}X-Do: echo\r\nConnection: close\r\nContent-Length: {other.Length}\r\n\r\n{other}";
        var reply = await scene.SendRawAsync(one + two);
        reply.IndexOf(body, StringComparison.Ordinal).ShouldBeGreaterThan(0);
        reply.IndexOf(other, StringComparison.Ordinal).ShouldBeGreaterThan(reply.IndexOf(body, StringComparison.Ordinal));
    }

    private async Task ShouldServeAsync()
    {
        using var reply = await scene.PostAsync("""{"length": 1}""");
        reply.IsSuccessStatusCode.ShouldBeTrue();
        (await reply.Content.ReadAsStringAsync()).ShouldContain("prediction");
    }
}
