using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Data;
using Tenfold.Core.Hosts;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>What an agent works with.</summary>
public sealed record AgentSettings
{
    /// <summary>The agent's own folder on this machine: snapshots, environments, working folders, checkpoints.</summary>
    public required string Home { get; init; }

    /// <summary>The store, through which the agent and the controllers exchange everything.</summary>
    public required IStore Store { get; init; }

    /// <summary>The name of this machine, as reports and messages show it.</summary>
    public required string Machine { get; init; }

    /// <summary>
    /// The environment variables of this process, from which the runs of this machine's own queue start. Under a host, those of
    /// <see cref="IAgentHost.Environment"/> count instead.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>Opens the origin of data by its URL; null refuses runs whose data lies at an origin.</summary>
    public Func<string, IDataOrigin>? Origins { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Time from SIGTERM to SIGKILL; default 30 s, as the worker contract says.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Time from SIGTERM to SIGKILL when the host ends the job; default 20 s. Schedulers kill the job some time after their warning (Slurm
    /// by default after 30 s), and the agent needs the rest of that time to upload the command's files.
    /// </summary>
    public TimeSpan PreemptionGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the agent writes its heartbeat; default 5 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often the agent checks for a stop mark and writes metrics; default 0.25 s. Each check is a request, so 2 s suit a store across a
    /// network.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long the agent retries a store that does not answer, before a run and after it. Zero, the default, gives up at once, as suits a
    /// folder on the same disk; minutes suit a store across a network. During a run the agent retries without limit, and output waits on
    /// this machine's disk.
    /// </summary>
    public TimeSpan StoreTimeout { get; init; }

    /// <summary>
    /// How long the agent waits for another process that builds an environment or fetches data that both need; default 30 min.
    /// </summary>
    public TimeSpan CacheLockTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often changed checkpoints are saved: to the store, or beside their folder; default 20 s.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The key with which the agent recognises environments that other jobs of its user have stored; see
    /// <see cref="Core.Environments.EnvironmentKey"/>. Null, the default, stores and fetches none.
    /// </summary>
    public string? EnvironmentKey { get; init; }

    /// <summary>The host that started this process for one attempt; null for the agent of this machine's own queue.</summary>
    public IAgentHost? Host { get; init; }

    /// <summary>
    /// Receives what the user should know, a line each; null discards it. Under a host the lines go to the job's output, and otherwise to
    /// the output of the queue's agent.
    /// </summary>
    public Action<string>? Notify { get; init; }

    /// <summary>
    /// The output of this process, to which the command's output is copied when the host shows it
    /// (<see cref="HostTraits.ShowsOutput"/>); null copies nothing.
    /// </summary>
    public Stream? Output { get; init; }

    /// <summary>Receives structured events for operators; by default they are discarded.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;

    /// <summary>These settings for a store across a network: it is polled less often, and retried.</summary>
    public AgentSettings ForRemoteStore() => this with
    {
        PollInterval = TimeSpan.FromSeconds(2),
        Heartbeat = TimeSpan.FromSeconds(10),
        StoreTimeout = TimeSpan.FromMinutes(10),
    };
}
