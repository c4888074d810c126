using Tenfold.App.Serving.Rollouts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;
using Tenfold.Numerics.Statistics;
using Tenfold.Sql;

namespace Tenfold.App.Tests.Serving.Rollouts;

public sealed class A_faulty_version_loses_its_traffic : IDisposable
{
    private static readonly ArmHealth Ready = new(IsReady: true);
    private static readonly ArmHealth Crashing = new(IsReady: false, IsCrashLooping: true, "it ended with exit code 1");

    private readonly TemporaryFolder _folder = new();
    private readonly SteppedClock _time = new();
    private readonly SqlLedger _ledger;

    public A_faulty_version_loses_its_traffic() =>
        _ledger = new(Databases.Open(null, Path.Combine(_folder.Path, "ledger.db"), TimeProvider.System));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_route_changes_in_one_step_and_records_the_reason()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await DeployAsync(("1.0.0", 8000), ("1.1.0", 1500), ("1.2.0", 500));
        var before = await RouteAsync();
        var watch = new RolloutWatch(_ledger, "gateway@host", _time);
        var statuses = await watch.LookAsync((_, version) => version == "1.1.0" ? Crashing : Ready, cancellationToken);
        statuses.ShouldContain(one => one.Status.Candidate == "1.1.0" && one.Status.State == RolloutState.Failed);

        var route = await RouteAsync();
        route.Revision.ShouldBe(before.Revision + 1);
        route.Shares().ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 9500, ["1.2.0"] = 500 }, ignoreOrder: true);
        (route.By, route.Reason).ShouldBe(("gateway@host", new Reason.VersionCrashes("1.1.0", "it ended with exit code 1")));
        // Every other version keeps its keys.
        for (var bucket = 0; bucket < BucketRanges.Buckets; bucket++)
        {
            var old = BucketRanges.VersionOf(before.Ranges, bucket);
            BucketRanges.VersionOf(route.Ranges, bucket).ShouldBe(old == "1.1.0" ? "1.0.0" : old);
        }

        // The version and all that is known of it stay.
        (await _ledger.ListVersionsAsync("iris", cancellationToken)).ShouldAllBe(version => version.State == VersionState.Active);
        await watch.LookAsync((_, _) => Ready, cancellationToken);
        (await RouteAsync()).Revision.ShouldBe(route.Revision);
    }

    [Fact]
    public async Task Requests_that_fail_take_the_traffic()
    {
        await DeployAsync(("1.0.0", 9000), ("1.1.0", 1000));
        var watch = new RolloutWatch(_ledger, "gateway@host", _time);
        await watch.LookAsync((_, _) => Ready, TestContext.Current.CancellationToken);
        Send(watch, 1000, candidateErrors: 0.5);
        await watch.LookAsync((_, _) => Ready, TestContext.Current.CancellationToken);
        (await RouteAsync()).Reason.ShouldBeOfType<Reason.VersionFaulty>().Version.ShouldBe("1.1.0");
    }

    [Fact]
    public async Task An_experiment_with_the_version_ends_with_the_reason()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await DeployAsync(("1.0.0", 5000), ("1.1.0", 5000));
        // The baseline of the experiment is the newer version.
        await _ledger.AddExperimentAsync(
            new()
            {
                Number = 0,
                Model = "iris",
                Baseline = "1.1.0",
                Candidate = "1.0.0",
                Metric = "reward",
                Goal = MetricGoal.Maximize,
                TunedFor = 5000,
                FirstLook = 20,
                StartedAt = _time.GetUtcNow(),
                StartedBy = "ann@laptop",
            },
            cancellationToken);
        var watch = new RolloutWatch(_ledger, "gateway@host", _time);
        await watch.LookAsync((_, version) => version == "1.0.0" ? Crashing : Ready, cancellationToken);
        (await RouteAsync()).Shares().Keys.ShouldBe(["1.1.0"]);
        var ended = (await _ledger.ListExperimentsAsync("iris", cancellationToken)).ShouldHaveSingleItem();
        ended.EndReason.ShouldBeOfType<Reason.VersionCrashes>().Version.ShouldBe("1.0.0");
    }

    [Fact]
    public async Task The_baseline_never_loses_its_traffic()
    {
        await DeployAsync(("1.0.0", 1000), ("1.1.0", 9000));
        var watch = new RolloutWatch(_ledger, "gateway@host", _time);
        await watch.LookAsync((_, version) => version == "1.0.0" ? Crashing : Ready, TestContext.Current.CancellationToken);
        (await RouteAsync()).Shares().Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_restarted_gateway_goes_on_with_its_tests()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await DeployAsync(("1.0.0", 9000), ("1.1.0", 1000));
        var file = Path.Combine(_folder.Path, "serving", "rollouts.json");
        for (var restart = 0; restart < 8; restart++)
        {
            // Each gateway sees too little to decide; together they see enough.
            var watch = new RolloutWatch(_ledger, "gateway@host", _time, file: new RolloutFile(file));
            await watch.LookAsync((_, _) => Ready, cancellationToken);
            (await RouteAsync()).Revision.ShouldBe(2, $"restart {restart}");
            Send(watch, 40, candidateErrors: 1, firstUser: restart * 40);
            await watch.LookAsync((_, _) => Ready, cancellationToken);
            if ((await RouteAsync()).Revision > 2) return;
        }

        Assert.Fail("the evidence was forgotten");
    }

    [Fact]
    public void A_damaged_file_is_ignored()
    {
        var file = Path.Combine(_folder.Path, "rollouts.json");
        File.WriteAllText(file, "{\"iris\":[{\"base");
        new RolloutFile(file).Read().ShouldBeEmpty();
    }

    private static void Send(RolloutWatch watch, int requests, double candidateErrors, int firstUser = 0)
    {
        var random = new SplitMix64(1);
        for (var i = 0; i < requests; i++)
        {
            var isCandidate = i % 10 == 9;
            watch.Count("iris", new()
            {
                Version = isCandidate ? "1.1.0" : "1.0.0",
                RouteRevision = 2,
                Key = $"user-{firstUser + i}",
                Id = Guid.NewGuid(),
                IsFailed = isCandidate && random.NextDouble() < candidateErrors,
                Latency = TimeSpan.FromMilliseconds(5),
            });
        }
    }

    private async Task<Route> RouteAsync() =>
        (await _ledger.ListRoutesAsync(TestContext.Current.CancellationToken)).ShouldHaveSingleItem();

    // The first version gets a route of its own, revision 1; the shares are revision 2.
    private async Task DeployAsync(params (string Version, int Share)[] shares)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (var (version, _) in shares)
        {
            await _ledger.AddVersionAsync(
                new()
                {
                    Model = "iris",
                    Version = version,
                    DeployedAt = _time.GetUtcNow(),
                    DeployedBy = "ann@laptop",
                    Address = new Uri("http://127.0.0.1:1"),
                    ChangedAt = _time.GetUtcNow(),
                },
                "salt", cancellationToken);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await RouteAsync();
        await _ledger.AddRouteAsync(
            first with
            {
                Revision = 2,
                Reason = new Reason.TrafficSet(),
                Ranges = BucketRanges.Reassign(first.Ranges, shares.ToDictionary(one => one.Version, one => one.Share)),
            },
            cancellationToken);
    }
}
