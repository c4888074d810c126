using System.Globalization;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>A job, or elements of an array that share a state, as a listing shows them.</summary>
internal sealed record SlurmJob
{
    /// <summary>The number: the array's for elements.</summary>
    public required long Id { get; init; }

    /// <summary>The indices in the array; empty for a job that is no array.</summary>
    public IReadOnlyList<int> Indices { get; init; } = [];

    /// <summary>
    /// True when there are more indices than the listing had room for: slurmrestd cuts a ragged list after 64 characters.
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
