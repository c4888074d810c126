using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.App.Queueing;
using Tenfold.App.Serving.Keys;
using Tenfold.App.Storage;
using Tenfold.App.Targets;
using Tenfold.Aws.Ec2.Pools;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Delivery;
using Tenfold.Core.Environments;
using Tenfold.Core.Garbage;
using Tenfold.Core.Hosts;
using Tenfold.Core.Keys;
using Tenfold.Core.Ledger;
using Tenfold.Core.Platform;
using Tenfold.Core.Pushes;
using Tenfold.Core.Requests;
using Tenfold.Core.Results;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Versions;
using Tenfold.Projects;
using Tenfold.Sql;
using Tenfold.Sql.Pushes;
using Tenfold.Sql.Requests;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App;

/// <summary>The parts that the application layer works with, put together for one home folder.</summary>
public sealed class Services
{
    private readonly ServiceOptions _options;
    private readonly ServerVariables _serverVariables;

    private Services(ServiceOptions options)
    {
        _options = options;
        Home = options.Home;
        Session = options.Session with
        {
            EnvironmentKey = new(() => EnvironmentKey.ReadOrCreate(options.Home)),
            Addresses = CredentialAddresses.Read(options.Home, options.Session.Environment),
        };
        (Logs, Log) = (options.Logs, options.Logs.CreateLogger<Services>());
        Stores = new StoreOpener(new FolderStore(Path.Combine(Home, "store")), Session.Machine, Time);
        Database = Databases.Open(options.Ledger, LaptopLedger, Time, options.LedgerPatience);
        Damaged = new DamagedRecords(options.OnDamaged ?? (record => Log.RecordUnreadable(record.Name, record.Why)));
        var ledger = new SqlLedger(Database, WorkKey.OfHome(Home), Damaged);
        (Ledger, Studies, Garbage, Versions, Comparisons, ServerKeys) = (ledger, ledger, ledger, ledger, ledger, ledger);
        Queue = new WorkQueue(Path.Combine(AgentHome, "queue"));
        HostSecrets = options.Secrets ?? (name => Environment.GetValueOrDefault(name));
        _serverVariables = new ServerVariables(Path.Combine(Home, ServerFile.FileName));
        Secrets = name => PrivateVariables.Contains(name) || _serverVariables.Withholds(name) ? null : HostSecrets(name);
        // The kinds are opened when the first target is resolved: most commands that show something need none of their libraries.
        Targets = new TargetResolver(
            () => [.. TargetKinds.All.Select(kind => kind.Open(this))], Stores, IsLedgerHere, Session.HomeFolder, Time);
        QueueControl = new QueueControl(ledger, new HomeLimitsFile(Path.Combine(Home, ServerFile.FileName)).Read);
        Controller = new Controller(Ledger, Targets, Secrets, Time, logger: Logs.CreateLogger<Controller>(), queue: QueueControl);
        Log.ServicesOpened(Home, Database.Place);
    }

    /// <summary>The folder to which Tenfold writes.</summary>
    public string Home { get; }

    /// <summary>The user for whom the services work, and the machine.</summary>
    public UserSession Session { get; }

    /// <summary>The environment variables of the user's session.</summary>
    public IReadOnlyDictionary<string, string> Environment => Session.Environment;

    /// <summary>Where the parts log; silent unless the host asks for logs.</summary>
    public ILoggerFactory Logs { get; }

    /// <summary>The ledger's file when the host names no other ledger.</summary>
    public string LaptopLedger => Path.Combine(Home, "ledger.db");

    /// <summary>True when the ledger is <see cref="LaptopLedger"/>.</summary>
    public bool IsLedgerHere => Database.Place == LaptopLedger;

    /// <summary>The ledger's database.</summary>
    public Database Database { get; }

    /// <summary>The folder of this machine's agent.</summary>
    public string AgentHome => AgentHomeOf(Home);

    /// <summary>The folder that caches the hashes of unchanged files; this machine's agent uses it too.</summary>
    public string Index => Path.Combine(AgentHome, "index");

    /// <summary>The file of the user's own prices of machines, which need not exist.</summary>
    public string Prices => Path.Combine(Home, "prices.json");

