using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Targets.Tests.Slurm;

/// <summary>A store and a target on a throw-away cluster, with a stand-in for the agent.</summary>
internal sealed class SlurmBench : ITargetHarness, IAgentBundle
{
    private readonly bool _byRest;
    private readonly CountingSlurm _slurm;
    private readonly List<string> _killed = [];

    public SlurmBench(SlurmCluster cluster, bool byRest = false)
    {
        (Cluster, _byRest) = (cluster, byRest);
        Store = new FolderStore(Folder["store"]);
        _slurm = new CountingSlurm(Connect());
        Target = new SlurmTarget(_slurm, Store, this, Sessions.Own, Secrets.GetValueOrDefault, Time);
    }

    public TemporaryFolder Folder { get; } = new();

    public SlurmCluster Cluster { get; }

    public IStore Store { get; }

    public ShiftedTime Time { get; } = new();

    /// <summary>The secrets that the host has.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>What the scripts run before their agent.</summary>
    public string Preamble { get; set; } = "";

    ITarget ITargetHarness.Target => Target;

    public SlurmTarget Target { get; }

    public int? Calls => _slurm.Calls;

    /// <summary>Stops attempts as the control loop does: first the stop marks, then the target.</summary>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        await StopMarks.WriteAsync(Store, attempts, Time, cancellationToken);
        await Target.StopAsync(attempts, cancellationToken);
    }

    public ITarget Reopen() => new SlurmTarget(Connect(), Store, this, Sessions.Own, Secrets.GetValueOrDefault, TimeProvider.System);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat = 1) => AssignAsync(command, repeat, null);

    public Task<IReadOnlyList<Assignment>> AssignAsync(string command, int repeat, Func<WorkSpec, WorkSpec>? with) =>
        Work.AssignAsync(Store, Folder, command, repeat, with);

    public void Hold(bool isHeld) => Cluster.Run("scontrol", "update", "PartitionName=main", $"State={(isHeld ? "DOWN" : "UP")}");

    public void Kill(string attempt)
    {
        var node = Cluster.Run("squeue", "--noheader", "--states=running", "--Format=NodeList:;,Comment:;").Split('\n')
            .First(line => line.Contains(RunNames.GroupOf(attempt), StringComparison.Ordinal)).Split(';')[0];
        _killed.Add(node);
        Cluster.Kill(node);
        Cluster.KillJobs(node);
    }

    public async Task<(Assignment Assignment, string Word)?> ImpossibleAsync() =>
        ((await AssignAsync("true", 1, spec => spec with { Resources = spec.Resources with { MemoryBytes = 1L << 50 } }))[0], "memory");

    public Task<Outcome<AgentLaunch>> PutInFolderAsync(string folder, CancellationToken cancellationToken) =>
        LaunchOfAsync(folder, cancellationToken);

    public Task<Outcome<AgentLaunch>> LaunchOfAsync(string folder, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<AgentLaunch>>(
            new AgentLaunch(Preamble, $"/usr/bin/python3 {AppContext.BaseDirectory}Slurm/stand-in.py"));

    public Task<Outcome<AgentLaunch>> ReadLaunchAsync(IStore store, CancellationToken cancellationToken) =>
        PutInFolderAsync("", cancellationToken);

    public Task<Outcome<AgentLaunch>> PutInStoreAsync(IStore store, CancellationToken cancellationToken) =>
        PutInFolderAsync("", cancellationToken);

    /// <summary>The state of one attempt now.</summary>
    public BackendState Observe(Assignment assignment) =>
        Target.ObserveAsync([assignment.Attempt], CancellationToken.None).GetAwaiter().GetResult()[0];

    /// <summary>The cluster as a run's target, with options as JSON.</summary>
    public static TargetSpec Spec(string options) => new("slurm", "root@throwaway", JsonDocument.Parse(options).RootElement);

    public async ValueTask DisposeAsync()
    {
        Hold(false);
        Cluster.Run("scancel", $"--user={Environment.UserName}", "--quiet");
        foreach (var node in _killed) Cluster.Start(node);
        await Eventually.ShouldBeAsync(() => Cluster.Run("squeue", "--noheader").Length == 0, "the cluster is empty");
        await Eventually.ShouldBeAsync(
            () => Cluster.Run("sinfo", "--noheader", "--states=idle", "--partition=main", "--format=%D").Trim() == "2",
            "all nodes are back");
        Folder.Dispose();
    }

    /// <summary>Connects to Slurm as another process would.</summary>
    /// <param name="folder">The folder that has the commands; null for PATH.</param>
    /// <param name="timeout">How long an answer may take; null for 20 s.</param>
    public ISlurm Connect(string? folder = null, TimeSpan? timeout = null)
    {
        var limit = timeout ?? TimeSpan.FromSeconds(20);
        if (_byRest) return SlurmRest.Open(Cluster.Rest, Sessions.Own.User, limit, TimeProvider.System, readToken: () => null);
        var runner = new CommandRunner(() => Cluster.CommandEnvironment, limit, TimeProvider.System);
        return new SlurmCommands(runner, Environment.UserName, TimeProvider.System, folder);
    }
}
