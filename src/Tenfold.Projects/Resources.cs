using Tenfold.Core.Runs;

namespace Tenfold.Projects;

/// <summary>What one run needs of a machine: the <c>resources</c> part.</summary>
public sealed record Resources
{
    /// <summary>The number of cores; may be a fraction. Default: 1.</summary>
    public double Cpus { get; init; } = 1;

    /// <summary>The memory in bytes; null: the target's default.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The number of GPUs. Default: 0.</summary>
    public int Gpus { get; init; }

    /// <summary>True to use cheaper machines that the cloud may reclaim. Default: false.</summary>
    public bool Spot { get; init; }

    /// <summary>The time after which an attempt is stopped; null: no limit.</summary>
    public TimeSpan? MaxRuntime { get; init; }

    /// <summary>What the machines of a group's runs may cost together in US dollars; null for no limit.</summary>
    public decimal? MaxUsd { get; init; }

    /// <summary>How many times a failed attempt is retried. Default: 0.</summary>
    public int Retries { get; init; }

    /// <summary>How many times a lost attempt is retried. Default: 20 on spot machines, 3 on others.</summary>
    public int LostRetries { get; init; } = ResourceSpec.UsualLostRetries;
}
