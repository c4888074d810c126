using Tenfold.Aws.Batch;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Double;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.S3;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Batch;

/// <summary>The target <c>batch</c> over the double, with the S3 server and the real agent.</summary>
internal sealed class BatchBench : ITargetHarness
{
    public const string Queue = "tenfold-on-demand";

    private readonly S3Server _server;
    private readonly SharedAgent _agent;
    private readonly TimeProvider _time;
    private readonly TimeSpan _perCall;

    public BatchBench(S3Server server, AwsDoubleOptions? options = null, TimeProvider? time = null, TimeSpan? perCall = null)
    {
        (_server, _time) = (server, time ?? TimeProvider.System);
        _perCall = perCall ?? TimeSpan.FromMilliseconds(30);
        Aws = new AwsDouble((options ?? new AwsDoubleOptions()) with { S3Endpoint = server.Endpoint });
        TenfoldStack.Add(Aws, S3Server.Bucket);
        _agent = new(Folder, Aws.Options.RunsProcesses);
        // The store's own calls go to the server directly. Those of jobs go through the double, which checks their role's keys.
        Store = new S3Store(new S3Location(S3Server.Bucket, $"{Prefix}/"), new S3Options { Endpoint = server.Endpoint });
    }

    /// <summary>The secrets of the shell that submits.</summary>
    public SecretSource Secrets { get; init; } = _ => null;

    public AwsDouble Aws { get; }

    public TemporaryFolder Folder { get; } = new();

    public string Prefix { get; } = Guid.NewGuid().ToString("N");

    public IStore Store { get; }

    public BatchTarget Target => field ??= Open();

    ITarget ITargetHarness.Target => Target;

    public int? Calls => Aws.Calls.All.Count(call => call.Service is not ("s3" or "sts"));

    public ITarget Reopen() => Open();

    public BatchTarget Open(BatchOptions? options = null, TimeProvider? time = null) => new(
        new BatchConnection(options ?? new BatchOptions { Stack = BatchOptions.DefaultStack }, BatchFixture.OptionsOf(Aws), time ?? _time),
        Aws.Options.Account,
        Store, _agent, Session, Secrets, Folder["prices.json"], time ?? _time, _perCall);

    public UserSession Session => new()
    {
        User = "tester",
        Machine = "laptop",
        Environment = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = Aws.Endpoint },
    };

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) => AssignAsync(command, repeat, null);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat, Func<WorkSpec, WorkSpec>? with) =>
        Work.AssignAsync(Store, Folder, command, repeat, with);

    public void Hold(bool isHeld)
    {
        if (isHeld) Aws.Batch.HoldBack(Queue);
        else Aws.Batch.Unblock(Queue);
    }

    public void Kill(string attempt) => Aws.Batch.KillHosts(JobOf(attempt));

    /// <summary>The id of an attempt's job.</summary>
    public string JobOf(string attempt) => JobsOf(attempt).ShouldHaveSingleItem();

    /// <summary>The ids of an attempt's jobs.</summary>
    public IReadOnlyList<string> JobsOf(string attempt)
    {
        var found = new List<string>();
        foreach (var id in Aws.Batch.JobIds.Where(id => !id.Contains(':')))
        {
            var name = BatchJobName.Read(Aws.Batch.Show(id)!["jobName"]!.GetValue<string>()).ShouldNotBeNull();
            var list = AttemptList.ReadAsync(Store, name.First, name.ListSha256, default).GetAwaiter().GetResult().ShouldNotBeNull();
            var index = list.Attempts.ToList().IndexOf(attempt);
            if (index >= 0) found.Add(name.Count == 1 ? id : $"{id}:{index}");
        }

        return found;
    }

    public async Task<(Assignment Assignment, string Word)?> ImpossibleAsync() =>
        ((await AssignAsync("true", 1, spec => spec with { Resources = spec.Resources with { Cpus = 1000 } }))[0], "cpus");

    public ValueTask DisposeAsync()
    {
        ((IDisposable)Store).Dispose();
        Aws.Dispose();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
