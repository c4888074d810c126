using System.Globalization;

namespace Tenfold.Targets.Slurm;

/// <summary>Slurm as this user sees it, however it is spoken to. Each call is one question to slurmctld.</summary>
/// <remarks>Every call throws <see cref="Core.Targets.TargetException"/> when slurmctld does not answer.</remarks>
internal interface ISlurm
{
    /// <summary>Who asks, and which cluster answers.</summary>
    Task<ClusterFacts> FactsAsync(CancellationToken cancellationToken);

    /// <summary>Every job of this user that slurmctld still knows, ended ones too. Waiting elements of an array come together.</summary>
    Task<IReadOnlyList<SlurmJob>> JobsAsync(CancellationToken cancellationToken);

    /// <summary>Jobs of this user that have ended in the last days, from the accounting database; null where there is none.</summary>
    Task<IReadOnlyList<SlurmJob>?> EndedAsync(CancellationToken cancellationToken);

    /// <summary>Submits one array job.</summary>
    Task<SubmitAnswer> SubmitAsync(Submission submission, CancellationToken cancellationToken);

    /// <summary>Ends elements of arrays.</summary>
    /// <param name="jobs">Each with the indices that are to end, and no others.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task CancelAsync(IReadOnlyList<SlurmJob> jobs, CancellationToken cancellationToken);

    /// <summary>What <see cref="SubmitAsync"/> would send, for people.</summary>
    string Describe(Submission submission);

    /// <summary>The partitions that this user sees.</summary>
    Task<IReadOnlyList<Partition>> PartitionsAsync(CancellationToken cancellationToken);
}

/// <summary>What is fixed of a cluster.</summary>
/// <param name="User">The user that our jobs are of.</param>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="MaxArraySize">One more than the largest index of an array.</param>
/// <param name="HasAccounting">True when ended jobs are kept in a database (<c>sacct</c>).</param>
internal sealed record ClusterFacts(string User, string Cluster, int MaxArraySize, bool HasAccounting)
{
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

/// <summary>What came of a submission.</summary>
/// <param name="Kind">What.</param>
/// <param name="Words">Slurm's own words, when it said no.</param>
internal sealed record SubmitAnswer(SubmitKind Kind, string Words = "");

/// <summary>Whether a submission was taken.</summary>
internal enum SubmitKind
{
    /// <summary>It was.</summary>
    Taken,

    /// <summary>It was not, and Slurm said why.</summary>
    Refused,

    /// <summary>No answer came: it may have been taken, or may yet be.</summary>
    Unknown,
}

/// <summary>A job, or elements of an array that share a state, as a listing shows them.</summary>
internal sealed record SlurmJob
{
    /// <summary>The number: the array's for elements.</summary>
    public required long Id { get; init; }

    /// <summary>The indices in the array; empty for a job that is no array.</summary>
    public IReadOnlyList<int> Indices { get; init; } = [];

    /// <summary>True when there are more indices than the listing had room for: slurmrestd cuts a ragged list after 64 characters.</summary>
    public bool HasMore { get; init; }

    /// <summary>The state in Slurm's words (<c>PENDING</c>), without flags.</summary>
    public required string State { get; init; }

    /// <summary>The reason in Slurm's words; <c>None</c> for none.</summary>
    public string Reason { get; init; } = "None";

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The comment; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The nodes; empty before it runs.</summary>
    public string Nodes { get; init; } = "";

    /// <summary>How often Slurm has put it back into the queue.</summary>
    public int Restarts { get; init; }

    /// <summary>The wait status of the batch script (exit code times 256, plus the signal); null when not told.</summary>
    public int? WaitStatus { get; init; }

    /// <summary>The job as people and scancel name it: <c>12</c>, <c>12_3</c>, <c>12_[4-9]</c>.</summary>
    public string Handle => Indices.Count switch
    {
        0 => Id.ToString(CultureInfo.InvariantCulture),
        1 => $"{Id}_{Indices[0]}",
        _ => $"{Id}_[{ArrayRanges.Write(Indices)}]",
    };
}
