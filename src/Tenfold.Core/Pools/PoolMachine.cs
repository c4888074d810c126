using System.Text.Json.Serialization;

namespace Tenfold.Core.Pools;

/// <summary>A machine that serves a pool: what its agent reports of it.</summary>
public sealed record PoolMachine
{
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
}

/// <summary>How the records of pools are written as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PoolMachine))]
public sealed partial class PoolJson : JsonSerializerContext;
