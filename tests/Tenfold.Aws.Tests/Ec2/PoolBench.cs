using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
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

/// <summary>
/// A pool whose machines are stopped instances of the double. Each has a script that starts the real agent at every boot, and switches the
/// machine off when the agent says so, as the unit of systemd does.
/// </summary>
internal sealed class PoolBench : ITargetHarness
{
    private readonly AmazonEC2Client _own;
    private readonly Ec2Client _ec2;
    private readonly string _idle;
    private TargetSpec? _spec;
    private ITarget? _target;

    public PoolBench(string idle = "600s")
    {
        _idle = idle;
        Aws = new AwsDouble(new AwsDoubleOptions());
        _ec2 = new Ec2Client(BatchFixture.OptionsOf(Aws) with { MaxAttempts = 2 });
        _own = new AmazonEC2Client(
            "S3RVER", "S3RVER", new AmazonEC2Config { ServiceURL = Aws.Endpoint, AuthenticationRegion = "eu-west-1" });
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
        for (var i = 0; i < count; i++) Ids.Add(await AddInstanceAsync());
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
        Aws.Ec2.Hang(id);
        _own.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [id] }).GetAwaiter().GetResult();
        Eventually.ShouldBeAsync(() => Aws.Ec2.StateOf(id) == "stopped", "the machine is off").GetAwaiter().GetResult();
        _own.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [id] }).GetAwaiter().GetResult();
    }

    // A machine that is large enough may join the pool at any time.
    public Task<(Assignment Assignment, string Word)?> ImpossibleAsync() => Task.FromResult<(Assignment, string)?>(null);

    public Task StopInstanceAsync(string id) => _own.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [id] });

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
        _own.Dispose();
        Aws.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private PoolKind Kind() => new(
        "controller", TimeProvider.System,
        new PoolCloud(
            new InstanceBook(Folder["pools"], TimeProvider.System), region => Outcome.Of(region ?? "eu-west-1"), _ => Cloud));

    private async Task<string> AddInstanceAsync()
    {
        var script = $"""
            Content-Type: multipart/mixed; boundary="//b"
            MIME-Version: 1.0

            --//b
            Content-Type: text/cloud-config; charset="us-ascii"

            #cloud-config
            cloud_final_modules:
            - [scripts-user, always]

            --//b
            Content-Type: text/x-shellscript; charset="utf-8"

            #!/bin/sh
            export TENFOLD_HOME="$HOME/tenfold"
            {Repository.Program} agent serve --pool ten --store {Folder["store"]} --idle {_idle}
            test $? != 9 || systemctl poweroff
            --//b--
            """;
        var launched = await _own.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-0a1b2c3d4e5f60701",
            InstanceType = "g5.xlarge",
            MinCount = 1,
            MaxCount = 1,
        });
        var id = launched.Reservation.Instances[0].InstanceId;
        await Eventually.ShouldBeAsync(() => Aws.Ec2.StateOf(id) == "running", "the machine runs");
        await StopInstanceAsync(id);
        await Eventually.ShouldBeAsync(() => Aws.Ec2.StateOf(id) == "stopped", "the machine is stopped");
        await _own.ModifyInstanceAttributeAsync(new ModifyInstanceAttributeRequest
        {
            InstanceId = id,
            UserData = new SecureBlobAttributeValue { Value = new MemoryStream(Encoding.UTF8.GetBytes(script)) },
        });
        return id;
    }
}
