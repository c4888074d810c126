using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>The job that executes an attempt, as it was last seen.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Job">The job, or the array that it belongs to.</param>
/// <param name="Index">Its index in the array; null for a job that is alone.</param>
/// <param name="State">The attempt's state.</param>
internal sealed record BatchElement(string Attempt, BatchParent Job, int? Index, BackendState State)
{
    /// <summary>The id by which Batch describes and ends the job.</summary>
    public string Id => Index is { } index ? $"{Job.Id}:{index}" : Job.Id;

    /// <summary>True once the job has ended: it never runs again.</summary>
    public bool HasEnded => State.Kind == BackendKind.Gone;

    /// <summary>The round of observation in which the state was seen.</summary>
    public int Round { get; init; }

    /// <summary>When Batch got the job; null before it was described.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>True when the job waits for a machine, and Batch gave no reason.</summary>
    public bool WaitsWithoutReason { get; init; }

    /// <summary>True when the state says all that is known of the end; false when a later round may find out why the job failed.</summary>
    public bool IsExplained { get; init; }
}

/// <summary>A submitted job or array.</summary>
/// <param name="Id">Batch's id of it.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Attempts">Its attempts, by index.</param>
internal sealed record BatchParent(string Id, string Queue, IReadOnlyList<string> Attempts);
