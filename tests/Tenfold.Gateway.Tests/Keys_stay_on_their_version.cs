using System.Security.Cryptography;
using System.Text;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Routing;
using Tenfold.Gateway.Tests.Running;

namespace Tenfold.Gateway.Tests;

public sealed class Keys_stay_on_their_version(Scene scene) : IClassFixture<Scene>
{
    private const string Input = """{"length": 1}""";

    [Fact]
    public async Task A_key_is_assigned_by_its_hash_as_anyone_can_check()
    {
        await scene.RouteAsync(null, ("1.0.0", 7000), ("1.1.0", 3000));
        for (var user = 0; user < 40; user++)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"pepper:user {user}"));
            var bucket = (((uint)hash[0] << 24) | ((uint)hash[1] << 16) | ((uint)hash[2] << 8) | hash[3]) % 10_000;
            using var reply = await scene.PostAsync(Input, headers: ("Tenfold-Key", $"user {user}"));
            reply.Headers.GetValues("Tenfold-Version").ShouldBe([bucket < 7000 ? "1.0.0" : "1.1.0"]);
            reply.Headers.GetValues("Tenfold-Assignment").ShouldBe(["key"]);
            scene.Log.Of(reply).Key.ShouldBe($"user {user}");
        }
    }

    [Fact]
    public async Task A_request_without_a_key_is_assigned_by_its_own_id()
    {
        await scene.RouteAsync(null, ("1.0.0", 5000), ("1.1.0", 5000));
        var versions = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            using var reply = await scene.PostAsync(Input);
            var record = scene.Log.Of(reply);
            record.Version.ShouldBe(BucketRanges.BucketOf("pepper", record.Id.ToString()) < 5000 ? "1.0.0" : "1.1.0");
            versions.Add(record.Version!);
        }

        versions.Count.ShouldBe(2);
    }

    // Growing an arm moves keys to it, and moves nobody away from it.
    [Theory]
    [InlineData(1000, 2000)]
    [InlineData(2000, 9000)]
    [InlineData(1, 9999)]
    public void A_growing_arm_keeps_its_keys(int before, int after)
    {
        IReadOnlyList<BucketRange> ranges = [new(0, 10_000, "1")];
        ranges = BucketRanges.Reassign(ranges, new Dictionary<string, int> { ["1"] = 10_000 - before, ["2"] = before });
        var grown = BucketRanges.Reassign(ranges, new Dictionary<string, int> { ["1"] = 10_000 - after, ["2"] = after });
        var (old, now) = (RouteOf(ranges), RouteOf(grown));
        for (var user = 0; user < 2000; user++)
            if (old.Assign($"{user}", Guid.Empty).Version == "2") now.Assign($"{user}", Guid.Empty).Version.ShouldBe("2");
    }

    [Fact]
    public async Task An_experiment_names_its_arms()
    {
        await scene.RouteAsync(null, ("1.0.0", 5000), ("1.1.0", 5000));
        scene.Ledger.Change((_, _, experiments) => experiments.Add(SampleExperiment.Started(DateTimeOffset.UnixEpoch)));
        await Scene.UntilAsync(async () =>
        {
            using var reply = await scene.PostAsync(Input);
            return reply.Headers.GetValues("Tenfold-Arm").Single() != "none";
        });
        for (var i = 0; i < 20; i++)
        {
            using var reply = await scene.PostAsync(Input);
            var record = scene.Log.Of(reply);
            record.Arm.ShouldBe(record.Version == "1.0.0" ? "baseline" : "candidate");
            reply.Headers.GetValues("Tenfold-Arm").ShouldBe([record.Arm]);
        }

        scene.Ledger.Change((_, _, experiments) =>
        {
            experiments[0] = experiments[0] with { EndedAt = DateTimeOffset.UnixEpoch, EndReason = new Reason.Note("over") };
        });
        await Scene.UntilAsync(async () =>
        {
            using var reply = await scene.PostAsync(Input);
            return reply.Headers.GetValues("Tenfold-Arm").Single() == "none";
        });
    }

    private static ModelRoute RouteOf(IReadOnlyList<BucketRange> ranges) =>
        new(Scene.RouteTo(1, ("1", 10_000)) with { Ranges = ranges }, new Dictionary<string, VersionEndpoint>(), null, null);
}
