using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>A training job.</summary>
internal sealed class TrainingJob
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required JsonObject Request { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public Dictionary<string, string> Tags { get; init; } = [];

    public string Status { get; set; } = "InProgress";

    public string Secondary => Transitions[^1].Status;

    public List<(string Status, DateTimeOffset Start, DateTimeOffset? End, string Message)> Transitions { get; } = [];

    public string? FailureReason { get; set; }

    public DateTimeOffset? TrainingStartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public DateTimeOffset ModifiedAt { get; set; }

    public string? ModelArtifacts { get; set; }

    public int HiddenCalls { get; set; }

    public string? LogStream { get; set; }

    public Machine? Machine { get; set; }

    /// <summary>Why the container was ended from outside; null when it ended by itself.</summary>
    public TrainingEnd? End { get; set; }

    /// <summary>How often the job was restarted after an error of SageMaker's own.</summary>
    public int Retries { get; set; }

    /// <summary>Ends a job that runs no process.</summary>
    public TaskCompletionSource<int> Imagined { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool HasEnded => Status is "Completed" or "Failed" or "Stopped";
}

/// <summary>What ended a container from outside.</summary>
internal enum TrainingEnd
{
    Stopped,
    MaxRuntimeExceeded,
    MaxWaitTimeExceeded,
    Interrupted,
    InternalError,
}
