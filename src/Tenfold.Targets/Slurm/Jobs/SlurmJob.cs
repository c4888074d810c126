using System.Globalization;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>An entry of a listing: a job, or elements of an array that share a state.</summary>
internal sealed record SlurmJob
{
    /// <summary>The job id; for elements, the array's.</summary>
    public required long Id { get; init; }

    /// <summary>The indices in the array; empty for a job that isn't an array.</summary>
    public IReadOnlyList<int> Indices { get; init; } = [];

    /// <summary>
    /// True when the listing left out indices: slurmrestd cuts a list after 64 characters.
    /// </summary>
    public bool HasMore { get; init; }

    /// <summary>The state in Slurm's words (<c>PENDING</c>), without flags.</summary>
    public required string State { get; init; }

    /// <summary>The reason in Slurm's words; <c>None</c> for none.</summary>
    public string Reason { get; init; } = "None";

    /// <summary>The name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The comment; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The nodes; empty before the job runs.</summary>
    public string Nodes { get; init; } = "";

    /// <summary>How often Slurm has requeued the job.</summary>
    public int Restarts { get; init; }

    /// <summary>The wait status of the batch script (exit code times 256, plus the signal); null when it isn't reported.</summary>
    public int? WaitStatus { get; init; }

    /// <summary>The job in the notation of scancel: <c>12</c>, <c>12_3</c>, <c>12_[4-9]</c>.</summary>
    public string Handle => Indices.Count switch
    {
        0 => Id.ToString(CultureInfo.InvariantCulture),
        1 => $"{Id}_{Indices[0]}",
        _ => $"{Id}_[{ArrayRanges.Write(Indices)}]",
    };
}
