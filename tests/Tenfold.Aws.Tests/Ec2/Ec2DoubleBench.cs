using System.Text.Json;
using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Double;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.S3;
using Tenfold.Aws.Ssm;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>The target <c>ec2</c> over the double, which runs the machines' scripts, with the S3 server and the real agent.</summary>
internal sealed class Ec2DoubleBench : ITargetHarness
{
    private readonly SharedAgent _agent;
    private readonly Ec2Client _ec2;
    private readonly SsmClient _ssm;
    private readonly StackOutputsReader _stack;
    private readonly AmazonEC2Client _own;

    public Ec2DoubleBench(S3Server server, AwsDoubleOptions? options = null)
    {
        Aws = new AwsDouble((options ?? new AwsDoubleOptions()) with
        {
            S3Endpoint = server.Endpoint,
            MachineEnvironment = new Dictionary<string, string> { ["TENFOLD_SCRATCH"] = "{machine}/scratch" },
        });
        TenfoldStack.Add(Aws, S3Server.Bucket);
        var connect = BatchFixture.OptionsOf(Aws) with { MaxAttempts = 2 };
        (_ec2, _ssm, _stack) = (new Ec2Client(connect), new SsmClient(connect), new StackOutputsReader("tenfold", connect));
        _own = new AmazonEC2Client(
            "S3RVER", "S3RVER", new AmazonEC2Config { ServiceURL = Aws.Endpoint, AuthenticationRegion = "eu-west-1" });
        _agent = new(Folder, Aws.Options.RunsProcesses);
        // The store's own calls go to the server directly. Those of machines go through the double, which checks their role's keys.
        Store = new S3Store(new S3Location(S3Server.Bucket, $"{Guid.NewGuid():N}/"), new S3Options { Endpoint = server.Endpoint });
    }

    /// <summary>The secrets of the shell that submits.</summary>
    public SecretSource Secrets { get; init; } = _ => null;

    public AwsDouble Aws { get; }

    public TemporaryFolder Folder { get; } = new();

    public IStore Store { get; }

    public Ec2Target Target => field ??= Open();

    ITarget ITargetHarness.Target => Target;

    /// <summary>A file that a command may make once it has begun.</summary>
    public string Begun => Folder["begun"];

    public int? Calls => Aws.Calls.All.Count(call => call.Service is not ("s3" or "sts"));

    public ITarget Reopen() => Open();

    public Ec2Target Open() => new(
        new Ec2Parts(_ec2, Aws.Options.Region, ReadStackAsync, _ssm.GetParameterAsync) { Aws = BatchFixture.OptionsOf(Aws) },
        Store, _agent, Session, Secrets, Folder["prices.json"], TimeProvider.System);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) => AssignAsync(command, repeat, "{}");

    public Task<IReadOnlyList<Assignment>> AssignAsync(
        string command, int repeat, string options, Func<WorkSpec, WorkSpec>? with = null) =>
        Work.AssignAsync(Store, Folder, command, repeat, spec => (with is null ? spec : with(spec)) with
        {
            Target = new TargetSpec("ec2", "123456789012/eu-west-1/tenfold", JsonDocument.Parse(options).RootElement.Clone()),
        });

    public void Hold(bool isHeld) => Aws.Ec2.HoldBack(isHeld);

    public void Kill(string attempt) => Aws.Ec2.KillMachine(MachineOf(attempt));

    /// <summary>The id of an attempt's only machine.</summary>
    public string MachineOf(string attempt) => MachinesOf(attempt).ShouldHaveSingleItem();

    /// <summary>The ids of all machines that were ever launched for an attempt.</summary>
    public IReadOnlyList<string> MachinesOf(string attempt) =>
        [.. Aws.Ec2.InstanceIds.Where(id => Aws.Ec2.Show(id).ToJsonString().Contains($"\"{attempt}\"", StringComparison.Ordinal))];

    public async Task<(Assignment Assignment, string Word)?> ImpossibleAsync() =>
        ((await AssignAsync("true", 1, "{}", spec => spec with { Resources = spec.Resources with { Cpus = 5000 } }))[0], "resources");

    public async Task StartAsync(IReadOnlyList<Assignment> assignments) =>
        (await Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);

    public Task<AttemptReport?> ReportAsync(Assignment assignment) => new AttemptReports(Store).ReadAsync(assignment.Attempt, default);

    /// <summary>Waits until every machine has ended itself, and returns the reports.</summary>
    public async Task<IReadOnlyList<AttemptReport?>> EndAsync(IReadOnlyList<Assignment> assignments)
    {
        await Eventually.ShouldBeAsync(
            () => Aws.Ec2.InstanceIds.All(id => Aws.Ec2.StateOf(id) is "terminated" or "stopped"), "every machine has ended");
        return await Task.WhenAll(assignments.Select(ReportAsync));
    }

    public ValueTask DisposeAsync()
    {
        _ec2.Dispose();
        _own.Dispose();
        _ssm.Dispose();
        _stack.Dispose();
        ((IDisposable)Store).Dispose();
        Aws.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private UserSession Session => new()
    {
        User = "tester",
        Machine = "laptop",
        Environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = Aws.Endpoint },
    };

    public Task UntilBegunAsync() => Eventually.ShouldBeAsync(() => File.Exists(Begun), "the command has begun");

    /// <summary>Makes a stopped machine of the user's own.</summary>
    public async Task<string> AddStoppedMachineAsync()
    {
        var launched = await _own.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-0a1b2c3d4e5f60701",
            InstanceType = "t3.micro",
            MinCount = 1,
            MaxCount = 1,
            IamInstanceProfile = new IamInstanceProfileSpecification { Name = "mine" },
        });
        var id = launched.Reservation.Instances[0].InstanceId;
        await Eventually.ShouldBeAsync(() => Aws.Ec2.StateOf(id) == "running", "the machine runs");
        await _own.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [id] });
        await Eventually.ShouldBeAsync(() => Aws.Ec2.StateOf(id) == "stopped", "the machine is stopped");
        return id;
    }

    private async Task<StackOutputs> ReadStackAsync(CancellationToken cancellationToken) =>
        await Ec2Faults.TranslateAsync(() => _stack.ReadAsync(cancellationToken)) is StackLookup.Ready ready
            ? ready.Outputs : throw new TargetException("no stack");
}
