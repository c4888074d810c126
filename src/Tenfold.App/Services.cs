using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.App.Storage;
using Tenfold.App.Targets;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Delivery;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Projects;
using Tenfold.Sql;

namespace Tenfold.App;

/// <summary>The parts that commands work with, put together for one home folder.</summary>
public sealed class Services
{
    private Services(string home, TimeSpan? ledgerPatience, ILoggerFactory logs)
    {
        (Home, Logs, Log) = (home, logs, logs.CreateLogger<Services>());
        Stores = new StoreOpener(new FolderStore(Path.Combine(home, "store")), Time);
        Database = Databases.Open(Environment.GetEnvironmentVariable("TENFOLD_LEDGER"), LaptopLedger, Time, ledgerPatience);
        var ledger = new SqlLedger(Database);
        (Ledger, Studies, Garbage) = (ledger, ledger, ledger);
        Queue = new WorkQueue(Path.Combine(home, "local", "queue"));
        Bundle = new AgentBundle(AppContext.BaseDirectory, Index, Time);
        Targets = new TargetResolver([.. TargetKinds.All.Select(kind => kind.Open(this))], Stores, IsLedgerHere);
        Controller = new Controller(Ledger, Targets, Secrets, Time, logger: logs.CreateLogger<Controller>());
        Log.ServicesOpened(Home, Database.Place);
    }

    /// <summary>Where everything of Tenfold's lies: <c>$TENFOLD_HOME</c>, else <c>~/.tenfold</c>.</summary>
    public string Home { get; }

    /// <summary>Where the parts log; silent unless the host asks for logs.</summary>
    public ILoggerFactory Logs { get; }

    /// <summary>The ledger's file when <c>TENFOLD_LEDGER</c> names no other.</summary>
    public string LaptopLedger => Path.Combine(Home, "ledger.db");

    /// <summary>True when the ledger is <see cref="LaptopLedger"/>.</summary>
    public bool IsLedgerHere => Database.Place == LaptopLedger;

    /// <summary>Where the ledger is.</summary>
    public Database Database { get; }

    /// <summary>The agent's own folder.</summary>
    public string AgentHome => Path.Combine(Home, "local");

    /// <summary>Where hashes of unchanged files are remembered; the agent on this machine uses the same.</summary>
    public string Index => Path.Combine(AgentHome, "index");

    /// <summary>The secrets of runs, from this process's environment.</summary>
    public SecretSource Secrets { get; } = Environment.GetEnvironmentVariable;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>Opens stores by their URLs.</summary>
    public StoreOpener Stores { get; }

    /// <summary>This program, as other machines get it.</summary>
    public AgentBundle Bundle { get; }

    /// <summary>Finds and reads projects.</summary>
    public ProjectFinder Projects { get; } = new(new ProjectReader(TargetKinds.Declarations));

    /// <summary>Where runs execute.</summary>
    public TargetResolver Targets { get; }

    /// <summary>The ledger: groups, runs, attempts, metrics and events.</summary>
    public ILedger Ledger { get; }

    /// <summary>The ledger's part that is about studies.</summary>
    public IStudyLedger Studies { get; }

    /// <summary>The ledger's part that cleaning up reads.</summary>
    public IGarbageLedger Garbage { get; }

    internal ILogger Log { get; }

    /// <summary>Finds what a user means by a name.</summary>
    public IdResolver Ids => new(Ledger, Studies);

    /// <summary>This machine's queue.</summary>
    public WorkQueue Queue { get; }

    /// <summary>The control loop.</summary>
    public Controller Controller { get; }

    /// <summary>Reconciles the ledger with every target before something is shown.</summary>
    /// <returns>Why what the ledger has may not be the latest; empty when everything was brought up to date.</returns>
    public async Task<IReadOnlyList<string>> ReconcileAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await Controller.ReconcileAsync(cancellationToken)).Faults;
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            return [e.Message];
        }
    }

    /// <summary>The store in which a group's files lie.</summary>
    /// <returns>The store; or NotFound, when it is a folder that this machine does not have.</returns>
    public Outcome<IStore> StoreOf(GroupRecord group) =>
        WhyFilesAreElsewhere(group) is { } elsewhere ? Refusal.NotFound(elsewhere) : Outcome.Of(Stores.At(group.Spec.Store));

    /// <summary>Why this machine can't read a group's files: they lie in a folder of another machine. Null when it can.</summary>
    public string? WhyFilesAreElsewhere(GroupRecord group) => Stores.IsHere(group)
        ? null
        : $"{StoreOpener.WhereIs(group)}. Set `store` in tenfold.yaml to a bucket or a shared folder, and every " +
            "machine can read the next ones";

    /// <summary>The home folder: <c>$TENFOLD_HOME</c>, else <c>~/.tenfold</c>.</summary>
    public static string HomeFolder() => Environment.GetEnvironmentVariable("TENFOLD_HOME") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".tenfold");

    /// <summary>Puts the parts together; nothing is opened yet. Creates the home folder, closed to other users, if possible.</summary>
    /// <param name="logs">Where the parts log; null for nowhere.</param>
    /// <returns>The services; or BadInput, when an environment variable has a value that can't be used.</returns>
    public static Outcome<Services> Open(ILoggerFactory? logs = null)
    {
        var patience = Environment.GetEnvironmentVariable("TENFOLD_LEDGER_PATIENCE");
        var seconds = 0;
        if (patience is { Length: > 0 } && !int.TryParse(patience, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
            return Refusal.BadInput("TENFOLD_LEDGER_PATIENCE is not a whole number of seconds");
        var home = HomeFolder();
        try
        {
            if (!Directory.Exists(home))
                Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some commands work without a home. The others report this when they write to it.
        }

        return new Services(home, patience is { Length: > 0 } ? TimeSpan.FromSeconds(seconds) : null, logs ?? NullLoggerFactory.Instance);
    }
}
