using System.Globalization;
using Tenfold.App.Storage;
using Tenfold.App.Targets;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Data;
using Tenfold.Core.Delivery;
using Tenfold.Core.Garbage;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning;
using Tenfold.Projects;
using Tenfold.Sql;

namespace Tenfold.App;

/// <summary>The parts that commands work with, put together for one home folder.</summary>
public sealed class Services
{
    private static readonly TimeSpan HandOverPatience = TimeSpan.FromSeconds(15);

    private Services(string home, TimeSpan? ledgerPatience)
    {
        Home = home;
        Stores = new StoreOpener(new FolderStore(Path.Combine(home, "store")), Time);
        Database = Databases.Open(Environment.GetEnvironmentVariable("TENFOLD_LEDGER"), LaptopLedger, Time, ledgerPatience);
        var ledger = new SqlLedger(Database);
        (Ledger, Studies, Garbage) = (ledger, ledger, ledger);
        Queue = new WorkQueue(Path.Combine(home, "local", "queue"));
        Bundle = new AgentBundle(AppContext.BaseDirectory, Index, Time);
        Targets = new TargetResolver([.. TargetKinds.All.Select(kind => kind.Open(this))], Stores, IsLedgerHere);
        Controller = new Controller(Ledger, Targets, Secrets, Time);
    }

    /// <summary>Where everything of Tenfold's lies: <c>$TENFOLD_HOME</c>, else <c>~/.tenfold</c>.</summary>
    public string Home { get; }

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

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>The secrets of runs, from this process's environment.</summary>
    public SecretSource Secrets { get; } = Environment.GetEnvironmentVariable;

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
        WhereElse(group) is { } elsewhere ? Refusal.NotFound(elsewhere) : Outcome.Of(Stores.At(group.Spec.Store));

    /// <summary>Where a group's files lie, when that is a folder of another machine; null when they can be had here.</summary>
    public string? WhereElse(GroupRecord group) => Stores.IsHere(group)
        ? null
        : $"{StoreOpener.WhereIs(group)}. So that every machine sees the next ones, set `store` in tenfold.yaml to a bucket or a shared folder";

    /// <summary>The store in which a run's files lie.</summary>
    public async Task<Outcome<IStore>> StoreOfAsync(string run, CancellationToken cancellationToken) =>
        StoreOf((await Ledger.GroupAsync(RunNames.GroupOf(run), cancellationToken))!);

    /// <summary>
    /// Makes the store ready for work that is about to be recorded: brings the data there that its machines may not see, and leaves this ledger's mark,
    /// since cleaning up asks who else uses the store, and the folder that a target's machines share.
    /// </summary>
    /// <returns>Why the data can't be brought there; null when the store is ready.</returns>
    public async Task<Refusal?> PrepareStoreAsync(WorkSpec work, Action<DataUpload> onUpload, CancellationToken cancellationToken)
    {
        var store = Stores.At(work.Store);
        if (store is IStoreRequirements requirements) await requirements.CheckAsync(cancellationToken);
        foreach (var (channel, data) in work.Data)
        {
            // What lies at an origin is fetched from there, by whoever runs.
            if (data.IsAtOrigin || work.Target is null or { Kind: "local" } || DataPublisher.IsOnSameFileSystem(store, data.Path)) continue;
            onUpload(new DataUpload(channel, data.SizeBytes, store.Url));
            if (await new DataPublisher(store, Index, Time).PublishAsync(data.Path, data.Hash, progress: null, cancellationToken) is { } fault)
                return Refusal.BadInput($"data channel '{channel}': {fault}");
        }

        var ledger = await Ledger.IdAsync(cancellationToken);
        await LedgerRegistry.RegisterAsync(store, ledger, Database.Place, cancellationToken);
        // The agent goes there, and other ledgers may bring theirs.
        if (await Targets.FindAsync(work, cancellationToken) is { Target: ISharesFolder shares })
            await LedgerRegistry.RegisterAsync(new FolderStore(shares.FolderOf(work)), ledger, Database.Place, cancellationToken);
        return null;
    }

