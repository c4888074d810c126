using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Versions;

namespace Tenfold.Sql.Tests;

public abstract class Versions_and_routes_are_recorded(IVersionLedger ledger, IDisposable place) : IDisposable
{
    private Versions_and_routes_are_recorded(TestLedger test) : this(test.Ledger, test)
    {
    }

    public void Dispose() => place.Dispose();

    [Fact]
    public async Task All_that_is_served_is_recorded()
    {
        var version = Version("1.0.0") with
        {
            InputSchema = """{"type":"object"}""",
            Limits = new ServingLimits { Timeout = TimeSpan.FromSeconds(5), MaxBodyBytes = 100, Redact = ["/inputs/*/name"] },
            Run = new ServedRun
            {
                Run = "k7m2xqab-1",
                Attempt = "k7m2xqab-1.1",
                Manifest = new string('a', 64),
                Store = "s3://b/p",
                Spec = new WorkSpec
                {
                    Project = "iris",
                    Snapshot = new string('b', 64),
                    Environment = new EnvironmentSpec("requirements", "requirements.txt", new string('c', 64)),
                    Parameters = JsonElement.Parse("""{"lr":0.1}"""),
                },
                Seed = 7,
                GitCommit = "abc",
                GitDirty = true,
                Command = "python serve.py --port {port}",
                Replicas = 2,
            },
        };
        (await AddAsync(version)).ShouldBeTrue();
        var found = (await ListAsync("iris")).ShouldHaveSingleItem();
        JsonSerializer.Serialize(found, VersionJson.Default.ModelVersion)
            .ShouldBe(JsonSerializer.Serialize(version, VersionJson.Default.ModelVersion));
        found.Run.ShouldNotBeNull().Spec.Parameters.GetProperty("lr").GetDouble().ShouldBe(0.1);
    }

    [Fact]
    public async Task A_version_is_recorded_once()
    {
        (await AddAsync(Version("1.0.0"))).ShouldBeTrue();
        (await AddAsync(Version("1.0.0") with { Address = new Uri("http://127.0.0.1:2") })).ShouldBeFalse();
        (await ListAsync("iris")).ShouldHaveSingleItem().Address.ShouldBe(new Uri("http://127.0.0.1:1"));
        (await AddAsync(Version("1.0.0") with { Model = "digits" })).ShouldBeTrue();
        (await ListAsync(null)).Select(version => version.Model).ShouldBe(["iris", "digits"]);
    }

