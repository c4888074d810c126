using Tenfold.Core.Requests;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Routes_change_in_one_step(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    // Whoever can write to the ledger can damage a route. The ledger then lists the others.
    [Fact]
    public async Task A_model_whose_route_is_damaged_keeps_its_route_and_the_others_get_theirs()
    {
        scene.Ledger.Change((versions, routes, _) =>
        {
            versions.Add(Scene.Version("1.0.0") with { Model = "digits" });
            routes.Add(Scene.RouteOf("digits", 1, null, ("1.0.0", BucketRanges.Buckets)));
        });
        await Scene.UntilAsync(() => IsReadyAsync("digits"));
        scene.Ledger.Change((_, routes, _) => routes.RemoveAll(route => route.Model == "digits"));
        await scene.RouteAsync(null, ("1.1.0", BucketRanges.Buckets));
        (await IsReadyAsync("digits")).ShouldBeTrue();
        await scene.RouteAsync(null, ("1.0.0", BucketRanges.Buckets));
    }

    private async Task<bool> IsReadyAsync(string model)
    {
        using var reply = await scene.Client.GetAsync($"/v2/models/{model}/ready", CancellationToken.None);
        return reply.IsSuccessStatusCode;
    }

    [Fact]
    public async Task No_request_fails_while_routes_change_and_versions_come_and_go()
    {
        using var stop = new CancellationTokenSource();
        var (sent, failed) = (0, 0);
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var reply = await scene.PostAsync(Input);
                Interlocked.Increment(ref sent);
                if (!reply.IsSuccessStatusCode) Interlocked.Increment(ref failed);
            }
        })).ToList();
        for (var change = 0; change < 25; change++)
        {
            // Each change brings a version, and the change after the next takes it away.
            var (name, old) = ($"v{change}", $"v{change - 2}");
            await using var model = await Model.StartAsync(name);
            scene.Replicas.SetReady(name, scene.New.Address);
            scene.Ledger.Change((versions, _, _) =>
            {
                versions.Add(Scene.Version(name));
                var index = versions.FindIndex(version => version.Version == old);
                if (index >= 0) versions[index] = versions[index] with { State = VersionState.Reverted };
            });
            await scene.RouteAsync(null, ("1.0.0", 5000), (name, 5000));
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        sent.ShouldBeGreaterThan(100);
        failed.ShouldBe(0);
        await Eventually.ShouldBeAsync(() => scene.Replicas.Ended.Contains("v20"), "versions that were taken away are ended");
        scene.Replicas.Ended.ShouldNotContain("v24");
        scene.Log.Requests.GroupBy(request => request.Id).ShouldAllBe(of => of.Count() == 1);
    }

    [Fact]
    public async Task A_version_gets_traffic_only_once_it_is_ready()
    {
        await scene.RouteAsync(null, ("1.0.0", 10_000));
        scene.Ledger.Change((versions, routes, _) =>
        {
            versions.Add(Scene.Version("cold"));
            routes.Add(Scene.RouteTo(routes.Max(route => route.Revision) + 1, ("cold", 10_000)));
        });
        await Scene.UntilAsync(async () => (await scene.Client.GetStringAsync("/v2/models/iris")).Contains("waits for version cold"));
        using (var reply = await scene.PostAsync(Input)) scene.Log.Of(reply).Version.ShouldBe("1.0.0");
        scene.Replicas.SetReady("cold", scene.New.Address);
        await Scene.UntilAsync(async () =>
        {
            using var reply = await scene.PostAsync(Input);
            reply.IsSuccessStatusCode.ShouldBeTrue();
            return scene.Log.Of(reply).Version == "cold";
        });

        // No replica is left: the client hears it at once, and so does the log.
        scene.Replicas.SetReady("cold");
        using (var reply = await scene.PostAsync(Input))
        {
            ((int)reply.StatusCode).ShouldBe(503);
            reply.Headers.RetryAfter.ShouldNotBeNull();
            scene.Log.Of(reply).Outcome.ShouldBe(RequestOutcome.Unavailable);
        }

        // Nobody listens there: the other replica gets the request, since the first can't have got it.
        scene.Replicas.SetReady("cold", new Uri("http://127.0.0.1:1"), scene.New.Address);
        for (var i = 0; i < 5; i++)
        {
            using var reply = await scene.PostAsync(Input, headers: ("Accept", i % 2 == 0 ? "*/*" : "text/event-stream"));
            reply.IsSuccessStatusCode.ShouldBeTrue();
        }

        await scene.RouteAsync(null, ("1.0.0", 10_000));
    }

    [Fact]
    public async Task Everything_stays_as_it_is_while_the_ledger_is_down()
    {
        scene.Ledger.IsDown = true;
        for (var i = 0; i < 5; i++)
        {
            using var reply = await scene.PostAsync(Input);
            reply.IsSuccessStatusCode.ShouldBeTrue();
        }

        scene.Ledger.IsDown = false;
        await scene.RouteAsync(null, ("1.1.0", 10_000));
        await scene.RouteAsync(null, ("1.0.0", 10_000));
    }
}
