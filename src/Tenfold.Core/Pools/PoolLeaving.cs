using System.Text.Json.Serialization;

namespace Tenfold.Core.Pools;

/// <summary>
/// What is known of an instance that stopped. It keeps controllers from starting the instance again and again for work that it can't do.
/// </summary>
/// <param name="Instance">The instance.</param>
/// <param name="Why">Why it stopped.</param>
public sealed record PoolLeaving(string Instance, PoolEnding Why)
{
    /// <summary>When this was written, by the store's clock; the store says it.</summary>
    [JsonIgnore]
    public DateTimeOffset At { get; init; }

    /// <summary>What the machine's agent reported last; null when it never reported.</summary>
    public PoolMachine? Machine { get; init; }

    /// <summary>The attempts that waited when it stopped, and that it could not take: it is too small, or lacks their secrets.</summary>
    public IReadOnlyList<string> Declined { get; init; } = [];
}

/// <summary>Why an agent of a pool ended, or why its machine was stopped.</summary>
public enum PoolEnding
{
    /// <summary>A signal asked it to end.</summary>
    Signalled,

    /// <summary><c>tenfold pool drain</c> asked it to end.</summary>
    Drained,

    /// <summary>It had nothing to do for as long as its owner allows.</summary>
    Idle,

    /// <summary>Its machine has run for as long as its owner allows.</summary>
    Lifetime,

    /// <summary>Its machine ran without an agent, and a watchdog stopped the machine.</summary>
    Silent,
}
