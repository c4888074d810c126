using Tenfold.App.Serving.Checking;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Deploying;

/// <summary>What to deploy. Either <see cref="Run"/> or <see cref="Address"/> is given.</summary>
public sealed record DeployRequest
{
    /// <summary>A prefix of a run's id; null for a service that runs already.</summary>
    public string? Run { get; init; }

    /// <summary>The address of a service that runs already; null for a run.</summary>
    public Uri? Address { get; init; }

    /// <summary>The version's name.</summary>
    public required string Version { get; init; }

    /// <summary>The model's name; null for the name of the run's project.</summary>
    public string? Model { get; init; }

    /// <summary>How many processes answer at once; null for what the project says.</summary>
    public int? Replicas { get; init; }

    /// <summary>On AWS: how many tasks run at most; null for four times <see cref="Replicas"/>.</summary>
    public int? MaxReplicas { get; init; }

    /// <summary>On AWS: the vCPUs of a task; null for one.</summary>
    public double? Cpus { get; init; }

    /// <summary>On AWS: the memory of a task in MiB; null for the least that Fargate has with so many vCPUs.</summary>
    public int? MemoryMiB { get; init; }
}

/// <summary>A version that was deployed.</summary>
/// <param name="Version">The version, as it is recorded.</param>
/// <param name="Share">Its share of the model's traffic in buckets: all of them for a model's first version, otherwise none.</param>
/// <param name="Gate">The gate's verdict in words; null without a gate.</param>
/// <param name="Results">The results of the check.</param>
public sealed record DeployedVersion(ModelVersion Version, int Share, string? Gate, IReadOnlyList<RuleResult> Results);
