using System.Collections;
using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Delivery;
using Tenfold.Core.Hosts;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>Everything that two processes need to control the same runs, one after the other.</summary>
/// <param name="Folder">The folder with the store and the files that the runs write.</param>
/// <param name="Ledger">The ledger's URL.</param>
/// <param name="Shared">The folder that the nodes share.</param>
/// <param name="Configuration">The cluster's <c>SLURM_CONF</c>.</param>
/// <param name="Programs">The folder with Slurm's commands; null for PATH.</param>
internal sealed record Scene(string Folder, string Ledger, string Shared, string Configuration, string? Programs = null) : ITargetResolver
{
    public const int Runs = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private ResolvedTarget? _resolved;

    /// <summary>The file with a line for each start of a run's command.</summary>
    public string Ran => $"{Folder}/ran";

    /// <summary>The file with a line for each call of the victim.</summary>
    public string Calls => $"{Folder}/calls";

    public IStore Store() => new FolderStore($"{Folder}/store");

    public ISlurm Slurm() => new SlurmCommands(
        new CommandRunner(CommandEnvironment, Patience, TimeProvider.System), Environment.UserName, TimeProvider.System, Programs);

    private Dictionary<string, string> CommandEnvironment() => new()
    {
        ["SLURM_CONF"] = Configuration,
        ["PATH"] = "/usr/bin:/bin",
        ["HOME"] = "/tmp",
        ["LC_ALL"] = "C",
    };

    /// <summary>The published agent, as the program delivers it.</summary>
    public IAgentBundle Bundle() =>
        new AgentBundle(Path.GetDirectoryName(Path.GetFullPath(Installed.Program))!, $"{Shared}/index", TimeProvider.System);

    /// <summary>Creates a controller from these parts.</summary>
    public Controller CreateController(ILedger ledger, ISlurm slurm, IStore store, IAgentBundle bundle)
    {
        var session = new UserSession
        {
            Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(variable => (string)variable.Key, variable => (string)variable.Value!),
            User = Environment.UserName,
            Machine = Environment.MachineName,
            HomeFolder = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        };
        var target = new SlurmTarget(slurm, store, bundle, session, Environment.GetEnvironmentVariable, TimeProvider.System);
        _resolved = new ResolvedTarget("slurm", target, store);
        return new Controller(ledger, this, Environment.GetEnvironmentVariable, TimeProvider.System);
    }

    /// <inheritdoc/>
    public IStore? StoreOf(GroupRecord group) => _resolved?.Store;

    /// <inheritdoc/>
    public ValueTask<TargetResolution> FindAsync(GroupRecord group, CancellationToken cancellationToken) =>
        ValueTask.FromResult<TargetResolution>(_resolved!);

    /// <summary>Records a group whose runs each write a line to <see cref="Ran"/>.</summary>
    public async Task<string> RecordGroupAsync(ILedger ledger)
    {
        Directory.CreateDirectory($"{Folder}/project");
        await File.WriteAllTextAsync($"{Folder}/project/README", "a project\n");
        var taker = new SnapshotTaker(Store(), $"{Folder}/index", TimeProvider.System);
        var snapshot = (await taker.TakeAsync(new SnapshotRequest { Root = $"{Folder}/project" }, CancellationToken.None))
            .Match(taken => taken.Snapshot.Id, refused => throw new InvalidOperationException(refused.Faults[0].Message));
        var options = new TargetSettings("slurm", new Dictionary<string, ParameterValue> { ["folder"] = new TextValue(Shared) }).ToJson();
        var group = new GroupRecord
        {
            Id = RunNames.NewGroup(),
            Root = $"{Folder}/project",
            Target = "cluster",
            CreatedAt = TimeProvider.System.GetUtcNow(),
            Host = Environment.MachineName,
            Version = "test",
            BaseSeed = 0,
            Repeat = Runs,
            Spec = new WorkSpec
            {
                Project = "test",
                Snapshot = snapshot,
                Command = $"echo $TENFOLD_RUN >> {Ran}",
                Environment = new EnvironmentSpec("system"),
                Parameters = JsonElement.Parse("{}"),
                Shell = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
                Store = Store().Url,
                Target = new TargetSpec("slurm", (await Slurm().GetFactsAsync(CancellationToken.None)).Place, options),
            },
        };
        await ledger.AddGroupAsync(
            group, [.. Enumerable.Range(1, Runs).Select(i => RunRecord.New(group, i, 1000 + i))], CancellationToken.None);
        return group.Id;
    }

    /// <summary>True when the agents have reported the end of every run's first attempt.</summary>
    public async Task<bool> HaveReportedAsync(string group)
    {
        var reports = new AttemptReports(Store());
        for (var run = 1; run <= Runs; run++)
        {
            var attempt = RunNames.Attempt(RunNames.Run(group, run), 1);
            if ((await reports.ReadAsync(attempt, CancellationToken.None))?.State.IsFinal() != true) return false;
        }

        return true;
    }
}
