using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>The training job of an attempt, as it was last seen.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="Status">InProgress, Completed, Failed, Stopping, Stopped or Deleting.</param>
/// <param name="State">The attempt's state.</param>
internal sealed record TrainingElement(TrainingName Name, string Status, BackendState State)
{
    /// <summary>The attempt.</summary>
    public string Attempt => Name.Attempt;

    /// <summary>When the job was created, by SageMaker's clock; by this machine's before it was listed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the job last changed, by the listing.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The <see cref="ModifiedAt"/> at which the job was last described; null when it never was.</summary>
    public DateTimeOffset? DescribedAt { get; init; }

    /// <summary>True once an agent has claimed the attempt: it runs.</summary>
    public bool HasBegun { get; init; }

    /// <summary>True when the state says all that is known of the end.</summary>
    public bool IsExplained { get; init; }

    /// <summary>The last round of observation in which the job was listed.</summary>
    public int Round { get; init; }

    /// <summary>True once the job has ended: it never runs again.</summary>
    public bool HasEnded => Status is "Completed" or "Failed" or "Stopped" or "Deleting";
}
