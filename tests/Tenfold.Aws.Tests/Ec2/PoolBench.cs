using Tenfold.Aws.Double;
using Tenfold.Aws.Ec2.Pools;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Prices;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;
using Tenfold.Targets.Tests;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A pool whose machines are stopped instances of the double, with real agents.</summary>
internal sealed class PoolBench : ITargetHarness
{
    private readonly PoolMachines _machines;
    private readonly Ec2Client _ec2;
    private TargetSpec? _spec;
    private ITarget? _target;

    public PoolBench(string idle = "600s")
    {
        Aws = new AwsDouble(new AwsDoubleOptions());
        _ec2 = new Ec2Client(BatchFixture.OptionsOf(Aws) with { MaxAttempts = 2 });
        _machines = new PoolMachines(Aws, $"{Repository.Program} agent serve --pool ten --store {Folder["store"]} --idle {idle}");
        Store = new FolderStore(Folder["store"]);
        Cloud = new PoolInstances(_ec2, "eu-west-1", new UserPrices(Folder["prices.json"]));
    }

    public AwsDouble Aws { get; }

    public TemporaryFolder Folder { get; } = new();

    public IStore Store { get; }

    public PoolInstances Cloud { get; }

    public List<string> Ids { get; } = [];

    public ITarget Target => _target ?? throw new InvalidOperationException("no instance was added");

    public int? Calls => Aws.Calls.All.Count(call => call.Service == "ec2");

    /// <summary>Adds stopped instances, and opens the target.</summary>
    public async Task<PoolBench> AddAsync(int count)
    {
        for (var i = 0; i < count; i++) Ids.Add(await _machines.AddAsync());
        var settings = new TargetSettings("pool", new Dictionary<string, ParameterValue>
        {
            ["instances"] = new ListValue([.. Ids.Select(id => new TextValue(id))]),
            ["region"] = new TextValue("eu-west-1"),
        })
        {
            Name = "ten",
        };
        _spec = (await Kind().PlanAsync(settings, Store, default)).Value();
        _target = Reopen();
        return this;
    }

    public ITarget Reopen() => Kind().OpenAsync(_spec!, Store, default).GetAwaiter().GetResult()!;

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) => AssignAsync(command, repeat, null);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat, Func<WorkSpec, WorkSpec>? with) =>
        Work.AssignAsync(Store, Folder, command, repeat, spec => (with is null ? spec : with(spec)) with { Target = _spec });

    public void Hold(bool isHeld) => Aws.Ec2.HoldBack(isHeld);

    // The machine crashes, and its owner starts it again.
    public void Kill(string attempt)
    {
        var session = new StoredAttempts(Store).FindClaimAsync(attempt, default).GetAwaiter().GetResult()!.Job;
        var agents = new PoolRoster(Store, "ten").ReadAsync(default).GetAwaiter().GetResult();
        var id = agents.Single(seen => seen.Machine.Session == session).Machine.Instance!;
        _machines.CrashAsync(id).GetAwaiter().GetResult();
    }

    // A machine that is large enough may join the pool at any time.
    public Task<(Assignment Assignment, string Word)?> ImpossibleAsync() => Task.FromResult<(Assignment, string)?>(null);

    public Task StopInstanceAsync(string id) => _machines.StopAsync(id);

    public Task<AttemptReport?> ReportAsync(Assignment assignment) => new AttemptReports(Store).ReadAsync(assignment.Attempt, default);

    /// <summary>Waits until attempts have ended, while a controller goes on.</summary>
    public async Task FollowAsync(IReadOnlyList<Assignment> assignments)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var reports = await Task.WhenAll(assignments.Select(ReportAsync));
            if (reports.All(report => report?.State.IsFinal() == true)) return;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Target.ObserveAsync([.. assignments.Select(one => one.Attempt)], default);
            await Task.Delay(200);
        }
    }

    public Task UntilAsync(Func<string, bool> state, string words) =>
        Eventually.ShouldBeAsync(() => Ids.All(id => state(Aws.Ec2.StateOf(id))), words);

    public ValueTask DisposeAsync()
    {
        _ec2.Dispose();
        _machines.Dispose();
        Aws.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private PoolKind Kind() => new(
        "controller", TimeProvider.System,
        new PoolCloud(
            new InstanceBook(Folder["pools"], TimeProvider.System), region => Outcome.Of(region ?? "eu-west-1"), _ => Cloud));
}