    [Fact]
    public async Task The_first_version_gets_all_traffic_and_the_next_none()
    {
        await AddAsync(Version("1.0.0"));
        await AddAsync(Version("1.1.0"));
        var route = (await ledger.ListRoutesAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (route.Revision, route.Salt, route.Reason).ShouldBe((1, "salt", new Reason.FirstVersion("1.0.0")));
        route.Ranges.ShouldBe([new BucketRange(0, BucketRanges.Buckets, "1.0.0")]);
    }

    [Fact]
    public async Task A_route_follows_the_one_in_force()
    {
        await AddAsync(Version("1.0.0"));
        await AddAsync(Version("1.1.0"));
        var next = await RouteAsync(("1.0.0", 9000), ("1.1.0", 1000)) with { Shadow = "1.1.0" };
        (await AddRouteAsync(next)).ShouldBeTrue();
        (await AddRouteAsync(next)).ShouldBeFalse("another process made revision 2 already");
        (await AddRouteAsync(next with { Revision = 4 })).ShouldBeFalse();
        (await AddRouteAsync(next with { Revision = 3, Shadow = "9" })).ShouldBeFalse("there is no version 9");
        (await AddRouteAsync(next with { Revision = 3, Ranges = [new BucketRange(0, 10_000, "9")] })).ShouldBeFalse();
        var route = (await ledger.ListRoutesAsync(CancellationToken.None)).ShouldHaveSingleItem();
        route.DividesLike(next).ShouldBeTrue();
        route.Shares().ShouldBe(new Dictionary<string, int> { ["1.0.0"] = 9000, ["1.1.0"] = 1000 });
        var history = await ledger.ListRouteHistoryAsync("iris", CancellationToken.None);
        history.Select(one => one.Revision).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_version_with_traffic_stays_active()
    {
        await AddAsync(Version("1.0.0"));
        await AddAsync(Version("1.1.0"));
        await AddRouteAsync(await RouteAsync(("1.0.0", 10_000)) with { Shadow = "1.1.0" });
        (await ChangeAsync("1.0.0", VersionState.Reverted)).ShouldBeFalse();
        (await ChangeAsync("1.1.0", VersionState.Reverted)).ShouldBeFalse("it is the shadow");
        await AddRouteAsync(await RouteAsync(("1.0.0", 10_000)));
        (await ChangeAsync("1.1.0", VersionState.Reverted)).ShouldBeTrue();
        (await ChangeAsync("1.1.0", VersionState.Reverted)).ShouldBeFalse("it is reverted already");
        (await AddRouteAsync(await RouteAsync(("1.1.0", 10_000)))).ShouldBeFalse("a reverted version gets no traffic");
        (await ChangeAsync("1.1.0", VersionState.Active)).ShouldBeTrue();
        (await ChangeAsync("1.1.0", VersionState.Purged)).ShouldBeTrue();
        (await ChangeAsync("1.1.0", VersionState.Active)).ShouldBeFalse("what is purged stays so");
        (await ListAsync("iris")).Select(version => version.State).ShouldBe([VersionState.Active, VersionState.Purged]);
        (await ChangeAsync("2", VersionState.Reverted)).ShouldBeFalse();
    }

    [Fact]
    public async Task One_experiment_runs_at_a_time()
    {
        var experiment = SampleExperiment.Started(TestLedger.Start);
        (await AddAsync(experiment)).ShouldBe(1);
        (await AddAsync(experiment)).ShouldBeNull();
        (await AddAsync(experiment with { Model = "digits" })).ShouldBe(1);
        var stopped = new Reason.ExperimentStopped();
        (await ledger.EndExperimentAsync("iris", 1, TestLedger.Start, stopped, CancellationToken.None)).ShouldBeTrue();
        (await ledger.EndExperimentAsync("iris", 1, TestLedger.Start, stopped, CancellationToken.None)).ShouldBeFalse();
        (await AddAsync(experiment)).ShouldBe(2);
        var all = await ledger.ListExperimentsAsync("iris", CancellationToken.None);
        all.ShouldBe([
            experiment with { Number = 1, EndedAt = TestLedger.Start, EndReason = stopped }, experiment with { Number = 2 }]);
    }

    [Fact]
    public async Task Each_change_increases_the_revision()
    {
        var revisions = new List<long> { await RevisionAsync() };
        await AddAsync(Version("1.0.0"));
        revisions.Add(await RevisionAsync());
        await AddAsync(Version("1.1.0"));
        revisions.Add(await RevisionAsync());
        await AddRouteAsync(await RouteAsync(("1.0.0", 5000), ("1.1.0", 5000)));
        revisions.Add(await RevisionAsync());
        await AddRouteAsync(await RouteAsync(("1.0.0", 10_000)));
        await ChangeAsync("1.1.0", VersionState.Reverted);
        revisions.Add(await RevisionAsync());
        revisions.ShouldBe([0, 1, 2, 3, 5]);
        await AddAsync(Version("1.1.0"));
        (await RevisionAsync()).ShouldBe(5, "nothing changed");
    }

    private static ModelVersion Version(string name) => new()
    {
        Model = "iris",
        Version = name,
        DeployedAt = TestLedger.Start,
        DeployedBy = "me@here",
        ChangedAt = TestLedger.Start,
        Address = new Uri("http://127.0.0.1:1"),
    };

    private async Task<Route> RouteAsync(params (string Version, int Share)[] shares)
    {
        var route = (await ledger.ListRoutesAsync(CancellationToken.None)).First(one => one.Model == "iris");
        return route with
        {
            Revision = route.Revision + 1,
            Reason = new Reason.TrafficSet(),
            Shadow = null,
            Ranges = BucketRanges.Reassign(route.Ranges, shares.ToDictionary()),
        };
    }

    private Task<bool> AddAsync(ModelVersion version) => ledger.AddVersionAsync(version, "salt", CancellationToken.None);

    private Task<int?> AddAsync(Experiment experiment) => ledger.AddExperimentAsync(experiment, CancellationToken.None);

    private Task<bool> AddRouteAsync(Route route) => ledger.AddRouteAsync(route, CancellationToken.None);

    private Task<bool> ChangeAsync(string version, VersionState state) =>
        ledger.ChangeVersionAsync("iris", version, state, TestLedger.Start, CancellationToken.None);

    private Task<IReadOnlyList<ModelVersion>> ListAsync(string? model) =>
        ledger.ListVersionsAsync(model, CancellationToken.None);

    private Task<long> RevisionAsync() => ledger.ReadServingRevisionAsync(CancellationToken.None);

    public sealed class On_SQLite() : Versions_and_routes_are_recorded(new TestLedger(Engine.Sqlite));

    public sealed class On_PostgreSQL() : Versions_and_routes_are_recorded(new TestLedger(Engine.Postgres));

    public sealed class In_a_store : Versions_and_routes_are_recorded
    {
        private readonly FolderStore _store;

        public In_a_store() : this(new TemporaryFolder())
        {
        }

        private In_a_store(TemporaryFolder folder) : this(new FolderStore(folder.Path), folder)
        {
        }

        private In_a_store(FolderStore store, TemporaryFolder folder) : base(new StoreVersionLedger(store), folder) => _store = store;

        [Fact]
        public async Task Several_machines_write_at_once_and_lose_nothing()
        {
            var ledgers = Enumerable.Range(0, 4).Select(_ => new StoreVersionLedger(_store)).ToList();
            await Task.WhenAll(ledgers.SelectMany((one, number) => Enumerable.Range(0, 10).Select(i =>
                one.AddVersionAsync(Version($"{number}.{i}"), "salt", CancellationToken.None))));
            foreach (var one in ledgers.Append(new StoreVersionLedger(_store)))
            {
                (await one.ListVersionsAsync("iris", CancellationToken.None)).Count.ShouldBe(40);
                (await one.ReadServingRevisionAsync(CancellationToken.None)).ShouldBe(40);
                (await one.ListRoutesAsync(CancellationToken.None)).ShouldHaveSingleItem().Revision.ShouldBe(1);
            }
        }

        [Fact]
        public async Task A_damaged_record_is_reported()
        {
            var ledger = new StoreVersionLedger(_store);
            (await ledger.AddVersionAsync(Version("1.0.0"), "salt", CancellationToken.None)).ShouldBeTrue();
            await _store.WriteAsync($"{StoreVersionLedger.Folder}/000000000002.json", "{"u8.ToArray(), CancellationToken.None);
            (await Should.ThrowAsync<LedgerException>(() => ledger.ListVersionsAsync("iris", CancellationToken.None)))
                .IsUnreadable.ShouldBeTrue();
        }
    }
}
