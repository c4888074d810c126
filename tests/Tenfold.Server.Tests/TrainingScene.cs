using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Agent;
using Tenfold.Agent.Pools;
using Tenfold.App;
using Tenfold.App.Pushes;
using Tenfold.Core.Hosts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Pushes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.Server.Tests;

/// <summary>
/// A repository, a server whose rounds the test runs, and a machine of a pool. Everything is real but the git host, for which the test
/// records deliveries.
/// </summary>
internal sealed class TrainingScene : IAsyncDisposable
{
    public const string Repository = "acme/vision";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _serving;
    private int _deliveries;

    /// <param name="more">More keys of the repository in server.yaml.</param>
    /// <param name="variables">More variables of the server.</param>
    public TrainingScene(string more = "", params (string Name, string Value)[] variables)
        : this(ledger: null, more, variables)
    {
    }

    /// <param name="ledger">The URL of the ledger; null for the home's.</param>
    /// <param name="more">More keys of the repository in server.yaml.</param>
    /// <param name="variables">More variables of the server.</param>
    public TrainingScene(Uri? ledger, string more = "", params (string Name, string Value)[] variables)
    {
        Ledger = ledger;
        Variables = variables.ToDictionary(variable => variable.Name, variable => variable.Value);
        Origin = new Origin(_folder).Create();
        Store = new FolderStore(_folder["store"]);
        Services = Open();
        File = ServerReader.Read(
            $"repositories: {{ {Repository}: {{ secret: HOOK_SECRET, url: \"{Origin.Url}\" {more} }} }}", "server.yaml").Match(
            read => read, faults => throw new InvalidOperationException(string.Join('\n', faults)));
        _serving = Task.Run(ServeAsync);
    }

    public Origin Origin { get; }

    private Dictionary<string, string> Variables { get; }

    private Uri? Ledger { get; }

    public FolderStore Store { get; }

    public Services Services { get; private set; }

    public ServerFile File { get; private set; }

    /// <summary>Replaces what server.yaml says of the repository.</summary>
    public void Change(Func<ServedRepository, ServedRepository> change) => File = File with
    {
        Repositories = new Dictionary<string, ServedRepository> { [Repository] = change(File.Repositories[Repository]) },
    };

    /// <summary>The keys of tenfold.yaml that most tests share: three runs on the pool, whose metric is in the script.</summary>
    public string Project(string on, string more = "") =>
        $$"""
        name: toy
        train:
          command: sh train.sh
          metric: { name: accuracy, goal: maximize }
        {{more}}
        store: {{_folder["store"]}}
        targets: { lab: { kind: pool } }
        on: {{on}}

        """;

    /// <summary>A script that prints a metric near a value, another one for each seed.</summary>
    public static string Script(string value) => $"echo '{{\"metric\":\"accuracy\",\"value\":{value}'$TENFOLD_REPEAT'}}'\n";

    /// <summary>A script whose metric is far below 0.9, by another difference for each seed.</summary>
    public const string WorseScript = "echo '{\"metric\":\"accuracy\",\"value\":0.5'$((9 - TENFOLD_REPEAT))'}'\n";

    /// <summary>Records a push as the server does, and lets it proceed until it has ended.</summary>
    public async Task<PushRecord> TrainAsync(PushRef place, string commit, string? before = null)
    {
        await DeliverAsync(place, commit, before);
        return await EndAsync(place);
    }

    /// <summary>Records a push as the server does when a delivery was read.</summary>
    public Task DeliverAsync(PushRef place, string commit, string? before = null) => DeliverAsync(new PushRecord
    {
        Id = RunNames.NewGroup(),
        Repository = Repository,
        Ref = place,
        Commit = commit,
        Before = before,
        ReceivedAt = TimeProvider.System.GetUtcNow(),
    });

    /// <summary>Records the delivery of a push to a branch, and reads it as the server does.</summary>
    public async Task DeliverAsync(string body)
    {
        var delivery = new Delivery
        {
            Id = $"github-{++_deliveries}",
            Host = HostKind.GitHub,
            Event = "push",
            Repository = Repository,
            ReceivedAt = TimeProvider.System.GetUtcNow(),
            Body = Encoding.UTF8.GetBytes(body),
        };
        await Services.Pushes.AddDeliveryAsync(delivery, CancellationToken.None);
        await new DeliveryWorker(Services.Pushes, File.Repositories).RunAsync(CancellationToken.None);
    }

    /// <summary>Runs rounds until the newest push to a place has ended.</summary>
    public async Task<PushRecord> EndAsync(PushRef place)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await RoundAsync();
            var push = (await Services.Pushes.ListPushesAsync(Repository, place, 1, CancellationToken.None))[0];
            if (push.State is not (PushState.Waiting or PushState.Running)) return push;
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Eventually.Deadline);
            await Task.Delay(20);
        }
    }

    /// <summary>A path outside the repository.</summary>
    public string Outside(string name) => _folder[name];

    /// <summary>Runs one round, as a server that was just started does.</summary>
    public async Task RoundAsync()
    {
        await PlanAsync();
        await Services.Controller.ReconcileAsync(CancellationToken.None);
    }

    /// <summary>Runs one round for pushes, and starts nothing.</summary>
    public async Task PlanAsync()
    {
        var access = new RepositoryAccess(Services, File.Repositories);
        using var rounds = new PushRounds(Services, access, NullLogger<PushRounds>.Instance, rest: TimeSpan.Zero);
        await rounds.RunAsync(CancellationToken.None);
    }

    /// <summary>Opens the services anew, as the next server does after this one was killed.</summary>
    public void Restart() => Services = Open();

    public async Task<IReadOnlyList<GroupRecord>> GroupsAsync() => await Services.Ledger.ListGroupsAsync(100, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving.WaitAsync(Eventually.Deadline);
        _folder.Dispose();
    }

    private async Task DeliverAsync(PushRecord push)
    {
        var delivery = new Delivery
        {
            Id = $"github-{++_deliveries}",
            Host = HostKind.GitHub,
            Event = "push",
            Repository = Repository,
            ReceivedAt = push.ReceivedAt,
        };
        await Services.Pushes.AddDeliveryAsync(delivery, CancellationToken.None);
        await Services.Pushes.CompleteDeliveriesAsync(
            [new CompletedDelivery(delivery with { State = DeliveryState.Done }, push)], CancellationToken.None);
    }

    private async Task ServeAsync()
    {
        var settings = new AgentSettings
        {
            Home = _folder["machine"],
            Store = Store,
            Machine = "ws1",
            Variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LAB_TOKEN"] = "hush" },
            PollInterval = TimeSpan.FromMilliseconds(20),
            StoreTimeout = Eventually.Deadline,
        };
        var options = new PoolOptions("lab") { Secrets = ["LAB_TOKEN"] };
        using var server = new PoolServer(options, settings, new ResourcePool(4, 1L << 34, []));
        await server.RunAsync(_end.Token, _end.Token);
    }

    private Services Open() => Services.Open(new ServiceOptions
    {
        Home = _folder["home"],
        Ledger = Ledger?.OriginalString,
        Session = new UserSession
        {
            Environment = new Dictionary<string, string>(Variables) { ["PATH"] = "/usr/bin:/bin", ["HOOK_SECRET"] = "x" },
            User = "ann",
            Machine = "server",
        },
    });
}
