using System.Text.Json.Serialization;

namespace Tenfold.Core.Pools;

/// <summary>A machine that serves a pool: what its agent reports of it.</summary>
public sealed record PoolMachine
{
    private const double MostSeconds = 1e11;

    /// <summary>The agent's process, by a name that no other process ever has. Claims name it as their job.</summary>
    public required string Session { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Machine { get; init; }

    /// <summary>The agent's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>When the agent started, by its machine's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The machine's processor cores.</summary>
    public required double Cpus { get; init; }

    /// <summary>The machine's memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The machine's graphics processors.</summary>
    public int Gpus { get; init; }

    /// <summary>The attempts that run there.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>The secrets that waiting attempts need and this machine does not have.</summary>
    public IReadOnlyList<string> MissingSecrets { get; init; } = [];

    /// <summary>True when the agent takes no more work, and ends once its runs have ended.</summary>
    public bool IsDraining { get; init; }

    /// <summary>The id of the cloud's instance that the machine is, such as <c>i-0abc</c>; null when the agent knows none.</summary>
    public string? Instance { get; init; }

    /// <summary>
    /// For how many seconds nothing has run there, by the machine's own clock; null while a run or a graphics processor is busy, and for
    /// agents that don't end themselves.
    /// </summary>
    public double? IdleSeconds { get; init; }

    /// <summary>
    /// True when no run is there, but the graphics processors are busy, or can't be asked: the machine does something for its owner.
    /// </summary>
    public bool HasBusyGpus { get; init; }

    /// <summary>What no run has reserved; null from agents that don't say so.</summary>
    public PoolRoom? Free { get; init; }

    /// <summary>False for a record that no agent writes: whoever can write to the store can write one.</summary>
    internal bool IsPossible => IdleSeconds is null or (>= 0 and < MostSeconds) && Running.All(attempt => attempt is not null)
        && MissingSecrets.All(name => name is not null);
}

/// <summary>Room for runs on a machine.</summary>
/// <param name="Cpus">Processor cores.</param>
/// <param name="MemoryBytes">Memory in bytes.</param>
/// <param name="Gpus">Graphics processors.</param>
public sealed record PoolRoom(double Cpus, long MemoryBytes, int Gpus);

/// <summary>How the records of pools are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PoolMachine))]
[JsonSerializable(typeof(PoolLeaving))]
public sealed partial class PoolJson : JsonSerializerContext;
