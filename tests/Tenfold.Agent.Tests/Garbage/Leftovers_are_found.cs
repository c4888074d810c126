using Tenfold.Agent.Tests.Nodes;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Garbage;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Core.Tests.Control;
using Tenfold.Sql;

namespace Tenfold.Agent.Tests.Garbage;

public sealed partial class Leftovers_are_found : IDisposable
{
    private const string Group = "k7m2xqab", Run = "k7m2xqab-1", Attempt = "k7m2xqab-1-1";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTarget _target = new();
    private readonly FrozenClock _time = new();
    private readonly FolderStore _store;
    private readonly SqlLedger _ledger;

    public Leftovers_are_found()
    {
        _store = new FolderStore(_folder["store"]);
        _ledger = new SqlLedger(new SqliteDatabase(_folder["ledger.db"]));
        // Files have times of the machine's clock, so the finder's clock starts there.
        _time.Now = DateTimeOffset.UtcNow;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_attempt_on_a_target_that_the_ledger_does_not_want_is_an_orphan_and_is_stopped()
    {
        await AddAsync();
        _target.Has[Attempt] = new BackendState(BackendKind.Running);
        _target.Has["k7m2xqab-9-1"] = new BackendState(BackendKind.Running);
        var scan = await FindAsync();
        scan.Items.Select(item => (item.Kind, item.Where, item.Name)).ShouldBe([(GarbageKind.Orphan, "fake", "k7m2xqab-9-1")]);
        _target.Stopped.ShouldBeEmpty();
        (await GarbageScan.RemoveAsync(scan.Items[0], CancellationToken.None)).ShouldBeNull();
        _target.Stopped.ShouldBe(["k7m2xqab-9-1"]);
    }

    [Fact]
    public async Task An_orphan_is_found_once_among_several_stores_and_is_stopped_through_its_own()
    {
        await AddAsync();
        await AddAsync("zzzzzzzz", "/other");
        _target.Has["k7m2xqab-9-1"] = new BackendState(BackendKind.Running);
        var other = new FakeTarget { Has = { ["k7m2xqab-9-1"] = new BackendState(BackendKind.Running) } };
        var otherStore = new FolderStore(_folder["other"]);
        await otherStore.WriteAsync(AttemptKeys.Assignment("k7m2xqab-9-1"), "{}"u8.ToArray(), CancellationToken.None);
        var targets = new TwoStores(new ResolvedTarget("fake", _target, _store), new ResolvedTarget("fake", other, otherStore));
        var scan = await ScanAsync(new GarbageFinder(_ledger, targets, _time));
        var orphan = scan.Items.ShouldHaveSingleItem();
        (await GarbageScan.RemoveAsync(orphan, CancellationToken.None)).ShouldBeNull();
        _target.Stopped.ShouldBeEmpty();
        other.Stopped.ShouldBe(["k7m2xqab-9-1"]);
    }

    [Fact]
    public async Task An_orphan_is_found_once_on_a_target_that_is_always_scanned()
    {
        _target.Has["k7m2xqab-9-1"] = new BackendState(BackendKind.Running);
        var own = new ResolvedTarget("own", _target, _store);
        foreach (var isNamed in new[] { false, true })
        {
            if (isNamed) await AddAsync();
            var finder = new GarbageFinder(_ledger, new TwoStores(own with { Name = "fake" }, own), _time) { AlwaysScanned = [own] };
            (await ScanAsync(finder)).Items.ShouldHaveSingleItem().Name.ShouldBe("k7m2xqab-9-1");
        }
    }

    [Fact]
    public async Task A_snapshot_that_a_group_uses_again_after_the_scan_stays()
    {
        await AddAsync();
        await RegisterAsync(_store);
        await WriteAsync("snapshots/again.json");
        _time.Now += TimeSpan.FromDays(8);
        var found = (await FindAsync()).Items.ShouldHaveSingleItem();
        await AddAsync("zzzzzzzz", snapshot: "again");
        (await GarbageScan.RemoveAsync(found, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).ShouldContain("snapshots/again.json");
    }

    [Fact]
    public async Task An_attempt_that_runs_although_the_ledger_has_its_end_is_an_orphan()
    {
        await AddAsync();
        await EndAsync(AttemptState.Lost);
        _target.Has[Attempt] = new BackendState(BackendKind.Running);
        (await FindAsync()).Items.ShouldHaveSingleItem().Why.ShouldContain("lost");
    }

    [Theory]
    [InlineData(AttemptState.Running, 100, false)]
    [InlineData(AttemptState.Succeeded, 0, true)]
    [InlineData(AttemptState.Failed, 6, false)]
    [InlineData(AttemptState.Failed, 8, true)]
    [InlineData(AttemptState.Cancelled, 8, true)]
    public async Task Checkpoints_stay_as_long_as_a_run_may_resume_from_them(AttemptState state, int days, bool go)
    {
        await AddAsync();
        await EndAsync(state);
        var (checkpoint, model) = (AttemptKeys.Checkpoints(Attempt) + "files/1", $"attempts/{Attempt}/artifacts/model/m.bin");
        await WriteAsync(checkpoint, AttemptKeys.State(Attempt), model);
        Directory.CreateDirectory(_folder[$"checkpoints/{Run}"]);
        await File.WriteAllTextAsync(_folder[$"checkpoints/{Run}/epoch"], "7", CancellationToken.None);
        Directory.CreateDirectory(_folder[$"checkpoints/{Run}.sets"]);
        await File.WriteAllTextAsync(_folder[$"checkpoints/{Run}.sets/unchecked"], "", CancellationToken.None);
        _time.Now += TimeSpan.FromDays(days);
        var scan = await FindAsync();
        var found = scan.Items.Select(item => (item.Kind, item.SizeBytes));
        found.ShouldBe(go ? [(GarbageKind.Checkpoints, 1L), (GarbageKind.Checkpoints, 1L)] : []);
        foreach (var item in scan.Items) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        string[] kept = go ? [] : [checkpoint];
        (await KeysAsync()).ShouldBe([.. kept, AttemptKeys.State(Attempt), model], ignoreOrder: true);
        Directory.Exists(_folder[$"checkpoints/{Run}"]).ShouldBe(!go);
        Directory.Exists(_folder[$"checkpoints/{Run}.sets"]).ShouldBe(!go);
    }

    [Theory]
    [InlineData(true, 8, true)]
    [InlineData(true, 6, false)]
    [InlineData(false, 1000, false)]
    public async Task Files_of_an_unknown_attempt_go_when_they_are_old_and_the_ledger_made_them(bool own, int days, bool go)
    {
        await AddAsync();
        var ledger = own ? await _ledger.ReadIdAsync(CancellationToken.None) : "anothers";
        var report = new AttemptReport { State = AttemptState.Succeeded, Ledger = ledger };
        await new AttemptReports(_store).WriteAsync("unknown-1-1", report, CancellationToken.None);
        _time.Now += TimeSpan.FromDays(days);
        var found = (await FindAsync()).Items.Select(item => (item.Kind, item.Name));
        found.ShouldBe(go ? [(GarbageKind.Attempt, "attempts/unknown-1-1")] : []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshots_and_data_that_no_group_uses_go_unless_another_ledger_uses_the_store(bool another)
    {
        await AddAsync();
        await RegisterAsync(_store);
        if (another) await RegisterAsync(_store, "another");
        await WriteAsync("snapshots/used.json", "snapshots/used.tar.gz", "data/d1/files/a");
        await WriteAsync("snapshots/old.json", "snapshots/old.tar.gz", "data/d2/files/a");
        (await FindAsync()).Items.ShouldBeEmpty();
        _time.Now += TimeSpan.FromDays(8);
        var scan = await FindAsync();
        scan.Items.Select(item => item.Name).ShouldBe(another ? [] : ["snapshots/old", "data/d2"]);
        foreach (var item in scan.Items) await GarbageScan.RemoveAsync(item, CancellationToken.None);
        if (another) return;
        var content = (await KeysAsync()).Where(key => !key.StartsWith("ledgers", StringComparison.Ordinal));
        content.ShouldBe(["data/d1/files/a", "snapshots/used.json", "snapshots/used.tar.gz"]);
    }

    [Fact]
    public async Task Files_without_an_owner_stay_in_a_store_that_an_unregistered_ledger_may_use()
    {
        await AddAsync();
        await RegisterAsync(_store);
        await WriteAsync("snapshots/theirs.json", "data/theirs/files/a", "agents/theirs/x.tar.gz");
        await WriteAsync("attempts/theirs-1-1/state.json", "attempts/theirs-1-1/checkpoints/files/1");
        _folder.Write("checkpoints/theirs-1/n", "1");
        _time.Now += TimeSpan.FromDays(100);
        var targets = new FakeTargetResolver(_target, _store);
        var finder = new GarbageFinder(_ledger, targets, _time) { SharedStores = [_store.Url], Agent = "now" };
        (await ScanAsync(finder)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snapshot_and_data_that_a_planner_has_found_stay_until_it_records_their_group()
    {
        await AddAsync();
        await RegisterAsync(_store);
        _folder.Write("project/train.py", "print(1)\n");
        _folder.Write("project/data.csv", "1,2\n");
        await PlanAsync();
        _time.Now += TimeSpan.FromDays(8);
        var found = (await FindAsync()).Items;
        found.Select(item => item.Kind).ShouldBe([GarbageKind.Content, GarbageKind.Content]);
        // The planner finds both in the store and uploads nothing. It may upload other data for minutes before it records the group.
        await PlanAsync();
        foreach (var item in found) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).Count(IsContent).ShouldBe(4);
        // When the planner gives up instead, both stay as long as every unknown file does.
        _time.Now += TimeSpan.FromDays(8);
        foreach (var item in (await FindAsync()).Items) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).ShouldHaveSingleItem().ShouldStartWith("ledgers/");
    }

    [Fact]
    public async Task A_snapshot_that_is_removed_while_a_planner_checks_is_stored_again()
    {
        _folder.Write("project/train.py", "print(1)\n");
        await PlanAsync();
        // The planner finds the snapshot, then `tenfold gc` removes it, and only then does the planner record its use.
        var store = new ShakyStore(_store)
        {
            BeforeWrite = key =>
            {
                if (key.EndsWith(".used", StringComparison.Ordinal)) Directory.Delete(_folder["store/snapshots"], recursive: true);
            },
        };
        var taken = await SnapshotAsync(store, new SnapshotRequest { Root = _folder["project"] });
        taken.AlreadyExisted.ShouldBeFalse();
        (await _store.ExistsAsync(Snapshot.ManifestKey(taken.Snapshot.Id), CancellationToken.None)).ShouldBeTrue();
        (await _store.ExistsAsync(Snapshot.ArchiveKey(taken.Snapshot.Id), CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_agent_in_a_shared_folder_stays_unless_this_ledger_alone_is_registered_there()
    {
        await AddAsync();
        await EndAsync(AttemptState.Succeeded);
        _target.Folder = _folder["shared"];
        _folder.Write("shared/agents/old/tenfold", "x");
        _time.Now += TimeSpan.FromDays(8);
        (await FindAsync()).Items.ShouldBeEmpty();
        await RegisterAsync(new FolderStore(_folder["shared"]));
        var found = (await FindAsync()).Items.ShouldHaveSingleItem();
        await RegisterAsync(new FolderStore(_folder["shared"]), "another");
        (await FindAsync()).Items.ShouldBeEmpty();
        (await GarbageScan.RemoveAsync(found, CancellationToken.None)).ShouldBeNull();
        File.Exists(_folder["shared/agents/old/tenfold"]).ShouldBeTrue();
    }

    [Theory]
    [InlineData(false, 6, false)]
    [InlineData(false, 8, true)]
    [InlineData(true, 100, false)]
    public async Task Agents_of_earlier_versions_go_when_they_are_old_and_nothing_is_live(bool live, int days, bool go)
    {
        await AddAsync();
        if (!live) await EndAsync(AttemptState.Succeeded);
        await RegisterAsync(_store);
        await RegisterAsync(new FolderStore(_folder["shared"]));
        _target.Folder = _folder["shared"];
        await WriteAsync("agents/now/archive.json", "agents/old/archive.json", "agents/old/x.tar.gz");
        foreach (var version in new[] { "now", "old" }) _folder.Write($"shared/agents/{version}/tenfold", "x");
        _time.Now += TimeSpan.FromDays(days);
        var scan = await FindAsync();
        scan.Items.ShouldAllBe(item => item.Kind == GarbageKind.Agent);
        scan.Items.Select(item => item.Name).ShouldBe(go ? ["agents/old", _folder["shared/agents/old"]] : []);
        foreach (var item in scan.Items) (await GarbageScan.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        (await KeysAsync()).ShouldContain("agents/now/archive.json");
        (await KeysAsync()).Contains("agents/old/x.tar.gz").ShouldBe(!go);
        Directory.GetDirectories(_folder["shared/agents"]).Length.ShouldBe(go ? 1 : 2);
    }

    [Fact]
    public async Task A_target_that_does_not_answer_does_not_stop_the_scan()
    {
        await AddAsync();
        await EndAsync(AttemptState.Succeeded);
        await WriteAsync(AttemptKeys.Checkpoints(Attempt) + "files/1");
        _target.ListFails = new TargetException("no answer");
        var scan = await FindAsync();
        scan.Faults.ShouldHaveSingleItem().ShouldBe(new ControlFault(ControlFaultKind.Target, "fake", "no answer"));
        scan.Items.ShouldHaveSingleItem().Kind.ShouldBe(GarbageKind.Checkpoints);
    }
}
