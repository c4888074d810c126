using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Faulty_versions_lose_their_traffic(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    [Fact]
    public async Task A_version_that_fails_more_requests_than_its_baseline_is_rolled_back()
    {
        await scene.RouteAsync(null, ("1.0.0", 5000), ("1.1.0", 5000));
        for (var user = 0; user < 200; user++)
        {
            // The new version fails each of its users.
            var key = $"user-{user}";
            var isNew = BucketRanges.BucketOf("pepper", key) >= 5000;
            using var reply = await scene.PostAsync(Input, isNew ? "fail" : null, headers: ("Tenfold-Key", key));
        }

        await Scene.UntilAsync(async () => (await RouteAsync()).Shares().Count == 1);
        var route = await RouteAsync();
        route.Shares().Keys.ShouldBe(["1.0.0"]);
        (route.By, route.Reason.ShouldBeOfType<Reason.VersionFaulty>().Version).ShouldBe(("gateway", "1.1.0"));
        await Scene.UntilAsync(async () =>
        {
            using var reply = await scene.PostAsync(Input, headers: ("Tenfold-Key", "user-1"));
            return scene.Log.Of(reply).RouteRevision == route.Revision;
        });
    }

    [Fact]
    public async Task A_version_whose_replicas_crash_again_and_again_is_rolled_back()
    {
        await scene.RouteAsync(null, ("1.0.0", 9000), ("1.1.0", 1000));
        scene.Replicas.SetCrashing("1.1.0");
        await Scene.UntilAsync(async () => (await RouteAsync()).Shares().Count == 1);
        (await RouteAsync()).Reason.ShouldBe(new Reason.VersionCrashes("1.1.0", "it ended with exit code 1"));
        scene.Replicas.SetReady("1.1.0", scene.New.Address);
    }

    private async Task<Route> RouteAsync() => (await scene.Ledger.ListRoutesAsync(TestContext.Current.CancellationToken)).Single();
}
