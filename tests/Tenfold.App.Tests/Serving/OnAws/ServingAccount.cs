using Amazon.Runtime;
using Tenfold.App.Serving.OnAws;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;
using Tenfold.Core.Artifacts;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Core.Versions;

namespace Tenfold.App.Tests.Serving.OnAws;

/// <summary>
/// A stack of serving in the double of AWS, whose tasks are only imagined, and a store of its own. The way to both can be cut at any call.
/// </summary>
internal sealed class ServingAccount : IDisposable
{
    private const string Stack = "tenfold-serving";
    private readonly TemporaryFolder _folder = new();
    private readonly Workspace _workspace;
    private readonly FolderStore _source;
    private int _storeCalls;
    private int? _cutAt;

    public ServingAccount()
    {
        _workspace = new Workspace((options, _) => options with { Secrets = name => Secrets.GetValueOrDefault(name) });
        _source = new FolderStore(_folder["source"]);
        Store = new FolderStore(Directory.CreateDirectory(_folder["store"]).FullName);
        Aws.Ecs.AddCluster(Stack);
    }

    public AwsDouble Aws { get; } = new(new AwsDoubleOptions { RunsProcesses = false });

    public FolderStore Store { get; }

    public Dictionary<string, string> Secrets { get; } = new() { ["TOKEN"] = "a-secret-value" };

    public IStore Source => _source;

    public int TemplateVersion { get; init; } = ServingOutputs.TemplateVersion;

    private ServingOutputs Outputs => new()
    {
        ServingVersion = TemplateVersion,
        Url = "http://internal-1",
        Cluster = Stack,
        Store = "s3://bucket/tenfold",
        ServingSubnets = ["subnet-1", "subnet-2"],
        VersionGroup = "sg-1",
        VersionRole = "arn:aws:iam::123456789012:role/version",
        VersionExecutionRole = "arn:aws:iam::123456789012:role/execution",
        ServingLogGroup = "/tenfold/tenfold-serving",
        Image = "python:3.12-slim",
        DatabaseHost = "db",
    };

    private AwsOptions Options => new()
    {
        Endpoint = Aws.Endpoint,
        Region = Aws.Options.Region,
        Credentials = new BasicAWSCredentials(Aws.Options.AccessKey, Aws.Options.Secret),
        Pause = TimeSpan.FromMilliseconds(1),
        MaxAttempts = 2,
    };

    /// <summary>Opens the stack as another process would.</summary>
    public ServingPlace Open() => new(_workspace.Services, Outputs, new CutStore(this), Stack, Options)
    {
        Versions = new VersionServices(Outputs, Stack, Options, TimeProvider.System) { Pace = TimeSpan.FromMilliseconds(1) },
    };

    public static EcsVersions VersionsOf(ServingPlace place, List<string>? said = null) => new(place, said is null ? null : said.Add)
    {
        Program = new AgentArchive("serving/programs/1/a.tar.gz", new string('a', 64)),
        DeployLimit = TimeSpan.Zero,
    };

    /// <summary>A version whose run's files are in <see cref="Source"/>.</summary>
    public async Task<ModelVersion> VersionAsync(string name, string? image = null, params string[] secrets)
    {
        var snapshot = new string('5', 64);
        foreach (var key in new[]
        {
            Snapshot.ArchiveKey(snapshot), Snapshot.ManifestKey(snapshot), ArtifactManifest.ManifestKey("r-1-1"),
            $"{ArtifactManifest.FilesKey("r-1-1")}model/weights",
        })
            await _source.WriteAsync(key, "x"u8.ToArray(), default);
        var group = await _workspace.RecordAsync();
        return new ModelVersion
        {
            Model = "iris",
            Version = name,
            DeployedAt = default,
            DeployedBy = "ann@laptop",
            ChangedAt = default,
            Run = new ServedRun
            {
                Run = "r-1",
                Attempt = "r-1-1",
                Manifest = new string('6', 64),
                Spec = group.Spec with
                {
                    Snapshot = snapshot,
                    Secrets = secrets,
                    Environment = image is null ? new EnvironmentSpec("system") : new EnvironmentSpec(EnvironmentSpec.ImageKind, image),
                },
                Seed = 1,
                Command = "python3 serve.py",
                Replicas = 2,
                StartTimeout = TimeSpan.FromMinutes(1),
            },
        };
    }

    /// <summary>How many calls of the store were made since the last <see cref="Connect"/>.</summary>
    public int StoreCalls => _storeCalls;

    /// <summary>From the n-th call of the store on, neither the store nor AWS can be reached.</summary>
    public void CutAtStoreCall(int number) => _cutAt = number;

    /// <summary>From the n-th call of AWS on, neither AWS nor the store can be reached.</summary>
    public void CutAtAwsCall(int number, bool isAfterEffect)
    {
        Aws.Faults.Add("*", "*", isAfterEffect ? Fault.LostAnswer : Fault.LostRequest, first: number);
        Aws.Faults.Add("*", "*", Fault.LostRequest, first: number + 1, times: null);
    }

    /// <summary>Everything can be reached again.</summary>
    public void Connect()
    {
        Aws.Faults.Clear();
        Aws.Calls.Clear();
        (_storeCalls, _cutAt) = (0, null);
    }

    public void Dispose()
    {
        Aws.Dispose();
        _workspace.Dispose();
        _folder.Dispose();
    }

    // A process that was killed makes no call any more.
    private void Count()
    {
        if (Aws.Calls.All.Any(call => call.Error == "lost")) throw new StoreException("cut off");
        if (++_storeCalls < _cutAt || _cutAt is null) return;
        Aws.Faults.Add("*", "*", Fault.LostRequest, times: null);
        throw new StoreException("cut off");
    }

    private sealed class CutStore(ServingAccount account) : IStore
    {
        public string Url => account.Store.Url;

        public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
            Counted().ReadAsync(key, cancellationToken);

        public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            Counted().WriteAsync(key, content, cancellationToken);

        public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            Counted().TryCreateAsync(key, content, cancellationToken);

        public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
            Counted().OpenReadAsync(key, cancellationToken);

        public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
            Counted().PutFileAsync(key, path, move, cancellationToken);

        public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => Counted().ExistsAsync(key, cancellationToken);

        public IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken) =>
            Counted().ListAsync(folder, cancellationToken);

        public Task DeleteAsync(string folder, CancellationToken cancellationToken) => Counted().DeleteAsync(folder, cancellationToken);

        public ISegmentWriter AppendSegments(string folder) => Counted().AppendSegments(folder);

        public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
            Counted().OpenSegmentsAsync(folder, offset, cancellationToken);

        private FolderStore Counted()
        {
            account.Count();
            return account.Store;
        }
    }
}
