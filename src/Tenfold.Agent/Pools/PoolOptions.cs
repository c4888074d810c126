using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Agent.Pools;

/// <summary>How an agent serves a pool.</summary>
/// <param name="Pool">The pool's name.</param>
public sealed record PoolOptions(string Pool)
{
    /// <summary>The variables of the agent's process that runs may get as secrets, when they name them. Default: none.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Further variables of the agent's process that every run gets, such as <c>HF_HOME</c>. Default: none.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>
    /// How long runs may continue after a signal asked the agent to end; then they are stopped, and continue on another machine. Null for
    /// as long as they take.
    /// </summary>
    public TimeSpan? DrainLimit { get; init; }

    /// <summary>
    /// How long the machine may have nothing to do before its agent ends, so that the machine can be stopped. A run, and a busy graphics
    /// processor, are something to do. Null, the default, for as long as it takes.
    /// </summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// How long after its boot the machine must be off. Some minutes earlier its runs are stopped, and continue on another machine. Null,
    /// the default, for no limit.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>For how long the machine had been on when this was made.</summary>
    public TimeSpan Uptime { get; init; }

    /// <summary>The id of the cloud's instance that the machine is; null when it is none, or unknown.</summary>
    public string? Instance { get; init; }

    /// <summary>The agent's version, for <c>tenfold pool status</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>True when an attempt's target lets this machine take it.</summary>
    internal bool Allows(Assignment assignment, string machine)
    {
        if (assignment.Spec.Target is not { } target) return true;
        var named = TargetSettings.From(target);
        return named.Texts("machines") is not { Count: > 0 } machines
            || machines.Contains(machine, StringComparer.OrdinalIgnoreCase)
            || (Instance is { } instance && named.Texts("instances").Contains(instance));
    }
}