    /// <summary>The cloud that has the instances of pools.</summary>
    public PoolCloud PoolCloud => field ??= new PoolCloud(
        new InstanceBook(Path.Combine(Home, "pools"), Time), named => PoolInstances.FindRegion(named, Session),
        region => PoolInstances.Open(region, Prices, Time));

    /// <summary>The files and folders that Tenfold wrote for its user on this machine.</summary>
    public OwnOutputs Outputs => OutputsOf(Home);

    /// <summary>What commands with a home have written for their users.</summary>
    public static OwnOutputs OutputsOf(string home) => new(Path.Combine(AgentHomeOf(home), "outputs"));

    private static string AgentHomeOf(string home) => Path.Combine(home, "local");

    /// <summary>
    /// Where the secrets of runs come from. It has none of Tenfold's own: neither <see cref="PrivateVariables"/>, nor what
    /// <c>server.yaml</c> names for the server.
    /// </summary>
    public SecretSource Secrets { get; }

    /// <summary>Where a server's own secrets come from, such as the token for a git host. No run gets one of these.</summary>
    public SecretSource HostSecrets { get; }

    /// <summary>The environment variables that agents start with.</summary>
    internal IReadOnlyDictionary<string, string> AgentEnvironment => _serverVariables.RemoveFrom(Environment);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Opens stores by their URLs.</summary>
    public StoreOpener Stores { get; }

    /// <summary>This program as it is delivered to other machines.</summary>
    public AgentBundle Bundle => field ??= new AgentBundle(AppContext.BaseDirectory, Index, Time)
    {
        LeftOut = [.. TargetKinds.Declarations.SelectMany(kind => kind.ControllerLibraries)],
    };

    /// <summary>This program with the gateway, as it is delivered to machines that serve.</summary>
    public AgentBundle ServingBundle => field ??= new AgentBundle(AppContext.BaseDirectory, Index, Time)
    {
        Programs = ["tenfold", "tenfold-gateway"],
        StoreFolder = "serving/programs",
    };

    /// <summary>Finds and reads projects.</summary>
    public ProjectFinder Projects => field ??= new ProjectFinder(new ProjectReader(TargetKinds.Declarations));

    /// <summary>Resolves targets and stores.</summary>
    public TargetResolver Targets { get; }

    /// <summary>The ledger: groups, runs, attempts, metrics and events.</summary>
    public ILedger Ledger { get; }

    /// <summary>Tells of the records that lists leave out, because they can't be read.</summary>
    public DamagedRecords Damaged { get; }

    /// <summary>The part of the ledger about studies.</summary>
    public IStudyLedger Studies { get; }

    /// <summary>The part of the ledger about comparisons.</summary>
    public IComparisonLedger Comparisons { get; }

    /// <summary>The API keys of servers.</summary>
    public IServerKeyLedger ServerKeys { get; }

    /// <summary>Deployed versions, routes and experiments.</summary>
    public IVersionLedger Versions { get; private set; }

    /// <summary>The requests to served models, and the feedback on them.</summary>
    public IRequestLog Requests
    {
        get => field ??= new SqlRequestLog(
            Databases.OpenRequests(_options.Ledger, Path.Combine(Home, "serving", "requests.db"), Time, _options.LedgerPatience), Time);
        private set;
    }

    /// <summary>The API keys of gateways.</summary>
    public IApiKeys Keys
    {
        get => field ??= new ApiKeyFile(Home, Time);
        private set;
    }

    /// <summary>The deliveries of git hosts, and the pushes to which they led.</summary>
    public IPushLedger Pushes => field ??= new SqlPushLedger(
        Databases.OpenPushes(_options.Ledger, Path.Combine(ServerHome, "pushes.db"), Time, _options.LedgerPatience), Log.PushUnreadable);

    /// <summary>The folder of the server: its record of pushes, and its copies of repositories.</summary>
    public string ServerHome => Path.Combine(Home, "server");

    /// <summary>The limits of runs, and the part of the ledger about them.</summary>
    public QueueControl QueueControl { get; }

