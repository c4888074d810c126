using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
using Tenfold.Core.Delivery;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;

namespace Tenfold.EndToEnd.Tests.Killed;

/// <summary>All that two processes need in order to be controllers of the same runs, one after the other.</summary>
/// <param name="Folder">The store, and what the runs leave.</param>
/// <param name="Ledger">The ledger's URL.</param>
/// <param name="Shared">The folder that the nodes share.</param>
/// <param name="Configuration">The cluster's <c>SLURM_CONF</c>.</param>
/// <param name="Programs">Where Slurm's commands lie; null for PATH.</param>
internal sealed record Scene(string Folder, string Ledger, string Shared, string Configuration, string? Programs = null) : ITargetResolver
{
    public const int Runs = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private ResolvedTarget? _place;

    /// <summary>A line for each time that a run's command was started.</summary>
    public string Ran => $"{Folder}/ran";

    /// <summary>The victim's calls, a line each.</summary>
    public string Called => $"{Folder}/called";

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

    /// <summary>The published agent, as the program itself would bring it there.</summary>
    public IAgentBundle Bundle() =>
        new AgentBundle(Path.GetDirectoryName(Path.GetFullPath(Installed.Program))!, $"{Shared}/index", TimeProvider.System);

    /// <summary>A controller of these parts.</summary>
    public Controller Control(ILedger ledger, ISlurm slurm, IStore store, IAgentBundle bundle)
    {
        var target = new SlurmTarget(slurm, store, bundle, Environment.GetEnvironmentVariable, TimeProvider.System);
        _place = new ResolvedTarget("slurm", target, store);
        return new Controller(ledger, this, Environment.GetEnvironmentVariable, TimeProvider.System);
    }

    /// <inheritdoc/>
    public IStore? StoreOf(GroupRecord group) => _place?.Store;

    /// <inheritdoc/>
    public ValueTask<ResolvedTarget?> FindAsync(GroupRecord group, CancellationToken cancellationToken) => ValueTask.FromResult(_place);

    /// <summary>Writes the intent: a group whose runs each leave a line.</summary>
    public async Task<string> IntendAsync(ILedger ledger)
    {
        Directory.CreateDirectory($"{Folder}/project");
        await File.WriteAllTextAsync($"{Folder}/project/README", "a project\n");
        var snapshot =
            (await new SnapshotTaker(Store(), $"{Folder}/index", TimeProvider.System).TakeAsync(
                new SnapshotRequest { Root = $"{Folder}/project" }, CancellationToken.None))
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
            if ((await reports.ReadAsync(RunNames.Attempt(RunNames.Run(group, run), 1), CancellationToken.None))?.State.IsFinal() != true)
                return false;
        return true;
    }
}
