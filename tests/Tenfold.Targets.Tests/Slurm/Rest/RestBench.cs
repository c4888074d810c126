using Tenfold.Core.Outcomes;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm;
using Tenfold.Targets.Slurm.Jobs;
using Tenfold.Targets.Slurm.Rest;
using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>A stand-in for slurmrestd, with a client.</summary>
internal sealed class RestBench : IAgentBundle, IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private static readonly JobLabel Label = new("ledgerxx", ["k7m2xqab-1-1", "k7m2xqab-2-1", "k7m2xqab-3-1", "k7m2xqab-4-1"]);

    public RestBench(params int[] versions)
    {
        Server = new StandInSlurmrestd(versions);
        Slurm = SlurmRest.Open(Server.Address, Sessions.Own.User, Timeout, Time, () => Token);
    }

    /// <summary>The client's clock.</summary>
    public ShiftedTime Time { get; } = new();

    /// <summary>The token that the client reads.</summary>
    public string Token { get; set; } = StandInSlurmrestd.Token;

    public StandInSlurmrestd Server { get; }

    public SlurmRest Slurm { get; }

    public TemporaryFolder Folder { get; } = new();

    /// <summary>An array of four with every option.</summary>
    public static JobRequest Full { get; } = new()
    {
        Label = Label,
        Options = new SlurmOptions { Partition = "gpu", Account = "lab", Qos = "long", Constraint = "a100" },
        MaxParallel = 2,
        Cpus = 3,
        MemoryMiB = 4096,
        Gpus = 2,
        Minutes = 75,
        Output = "/shared/slurm/%A_%a.log",
        Folder = "/shared/slurm",
        Store = "/shared/store",
        Launch = new AgentLaunch("", "/shared/agent"),
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["SECRET"] = "a=b" },
    };

    /// <summary>An array of four with as few options as possible.</summary>
    public static JobRequest Bare { get; } =
        Full with { Options = new SlurmOptions(), MaxParallel = null, MemoryMiB = null, Gpus = 0, Minutes = null };

    public Task<Outcome<AgentLaunch>> PutInFolderAsync(string folder, CancellationToken cancellationToken) =>
        LaunchOfAsync(folder, cancellationToken);

    public Task<Outcome<AgentLaunch>> PutInStoreAsync(IStore store, CancellationToken cancellationToken) =>
        PutInFolderAsync("", cancellationToken);

    public Task<Outcome<AgentLaunch>> LaunchOfAsync(string folder, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<AgentLaunch>>(new AgentLaunch("", "/shared/agent"));

    public Task<Outcome<AgentLaunch>> ReadLaunchAsync(IStore store, CancellationToken cancellationToken) =>
        PutInFolderAsync("", cancellationToken);

    public void Dispose()
    {
        Server.Dispose();
        Folder.Dispose();
    }
}
