using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Pool.Instances;

/// <summary>The pool <c>ten</c> with instances i-01, i-02, … of a cloud in memory, whose agents are records that a test writes.</summary>
internal sealed class InstanceScene : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private PoolKind _kind;

    public InstanceScene(int count = 3)
    {
        Ids = [.. Enumerable.Range(1, count).Select(i => $"i-{i:x2}")];
        foreach (var id in Ids) Cloud[id] = new PoolInstance(id, InstanceState.Stopped) { Size = new PoolRoom(4, 16L << 30, 1) };
        Store = new FolderStore(_folder["store"]);
        Book = new InstanceBook(_folder["pools"], TimeProvider.System);
        _kind = Make();
    }

    public IReadOnlyList<string> Ids { get; }

    public FakeCloud Cloud { get; } = new();

    public FolderStore Store { get; }

    public InstanceBook Book { get; }

    public FrozenClock Time { get; } = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The target, planned as <c>fit</c> does.</summary>
    public async Task<(ITarget Target, TargetSpec Spec)> OpenAsync(params (string Key, Numerics.Tuning.Spaces.ParameterValue Value)[] more)
    {
        var options = new Dictionary<string, Numerics.Tuning.Spaces.ParameterValue>
        {
            ["instances"] = new Numerics.Tuning.Spaces.ListValue([.. Ids.Select(id => new Numerics.Tuning.Spaces.TextValue(id))]),
        };
        foreach (var (key, value) in more) options[key] = value;
        var settings = new TargetSettings("pool", options) { Name = "ten" };
        var spec = (await _kind.PlanAsync(settings, Store, CancellationToken.None)).Value();
        return ((await _kind.OpenAsync(spec, Store, CancellationToken.None))!, spec);
    }

    public async Task<IReadOnlyList<Assignment>> SubmitAsync(int repeat, Func<WorkSpec, WorkSpec>? with = null)
    {
        var (target, spec) = await OpenAsync();
        var assignments = await Work.AssignAsync(Store, _folder, "true", repeat, work =>
        {
            work = work with { Target = spec, Resources = new ResourceSpec { Cpus = 2 } };
            return with is null ? work : with(work);
        });
        (await target.StartAsync(assignments, CancellationToken.None)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        return assignments;
    }

    /// <summary>Another process with the same home takes over.</summary>
    public InstanceScene Restart()
    {
        _kind = Make();
        return this;
    }

    /// <summary>What the next round of a controller sees of attempts.</summary>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts) =>
        await (await OpenAsync()).Target.ObserveAsync(attempts, CancellationToken.None);

    /// <summary>What the next round of a controller sees of attempts.</summary>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<Assignment> assignments)
    {
        Time.Pass(TimeSpan.FromSeconds(11));
        return await (await OpenAsync()).Target.ObserveAsync([.. assignments.Select(one => one.Attempt)], CancellationToken.None);
    }

    /// <summary>An agent gives a sign of life.</summary>
    public async Task BeatAsync(string instance, Func<PoolMachine, PoolMachine>? with = null, TimeSpan? silentFor = null)
    {
        var machine = new PoolMachine
        {
            Session = $"{instance}-1",
            Machine = $"vm-{instance}",
            StartedAt = DateTimeOffset.UnixEpoch,
            Cpus = 4,
            MemoryBytes = 16L << 30,
            Gpus = 1,
            Instance = instance,
            IdleSeconds = 0,
            Free = new PoolRoom(4, 16L << 30, 1),
        };
        machine = with?.Invoke(machine) ?? machine;
        await Store.WriteAsync(
            PoolKeys.Machine("ten", machine.Session), JsonSerializer.SerializeToUtf8Bytes(machine, PoolJson.Default.PoolMachine),
            CancellationToken.None);
        File.SetLastWriteTimeUtc(
            _folder[$"store/{PoolKeys.Machine("ten", machine.Session)}"],
            DateTime.UtcNow - (silentFor ?? TimeSpan.FromHours(-1)));
    }

    public Task LeaveAsync(PoolLeaving leaving, TimeSpan? ago = null)
    {
        var written = new PoolRoster(Store, "ten").WriteLeavingAsync(leaving, CancellationToken.None);
        File.SetLastWriteTimeUtc(
            _folder[$"store/{PoolKeys.Leaving("ten", leaving.Instance)}"], DateTime.UtcNow - (ago ?? TimeSpan.Zero));
        return written;
    }

    /// <summary>The queue has no entry left of attempts, as after their claims.</summary>
    public async Task TakeAsync(IEnumerable<Assignment> assignments)
    {
        foreach (var one in assignments) await Store.DeleteAsync(PoolKeys.Entry("ten", one), CancellationToken.None);
    }

    private PoolKind Make() =>
        new("controller", Time, new PoolCloud(Book, region => Outcome.Of(region ?? "eu-west-1"), _ => Cloud));
}
