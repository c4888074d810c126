using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Tenfold.App.Pushes;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Bodies_have_bounds(ServerScene scene) : IClassFixture<ServerScene>
{
    [Fact]
    public async Task Bodies_that_together_need_too_much_memory_are_refused_for_a_while()
    {
        var body = ServerScene.Push(branch: "refs/heads/busy") + new string(' ', 200_000);
        using (var stalled = new StalledSender(scene.Client.BaseAddress!.Port, (ServerScene.MaxBodies / 2) - 100_000))
        {
            var retryAfter = await AnswerAsync(body, "busy", HttpStatusCode.ServiceUnavailable, stalled.KeepOnAsync);
            retryAfter.ShouldNotBeNull("it is told when to come again");
        }

        await AnswerAsync(body, "room", HttpStatusCode.Accepted);
        (await scene.ReadAsync("github-room")).State.ShouldBe(DeliveryState.Done);
    }

    [Fact]
    public async Task Old_bodies_are_removed_and_their_deliveries_stay()
    {
        var body = ServerScene.Push(branch: "refs/heads/old");
        await scene.DeliverAsync(body, "aged");
        await scene.ReadAsync("github-aged");
        var pushes = scene.Services.Pushes;
        var pruner = new DeliveryPruner(pushes, TimeSpan.FromDays(30), new ShiftedTime(TimeSpan.FromDays(29)));
        (await pruner.RunAsync(CancellationToken.None)).ShouldBe(0);
        pruner = new DeliveryPruner(pushes, TimeSpan.FromDays(30), new ShiftedTime(TimeSpan.FromDays(31)));
        (await pruner.RunAsync(CancellationToken.None)).ShouldBeGreaterThan(0);
        (await scene.FindAsync("github-aged"))!.Body.ShouldBeEmpty();
        var desk = new DeliveryDesk(scene.Services);
        var report = (await desk.ListAsync(1000, CancellationToken.None)).Single(one => one.Delivery.Id == "github-aged");
        report.Delivery.HasBody.ShouldBeFalse();
        (await desk.RedeliverAsync("github-aged", CancellationToken.None)).Refusal().Message.ShouldContain("removed");
        // It is still known.
        (await scene.DeliverAsync(body, "aged")).ShouldBe(HttpStatusCode.OK);
        (await scene.FindAsync("github-aged"))!.State.ShouldBe(DeliveryState.Done);
    }

    // The answer with this code, however often the body must be delivered for it.
    private async Task<RetryConditionHeaderValue?> AnswerAsync(string body, string id, HttpStatusCode wanted, Func<Task>? before = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var (i, delivery) = (1, id); ; i++)
        {
            if (before is not null) await before();
            using var answer = await scene.PostAsync(body, delivery);
            if (answer.StatusCode == wanted) return answer.Headers.RetryAfter;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline, $"{answer.StatusCode}");
            if (answer.StatusCode == HttpStatusCode.Accepted) delivery = $"{id}{i}";
            await Task.Delay(20);
        }
    }

    // Somebody without a secret sends most of a body, and waits. The server hangs up after some seconds; then he calls again.
    private sealed class StalledSender(int port, int sizeBytes) : IDisposable
    {
        private TcpClient? _client;

        public async Task KeepOnAsync()
        {
            if (_client is { Client: var socket } && !socket.Poll(0, SelectMode.SelectRead)) return;
            _client?.Dispose();
            _client = new TcpClient();
            await _client.ConnectAsync(IPAddress.Loopback, port);
            var head = Encoding.ASCII.GetBytes($"POST /hooks HTTP/1.1\r\nHost: x\r\nContent-Length: {sizeBytes + 1}\r\n\r\n");
            try
            {
                await _client.GetStream().WriteAsync(head);
                await _client.GetStream().WriteAsync(new byte[sizeBytes]);
            }
            catch (IOException)
            {
                // Nor has the server room for this body, while another is delivered.
            }
        }

        public void Dispose() => _client?.Dispose();
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
