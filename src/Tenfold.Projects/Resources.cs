namespace Tenfold.Projects;

/// <summary>What one run needs of a machine: the <c>resources</c> part.</summary>
public sealed record Resources
{
    /// <summary>Cores, fractions allowed. Default: 1.</summary>
    public double Cpus { get; init; } = 1;

    /// <summary>Memory; null: the target's default.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Graphics cards. Default: 0.</summary>
    public int Gpus { get; init; }

    /// <summary>True to use cheaper machines that the cloud may reclaim. Default: false.</summary>
    public bool Spot { get; init; }

    /// <summary>After this time an attempt is stopped; null: never.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>How often a failed attempt is followed by another. Default: 0.</summary>
    public int Retries { get; init; }
}
