namespace Tenfold.Targets.Slurm;

/// <summary>The facts about a cluster that seldom change.</summary>
/// <param name="User">The user who submits jobs.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="MaxArraySize">The largest index of an array, plus one.</param>
/// <param name="HasAccounting">True when a database keeps ended jobs (<c>sacct</c>).</param>
internal sealed record ClusterFacts(string User, string Cluster, int MaxArraySize, bool HasAccounting)
{
    /// <summary>How long answers about the cluster's configuration are used before they are requested again.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(10);

    /// <summary>The place that a group's record names.</summary>
    public string Place => $"{User}@{Cluster}";

    /// <summary>
    /// The host of slurmctld, which older versions of slurmrestd report instead of the cluster's name; null when unknown.
    /// </summary>
    public string? Controller { get; init; }

    /// <summary>
    /// True when a recorded place is this user and cluster. Older records may name the controller instead of the cluster.
    /// </summary>
    public bool Is(string place) => place == Place || (Controller is not null && place == $"{User}@{Controller}");
}

/// <summary>A partition.</summary>
/// <param name="Name">The partition's name.</param>
/// <param name="IsDefault">True for the partition of jobs that name none.</param>
/// <param name="MaxMinutes">The longest time limit in minutes; null for no limit.</param>
/// <param name="DefaultMinutes">The time limit of jobs that request none; null for <paramref name="MaxMinutes"/>.</param>
internal sealed record Partition(string Name, bool IsDefault, int? MaxMinutes, int? DefaultMinutes = null);