    /// <summary>Hands over what a group has pending, for a command that does not stay to watch it.</summary>
    /// <returns>Why some of it is still pending; null when all has been handed over.</returns>
    public async Task<string?> HandOverAsync(string group, CancellationToken cancellationToken)
    {
        var since = Time.GetTimestamp();
        while (true)
        {
            var look = await Controller.ReconcileAsync(cancellationToken);
            var pending = (await Ledger.LiveAsync(cancellationToken)).Where(live => live.Group.Id == group && live.Attempt.State == AttemptState.Pending).ToList();
            if (pending.Count == 0) return null;
            if (look.Faults is [var fault, ..]) return fault;
            if (pending.Find(live => live.Attempt.Reason is not null) is { } waiting) return waiting.Attempt.Reason;
            // Another command is handing over right now, and leaves this to us or does it too.
            if (Time.GetElapsedTime(since) > HandOverPatience) return "another command is handing runs over there; the next look goes on";
            await Task.Delay(TimeSpan.FromMilliseconds(100), Time, cancellationToken);
        }
    }

    /// <summary>What drives a study.</summary>
    public async Task<StudyDriver> DriverAsync(StudyRecord study, CancellationToken cancellationToken) =>
        new(Ledger, Studies, Controller, study, SearchMethods.Create(study.Spec.Method), await PriceAsync(study, cancellationToken), Time);

    private async Task<decimal?> PriceAsync(StudyRecord study, CancellationToken cancellationToken)
    {
        try
        {
            return study.Spec.Work is { } work && await Targets.FindAsync(work, cancellationToken) is { Target: IPrices prices }
                ? await prices.UsdPerHourAsync(work.Resources, work.Target, cancellationToken) : null;
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return null; // the rounds will say it
        }
    }

    /// <summary>Ends a study: nothing more is asked, and what runs is cancelled.</summary>
    /// <returns>The runs that are cancelled.</returns>
    public async Task<IReadOnlyList<string>> CancelStudyAsync(string id, CancellationToken cancellationToken)
    {
        // First the study: a driver that looks in between must not ask for more.
        await Studies.ChangeStudyAsync(id, StudyState.Cancelled, null, Time.GetUtcNow(), cancellationToken);
        var runs = await Studies.RunsOfStudyAsync(id, cancellationToken);
        return await Ledger.RequestCancelAsync([.. runs.Where(run => !run.State.IsFinal()).Select(run => run.Id)], Time.GetUtcNow(), null, cancellationToken);
    }

    /// <summary>The home folder: <c>$TENFOLD_HOME</c>, else <c>~/.tenfold</c>.</summary>
    public static string HomeFolder() => Environment.GetEnvironmentVariable("TENFOLD_HOME") is { Length: > 0 } named
        ? Path.GetFullPath(named)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".tenfold");

    /// <summary>Puts the parts together; nothing is opened yet. Creates the home folder, closed to other users, if possible.</summary>
    /// <returns>The services; or BadInput, when an environment variable has a value that can't be used.</returns>
    public static Outcome<Services> Open()
    {
        var patience = Environment.GetEnvironmentVariable("TENFOLD_LEDGER_PATIENCE");
        var seconds = 0;
        if (patience is { Length: > 0 } && !int.TryParse(patience, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
            return Refusal.BadInput("TENFOLD_LEDGER_PATIENCE is not a whole number of seconds");
        var home = HomeFolder();
        try
        {
            if (!Directory.Exists(home)) Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Some commands work without a home. The others report this when they write to it.
        }

        return new Services(home, patience is { Length: > 0 } ? TimeSpan.FromSeconds(seconds) : null);
    }
}

/// <summary>A data channel is about to be uploaded to the store. Content that the store already has is not sent again.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="SizeBytes">Its whole size in bytes.</param>
/// <param name="StoreUrl">The store.</param>
public sealed record DataUpload(string Channel, long SizeBytes, string StoreUrl);
