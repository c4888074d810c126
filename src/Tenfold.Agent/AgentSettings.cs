using Tenfold.Core.Store;

namespace Tenfold.Agent;

/// <summary>What an agent works with.</summary>
public sealed record AgentSettings
{
    /// <summary>The agent's own folder on this machine: snapshots, environments, working folders, checkpoints.</summary>
    public required string Home { get; init; }

    /// <summary>The store, where it meets the controllers.</summary>
    public required IStore Store { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>From SIGTERM to SIGKILL; default 30 s, as the worker contract says.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the agent says that it lives; default 5 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often stop marks are looked for and metrics passed on; default 0.25 s.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(250);
}
