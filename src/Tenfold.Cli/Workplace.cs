using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Core.Tuning;
using Tenfold.Sql;
using Tenfold.Targets.Local;

namespace Tenfold.Cli;

/// <summary>The parts that commands work with, put together for one home folder.</summary>
internal sealed class Workplace
{
    private Workplace(string home)
    {
        Home = home;
        Store = new FolderStore(Path.Combine(home, "store"));
        var ledger = new SqlLedger(new SqliteDatabase(LedgerPath));
        (Ledger, Studies) = (ledger, ledger);
        Queue = new WorkQueue(Path.Combine(home, "local", "queue"));
        Local = new LocalTarget(Queue, Store, new AgentLauncher(home, Queue, Time), Time);
        Controller = new Controller(Ledger, new Reach(Local, Store), Time);
    }

    /// <summary>Where everything of Tenfold's lies: <c>$TENFOLD_HOME</c>, else <c>~/.tenfold</c>.</summary>
    public string Home { get; }

    /// <summary>The ledger's file.</summary>
    public string LedgerPath => Path.Combine(Home, "ledger.db");

    /// <summary>The agent's own folder.</summary>
    public string AgentHome => Path.Combine(Home, "local");

    /// <summary>Where hashes of unchanged files are remembered; the agent on this machine uses the same.</summary>
    public string Index => Path.Combine(AgentHome, "index");

    public TimeProvider Time { get; } = TimeProvider.System;

    public IStore Store { get; }

    public ILedger Ledger { get; }

    /// <summary>The ledger's part that is about studies.</summary>
    public IStudyLedger Studies { get; }

    /// <summary>Finds what a user means by a name.</summary>
    public Ids Ids => new(Ledger, Studies);

    public WorkQueue Queue { get; }

    public ITarget Local { get; }

    public Controller Controller { get; }

    /// <summary>
    /// Looks at what runs before something is shown. What can't be brought up to date is said, and what the ledger has is shown all the same.
    /// </summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var fault in (await Controller.RoundAsync(cancellationToken)).Faults) Output.Terminal.Say($"warning: this may not be the latest: {fault}");
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            Output.Terminal.Say($"warning: this may not be the latest: {e.Message}");
        }
    }

    /// <summary>What drives a study.</summary>
    public StudyDriver Driver(StudyRecord study) =>
        new(Ledger, Studies, Controller, study, SearchMethods.Create(study.Spec.Method), Local.Capabilities.UsdPerHour, Time);

    /// <summary>Ends a study: nothing more is asked, and what runs is cancelled.</summary>
    /// <returns>The runs that are cancelled.</returns>
    public async Task<IReadOnlyList<string>> CancelStudyAsync(string id, CancellationToken cancellationToken)
    {
        // First the study: a driver that looks in between must not ask for more.
        await Studies.ChangeStudyAsync(id, StudyState.Cancelled, null, Time.GetUtcNow(), cancellationToken);
        var runs = await Studies.RunsOfStudyAsync(id, cancellationToken);
        return await Ledger.AskCancelAsync([.. runs.Where(run => !run.State.IsFinal()).Select(run => run.Id)], Time.GetUtcNow(), null, cancellationToken);
    }

    /// <summary>Puts the parts together; nothing is opened yet. The home folder is made here, closed to other users, if it can be.</summary>
    public static Workplace Open()
    {
        var home = Environment.GetEnvironmentVariable("TENFOLD_HOME") is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".tenfold");
        try
        {
            if (!Directory.Exists(home)) Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever needs it will say so; not every command does.
        }

        return new Workplace(home);
    }
}
