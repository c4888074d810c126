using System.Text.Json;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Ec2;
using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A target over <see cref="FakeEc2"/>, with a store in a folder.</summary>
internal sealed class Ec2Bench : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Ec2Bench()
    {
        Store = new BucketInFolder(new FolderStore(_folder["store"]));
        Target = Open();
    }

    public FakeEc2 Ec2 { get; } = new();

    public FrozenClock Time { get; } = new();

    public BucketInFolder Store { get; }

    public Ec2Target Target { get; }

    public string Prices => _folder["prices.json"];

    public List<string> Parameters { get; } = [];

    public StackOutputs Stack { get; set; } = new()
    {
        StackId = "arn:aws:cloudformation:eu-west-1:123456789012:stack/tenfold/1",
        Bucket = "tenfold-bucket",
        Repository = "r",
        QueueOnDemand = "q",
        JobRole = "j",
        ExecutionRole = "e",
        TrainingRole = "t",
        InstanceProfile = "tenfold-machine",
        LogGroup = "/tenfold",
        Subnets = ["subnet-a", "subnet-b", "subnet-c"],
        SecurityGroup = "sg-1",
        LaunchTemplate = "lt-0123",
        PullThrough = "p",
        TemplateVersion = 1,
    };

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Opens the target again, as another process would.</summary>
    public Ec2Target Open() => new(
        new Ec2Parts(Ec2, "eu-west-1", _ => Task.FromResult(Stack), (name, _) =>
        {
            Parameters.Add(name);
            return Task.FromResult("ami-0000beef");
        }),
        Store, new Archives(), new UserSession { User = "ada", Machine = "laptop" }, Secrets, Prices, Time);

    /// <summary>The secrets of the shell that submits.</summary>
    public SecretSource Secrets { get; init; } = _ => new string('x', 5000);

    public async Task<StartOutcome> StartAsync(Assignment assignment) => (await Target.StartAsync([assignment], Cancel)).Single();

    public async Task<BackendState> ObserveAsync(Assignment assignment) =>
        (await Target.ObserveAsync([assignment.Attempt], Cancel)).Single();

    public Task ClaimAsync(Assignment assignment) => Store.WriteAsync(AttemptKeys.Claim(assignment.Attempt), "{}"u8.ToArray(), Cancel);

    public static IReadOnlyList<Assignment> Assign(int repeat, string options = "{}", ResourceSpec? resources = null)
    {
        var group = RunNames.NewGroup();
        var spec = new WorkSpec
        {
            Project = "digits",
            Snapshot = new string('a', 64),
            Command = "true",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Resources = resources ?? new ResourceSpec(),
            Target = new TargetSpec("ec2", "123456789012/eu-west-1/tenfold", JsonDocument.Parse(options).RootElement),
        };
        return
        [
            .. Enumerable.Range(1, repeat).Select(i => new Assignment
            {
                Ledger = "ledgerxx", Group = group, CreatedAt = DateTimeOffset.UnixEpoch, Repeat = i, Seed = i, Spec = spec,
            }),
        ];
    }

    public static Assignment One(string options = "{}", ResourceSpec? resources = null) => Assign(1, options, resources)[0];

    public void Dispose() => _folder.Dispose();

    private sealed class Archives : IAgentArchives
    {
        public Task<Outcome<AgentArchive>> UploadAsync(IStore store, CancellationToken cancellationToken) =>
            ArchiveOfAsync(store, cancellationToken);

        public Task<Outcome<AgentArchive>> ArchiveOfAsync(IStore store, CancellationToken cancellationToken) =>
            Task.FromResult<Outcome<AgentArchive>>(
                new AgentArchive($"agents/0123456789abcdef/{new string('a', 64)}.tar.gz", new string('a', 64)));
    }
}
