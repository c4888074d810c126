using Tenfold.Core.Requests;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Shadows_are_bounded(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    [Fact]
    public async Task A_copy_is_sent_after_the_reply_and_only_the_log_sees_its_reply()
    {
        await scene.RouteAsync("1.1.0", ("1.0.0", 10_000));
        using var reply = await scene.PostAsync(Input, headers: ("Tenfold-Key", "me"));
        (await reply.Content.ReadAsStringAsync()).ShouldContain("\"by\": \"old\"");
        var id = scene.Log.Of(reply).Id;
        await Eventually.ShouldBeAsync(() => scene.Log.Requests.Any(request => request.ShadowOf == id), "the copy is logged");
        var copy = scene.Log.Requests.Single(request => request.ShadowOf == id);
        copy.ShouldSatisfyAllConditions(
            () => copy.Kind.ShouldBe(RequestKind.Shadow), () => copy.Version.ShouldBe("1.1.0"), () => copy.Status.ShouldBe(200),
            () => copy.Key.ShouldBe("me"), () => copy.Arm.ShouldBeNull(),
            () => copy.ReplyBody.ToArray().ShouldBe("""{"prediction": 7, "by": "new"}"""u8.ToArray()));
        scene.New.Last.Body.ShouldBe(Input);
    }

    // The shadow accepts no connection any more: its copies fail, each once, and too many are dropped. Nobody notices.
    [Fact]
    public async Task A_slow_shadow_costs_dropped_copies_and_nothing_else()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        scene.Replicas.SetReady("1.1.0", new Uri($"http://{silent.LocalEndpoint}"));
        await scene.RouteAsync("1.1.0", ("1.0.0", 10_000));
        for (var i = 0; i < 400; i++)
        {
            using var reply = await scene.PostAsync(Input);
            reply.IsSuccessStatusCode.ShouldBeTrue();
        }

        var metrics = await scene.Client.GetStringAsync("/metrics");
        metrics.ShouldContain("tenfold_shadow_dropped_total{model=\"iris\",version=\"1.1.0\"}");
        metrics.ShouldContain("tenfold_requests_total{model=\"iris\",version=\"1.0.0\",status=\"200\",outcome=\"answered\"}");
        scene.Replicas.SetReady("1.1.0", scene.New.Address);
    }
}
