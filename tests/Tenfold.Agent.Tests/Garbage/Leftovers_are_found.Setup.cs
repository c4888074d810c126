using System.Text.Json;
using Tenfold.Core.Control;
using Tenfold.Core.Data;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Tests.Control;

namespace Tenfold.Agent.Tests.Garbage;

/// <content>What the tests prepare and read.</content>
public sealed partial class Leftovers_are_found
{
    private async Task PlanAsync()
    {
        var project = _folder["project"];
        await SnapshotAsync(_store, new SnapshotRequest { Root = project, ExcludedPaths = ["data.csv"] });
        var data = $"{project}/data.csv";
        if (!File.Exists(data)) return;
        var hash = new ContentHasher(_folder["index"], _time).Compute(data, CancellationToken.None).Match(hashed => hashed.Sha256, _ => "");
        var fault = await new DataPublisher(_store, _folder["index"], _time).PublishAsync(data, hash, null, CancellationToken.None);
        fault.ShouldBeNull();
    }

    private async Task<SnapshotOutcome.Stored> SnapshotAsync(IStore store, SnapshotRequest request)
    {
        var outcome = await new SnapshotTaker(store, _folder["index"], _time).TakeAsync(request, CancellationToken.None);
        return outcome.ShouldBeOfType<SnapshotOutcome.Stored>();
    }

    private async Task RegisterAsync(IStore store, string? ledger = null) => await LedgerRegistry.RegisterAsync(
        store, ledger ?? await _ledger.ReadIdAsync(CancellationToken.None), "somewhere", CancellationToken.None);

    private Task<GarbageScan> FindAsync() =>
        ScanAsync(new GarbageFinder(_ledger, new FakeTargetResolver(_target, _store), _time) { Agent = "now" });

    private async Task<GarbageScan> ScanAsync(GarbageFinder finder) => await finder.FindAsync(
        await _ledger.ReadIdAsync(CancellationToken.None), [_store], _folder["checkpoints"], new Retention(), CancellationToken.None);

    private static bool IsContent(string key) =>
        key.EndsWith(".json", StringComparison.Ordinal) || key.EndsWith(".tar.gz", StringComparison.Ordinal) || key.Contains("/files/");

    private async Task WriteAsync(params string[] keys)
    {
        foreach (var key in keys) await _store.WriteAsync(key, "x"u8.ToArray(), CancellationToken.None);
    }

    private async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var entry in _store.ListAsync("", CancellationToken.None)) keys.Add(entry.Key);
        return keys;
    }

    private Task<int> EndAsync(AttemptState state)
    {
        var change = new AttemptChange { Attempt = Attempt, At = _time.Now, State = state, EndedAt = state.IsFinal() ? _time.Now : null };
        return _ledger.ApplyAsync([change], under: null, CancellationToken.None);
    }

    private Task AddAsync(string id = Group, string? store = null, string snapshot = "used")
    {
        var spec = new WorkSpec
        {
            Project = "test",
            Snapshot = snapshot,
            Store = store,
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonElement.Parse("{}"),
            Data = new Dictionary<string, DataSpec> { ["train"] = new("/d", "d1", 1) },
        };
        var group = new GroupRecord
        {
            Id = id,
            Root = "/",
            Target = "fake",
            CreatedAt = _time.Now,
            Host = "here",
            Version = "1",
            BaseSeed = 1,
            Repeat = 1,
            Spec = spec,
        };
        return _ledger.AddGroupAsync(group, [RunRecord.New(group, 1, 11)], CancellationToken.None);
    }

    private sealed class TwoStores(ResolvedTarget home, ResolvedTarget other) : ITargetResolver
    {
        public IStore? StoreOf(GroupRecord group) => (group.Spec.Store is null ? home : other).Store;

        public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
            ValueTask.FromResult<TargetResolution>(group.Spec.Store is null ? home : other);
    }
}
