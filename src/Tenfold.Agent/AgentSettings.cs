using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>What an agent works with.</summary>
public sealed record AgentSettings
{
    /// <summary>The agent's own folder on this machine: snapshots, environments, working folders, checkpoints.</summary>
    public required string Home { get; init; }

    /// <summary>The store, where it meets the controllers.</summary>
    public required IStore Store { get; init; }

    /// <summary>Opens the origin of data by its URL. Null: none is known here, and runs with such data are refused.</summary>
    public Func<string, IDataOrigin>? Origins { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>From SIGTERM to SIGKILL; default 30 s, as the worker contract says.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same once the machine is being taken away; default 20 s. Schedulers kill all that is left some time after they warned, Slurm mostly after 30 s: the rest is for keeping.</summary>
    public TimeSpan GraceWhenTaken { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the agent says that it lives; default 5 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often stop marks are looked for and metrics passed on; default 0.25 s. Each look is a request: 2 s do for a store across a network.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a store that can't be reached is waited for, before a run and after it; while it runs, without end, and what it prints gathers on
    /// this machine's disk. Zero, the default, gives up at once, as fits a folder on that same disk; minutes fit a store across a network.
    /// </summary>
    public TimeSpan Patience { get; init; }

    /// <summary>How long another process that makes an environment, or fetches what both need, is waited for; default 30 min.</summary>
    public TimeSpan CachePatience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often changed checkpoints are brought into the store; default 20 s. On machines of a backend only.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The machine's facts when a backend gave it to one attempt; null for the agent of this machine's own queue.</summary>
    public NodeFacts? Node { get; init; }

    /// <summary>The same for a store across a network: looked at less often, and waited for.</summary>
    public AgentSettings ForStoreFarAway() => this with { Look = TimeSpan.FromSeconds(2), Heartbeat = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromMinutes(10) };

    /// <summary>Takes what whoever runs the agent should know, a line each; null for nobody.</summary>
    public Action<string>? Say { get; init; }
}
