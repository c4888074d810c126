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
        // Somebody without a secret sends most of a body, and waits.
        using var stalled = new TcpClient();
        await stalled.ConnectAsync(IPAddress.Loopback, scene.Client.BaseAddress!.Port);
        var half = new byte[ServerScene.MaxBodies / 2 - 100_000];
        await stalled.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /hooks HTTP/1.1\r\nHost: x\r\nContent-Length: {half.Length + 1}\r\n\r\n"));
        var sending = stalled.GetStream().WriteAsync(half);
        var body = ServerScene.Push(branch: "refs/heads/busy") + new string(' ', 200_000);
        (await AnswerAsync(body, "busy", HttpStatusCode.ServiceUnavailable)).ShouldNotBeNull("it is told when to come again");
        await sending;
        stalled.Close();
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
    private async Task<RetryConditionHeaderValue?> AnswerAsync(string body, string id, HttpStatusCode wanted)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await scene.PostAsync(body, id);
            if (answer.StatusCode == wanted) return answer.Headers.RetryAfter;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline, $"{answer.StatusCode}");
            if (answer.StatusCode == HttpStatusCode.Accepted) id += "x";
            await Task.Delay(20);
        }
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
