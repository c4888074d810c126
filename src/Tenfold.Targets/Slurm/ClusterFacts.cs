namespace Tenfold.Targets.Slurm;

/// <summary>What is fixed of a cluster.</summary>
/// <param name="User">The user that our jobs are of.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="MaxArraySize">One more than the largest index of an array.</param>
/// <param name="HasAccounting">True when ended jobs are kept in a database (<c>sacct</c>).</param>
internal sealed record ClusterFacts(string User, string Cluster, int MaxArraySize, bool HasAccounting)
{
    /// <summary>How long answers about the cluster's configuration are used before they are asked for again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>What a group's record has as its place.</summary>
    public string Place => $"{User}@{Cluster}";

    /// <summary>The machine of slurmctld, which older versions of slurmrestd tell instead of the cluster's name; null for none.</summary>
    public string? Controller { get; init; }

    /// <summary>True for this place, also as it was recorded before slurmrestd told the cluster's name.</summary>
    public bool Is(string place) => place == Place || (Controller is not null && place == $"{User}@{Controller}");
}

/// <summary>A partition.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">True for the one of jobs that name none.</param>
/// <param name="MaxMinutes">The longest time limit in minutes; null for none.</param>
/// <param name="DefaultMinutes">The time limit of jobs that ask for none; null for the longest.</param>
internal sealed record Partition(string Name, bool IsDefault, int? MaxMinutes, int? DefaultMinutes = null);
