using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double.Batch;

/// <summary>A job, an array, or a job of an array.</summary>
internal sealed class BatchJob
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required BatchQueue Queue { get; init; }

    public required JobSpec Spec { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The order of submission.</summary>
    public required long Number { get; init; }

    public BatchJob? Parent { get; init; }

    /// <summary>The place in the array; null outside of one.</summary>
    public int? Index { get; init; }

    /// <summary>The jobs of an array; null for a single job.</summary>
    public List<BatchJob>? Children { get; set; }

    public IReadOnlyList<Dependency> DependsOn { get; init; } = [];

    public Dictionary<string, string> Tags { get; init; } = [];

    /// <summary>How many calls still leave the job out.</summary>
    public int HiddenCalls { get; set; }

    public string Status { get; set; } = "SUBMITTED";

    public string? StatusReason { get; set; }

    public DateTimeOffset? RunnableSince { get; set; }

    /// <summary>The end of the waiting time for which a timer is set.</summary>
    public DateTimeOffset? Deadline { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public DateTimeOffset? SummarizedAt { get; set; }

    public bool IsCancelled { get; set; }

    public bool IsTerminated { get; set; }

    /// <summary>The text of the caller who cancelled or terminated the job.</summary>
    public string? EndingReason { get; set; }

    public List<JobAttempt> Attempts { get; } = [];

    /// <summary>The attempt that runs or was the last.</summary>
    public JobAttempt? Current { get; set; }

    public bool HasEnded => Status is "SUCCEEDED" or "FAILED";

    public bool IsArray => Children is not null;
}

/// <summary>A job that must succeed first.</summary>
internal sealed record Dependency(BatchJob Job, string? Type);

/// <summary>What a job runs: its definition with the overrides applied.</summary>
internal sealed record JobSpec
{
    public required string DefinitionArn { get; init; }

    public required string DefinitionName { get; init; }

    /// <summary>The definition's container properties.</summary>
    public required JsonObject Container { get; init; }

    public required IReadOnlyList<string> Command { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required IReadOnlyDictionary<string, string> Resources { get; init; }

    /// <summary>The override block as it was sent.</summary>
    public JsonObject? Overrides { get; init; }

    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    public JsonObject? RetryStrategy { get; init; }

    public int? TimeoutSeconds { get; init; }

    public bool PropagateTags { get; init; }

    public IReadOnlyDictionary<string, string> DefinitionTags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Platforms { get; init; } = [];

    public string? ShareIdentifier { get; init; }

    public int? SchedulingPriority { get; init; }

    public double Vcpus => double.Parse(Resources.GetValueOrDefault("VCPU", "1"));

    public int Gpus => int.Parse(Resources.GetValueOrDefault("GPU", "0"));

    public int MemoryMib => int.Parse(Resources.GetValueOrDefault("MEMORY", "0"));
}

/// <summary>An attempt of a job.</summary>
internal sealed class JobAttempt
{
    public required int Number { get; init; }

    public required ComputeEnvironment Environment { get; init; }

    public required string InstanceId { get; init; }

    public required string TaskArn { get; init; }

    public string? LogStream { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? StoppedAt { get; set; }

    public int? ExitCode { get; set; }

    public string? Reason { get; set; }

    public string? StatusReason { get; set; }

    /// <summary>The process; null before it starts, or when nothing really runs.</summary>
    public Machine? Machine { get; set; }

    /// <summary>What ended the attempt, when it was not the script.</summary>
    public AttemptEnd? End { get; set; }

    /// <summary>Ends an attempt that runs no process.</summary>
    public TaskCompletionSource<int> Imagined { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What ended an attempt, when it was not the script.</summary>
internal enum AttemptEnd
{
    Terminated,
    TimedOut,
    HostLost,
    SpotReclaimed,
    OutOfMemory,
    InspectionFailed,
}
