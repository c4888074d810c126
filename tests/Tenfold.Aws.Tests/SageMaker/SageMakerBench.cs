using Tenfold.Aws.Double;
using Tenfold.Aws.S3;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>The target <c>sagemaker</c> over the double, with the S3 server and the real agent.</summary>
internal sealed class SageMakerBench : ITargetHarness
{
    private readonly SharedAgent _agent;
    private readonly TimeProvider _time;
    private readonly TimeSpan _perCall;

    public SageMakerBench(S3Server server, AwsDoubleOptions? options = null, TimeProvider? time = null, TimeSpan? perCall = null)
    {
        _time = time ?? TimeProvider.System;
        _perCall = perCall ?? TimeSpan.FromMilliseconds(30);
        Aws = new AwsDouble((options ?? new AwsDoubleOptions()) with { S3Endpoint = server.Endpoint });
        TenfoldStack.Add(Aws, S3Server.Bucket);
        // The quota of ml.m5.large, on demand.
        Aws.Quotas.Set("L-611FA074", 1000);
        _agent = new(Folder, Aws.Options.RunsProcesses);
        // The store's own calls go to the server directly. Those of jobs go through the double, which checks their role's keys.
        Store = new S3Store(new S3Location(S3Server.Bucket, $"{Prefix}/"), new S3Options { Endpoint = server.Endpoint });
        Target = Open();
    }

    public static AwsDoubleOptions Imagined { get; } = new() { RunsProcesses = false };

    public AwsDouble Aws { get; }

    /// <summary>The agent of the jobs.</summary>
    public SharedAgent Agent => _agent;

    public TemporaryFolder Folder { get; } = new();

    public string Prefix { get; } = Guid.NewGuid().ToString("N");

    public IStore Store { get; }

    public SageMakerTarget Target { get; }

    ITarget ITargetHarness.Target => Target;

    public int? Calls => Aws.Calls.All.Count(call => call.Service is not ("s3" or "sts"));

    public ITarget Reopen() => Open();

    /// <summary>Opens the target as a process whose target has another clock; calls are signed with the right time.</summary>
    public SageMakerTarget OpenAt(TimeProvider time) => Open(null, time);

    public SageMakerTarget Open(SageMakerOptions? options = null) => Open(options, _time);

    private SageMakerTarget Open(SageMakerOptions? options, TimeProvider time) => new(
        new SageMakerConnection(
            options ?? new SageMakerOptions { Stack = SageMakerOptions.DefaultStack }, BatchFixture.OptionsOf(Aws), _time),
        Store, _agent, Session, name => name == "TOKEN" ? "a token of the user" : null, Folder["prices.json"], time, _perCall);

    public UserSession Session => new()
    {
        User = "tester",
        Machine = "laptop",
        Environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = Aws.Endpoint },
    };

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) => AssignAsync(command, repeat, null);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat, Func<WorkSpec, WorkSpec>? with) =>
        Work.AssignAsync(Store, Folder, command, repeat, with);

    /// <summary>An attempt of a target with options, written as JSON.</summary>
    public async Task<Assignment> AssignAsync(string command, string options) =>
        (await AssignAsync(command, 1, spec => spec with { Target = With(options) }))[0];

    public static TargetSpec With(string options) =>
        new("sagemaker", "", System.Text.Json.JsonDocument.Parse(options).RootElement);

    public void Hold(bool isHeld) => Aws.SageMaker.Hold(isHeld);

    public void Kill(string attempt) => Aws.SageMaker.FailInternally(JobOf(attempt));

    /// <summary>The name of an attempt's job.</summary>
    public static string JobOf(string attempt) => TrainingName.Of(Work.Ledger, attempt).ToString();

    public static string JobOf(Assignment assignment) => JobOf(assignment.Attempt);

    /// <summary>The last request for an attempt's job, as SageMaker describes it.</summary>
    public System.Text.Json.Nodes.JsonObject Show(Assignment assignment) => Aws.SageMaker.Show(JobOf(assignment));

    public async Task<(Assignment Assignment, string Word)?> ImpossibleAsync() =>
        ((await AssignAsync("true", 1, spec => spec with { Resources = spec.Resources with { Cpus = 1000 } }))[0], "resources");

    /// <summary>Waits until the container of an attempt's job runs.</summary>
    public Task TrainsAsync(Assignment assignment) => Eventually.ShouldBeAsync(
        () => Aws.SageMaker.StatusOf(JobOf(assignment)).Secondary == "Training", "it trains");

    public ValueTask DisposeAsync()
    {
        ((IDisposable)Store).Dispose();
        Aws.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