    /// <summary>The part of the ledger that garbage collection reads.</summary>
    public IGarbageLedger Garbage { get; }

    internal ILogger Log { get; }

    // The folders in which programs are found.
    internal string? SearchPath => Environment.GetValueOrDefault("PATH");

    // The shell's working folder, by the path that the user sees, which may go through links.
    internal string? ShellFolder => Environment.GetValueOrDefault("PWD");

    /// <summary>Finds the study, group or run that an id names.</summary>
    public IdResolver Ids => new(Ledger, Studies);

    /// <summary>This machine's queue.</summary>
    public WorkQueue Queue { get; }

    /// <summary>The control loop.</summary>
    public Controller Controller { get; }

    /// <summary>Reconciles the ledger with every target before something is shown.</summary>
    /// <returns>
    /// Why the ledger may be outdated, and which pending work was not started; empty when it is up to date and nothing waits.
    /// </returns>
    public async Task<IReadOnlyList<ControlFault>> ReconcileAsync(CancellationToken cancellationToken)
    {
        var round = await Controller.ReconcileAsync(cancellationToken);
        return [.. round.Faults, .. round.NotStarted.Select(work => work.ToFault())];
    }

    /// <summary>The store with a group's files.</summary>
    /// <returns>The store; or NotFound when it is a folder that this machine can't read.</returns>
    public Outcome<IStore> StoreOf(GroupRecord group) => Stores.OpenFor(group).Match(
        Outcome.Of,
        refusal => refusal.Kind != RefusalKind.NotFound ? refusal : Refusal.NotFound(
            $"{refusal.Message}. Set `store` in tenfold.yaml to a bucket or a shared folder, and every machine can read the files of " +
            "later runs"));

    /// <summary>Says why this machine can't read a group's files: they are in a folder of another machine. Null when it can.</summary>
    public string? ExplainMissingFiles(GroupRecord group) => StoreOf(group).Match<string?>(_ => null, refusal => refusal.Message);

    /// <summary>Puts the parts together, and opens nothing yet. Creates the home folder, closed to other users, if possible.</summary>
    /// <exception cref="LedgerException">The address of the ledger can't be used.</exception>
    public static Services Open(ServiceOptions options)
    {
        try
        {
            if (!Directory.Exists(options.Home))
                Directory.CreateDirectory(options.Home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some commands work without a home. The others report the fault when they write to it.
        }

        return new Services(options);
    }

    /// <summary>These services for gateways elsewhere.</summary>
    /// <param name="versions">Their record of versions.</param>
    /// <param name="requests">Their request log.</param>
    /// <param name="keys">Their API keys.</param>
    public Services With(IVersionLedger versions, IRequestLog requests, IApiKeys keys)
    {
        var copy = (Services)MemberwiseClone();
        (copy.Versions, copy.Requests, copy.Keys) = (versions, requests, keys);
        return copy;
    }

    // The variables of the shell that a run's record keeps.
    internal IReadOnlyDictionary<string, string> RecordShell() => ShellVariables.ToRecord(new Dictionary<string, string>(Environment));
}

/// <summary>What a host gives the services. The command line takes it from its process.</summary>
public sealed record ServiceOptions
{
    /// <summary>The folder to which Tenfold writes, as an absolute path.</summary>
    public required string Home { get; init; }

    /// <summary>The address of the ledger: a <c>postgres://</c> URL or a SQLite file; null for the home's own ledger.</summary>
    public string? Ledger { get; init; }

    /// <summary>How long to wait for a ledger's server that has become unreachable; null for 60 s.</summary>
    public TimeSpan? LedgerPatience { get; init; }

    /// <summary>The user for whom the services work, and the machine.</summary>
    public required UserSession Session { get; init; }

    /// <summary>Where the secrets of runs come from; null for the variables of <see cref="Session"/>.</summary>
    public SecretSource? Secrets { get; init; }

    /// <summary>
    /// Called with each record of the ledger that lists leave out, because it can't be read; null: such a record is logged.
    /// </summary>
    public Action<DamagedRecord>? OnDamaged { get; init; }

    /// <summary>Where the services log; default: nowhere.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;
}
