using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>Submits a job or an array of jobs.</summary>
internal sealed record SubmitJobRequest
{
    /// <summary>The name: letters, digits, '-' and '_', at most 128, the first a letter or digit. Names may repeat.</summary>
    public required string JobName { get; init; }

    /// <summary>The queue's name or ARN.</summary>
    public required string JobQueue { get; init; }

    /// <summary>The definition's name, with or without revision, or its ARN.</summary>
    public required string JobDefinition { get; init; }

    /// <summary>Makes an array of jobs.</summary>
    public ArrayProperties? ArrayProperties { get; init; }

    /// <summary>Jobs that must succeed first.</summary>
    public IReadOnlyList<JobDependency>? DependsOn { get; init; }

    /// <summary>Values for the definition's placeholders.</summary>
    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    /// <summary>What differs from the definition.</summary>
    public ContainerOverrides? ContainerOverrides { get; init; }

    /// <summary>When Batch itself retries.</summary>
    public RetryStrategy? RetryStrategy { get; init; }

    /// <summary>How long an attempt may run.</summary>
    public JobTimeout? Timeout { get; init; }

    /// <summary>At most 50 tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Whether the tags are copied to the ECS task.</summary>
    public bool? PropagateTags { get; init; }

    /// <summary>The share; required by queues with a fair-share policy, and forbidden by others.</summary>
    public string? ShareIdentifier { get; init; }

    /// <summary>The priority within the share, 0 to 9,999.</summary>
    public int? SchedulingPriorityOverride { get; init; }
}

/// <summary>The submitted job.</summary>
internal sealed record SubmitJobAnswer : WireAnswer
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>The job's name.</summary>
    public required string JobName { get; init; }

    /// <summary>The job's ARN.</summary>
    public string? JobArn { get; init; }
}

/// <summary>The size of an array, 2 to 10,000.</summary>
internal sealed record ArrayProperties(int Size);

/// <summary>A job that must succeed first.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Type"><c>N_TO_N</c> or <c>SEQUENTIAL</c> for arrays; null otherwise.</param>
internal sealed record JobDependency(string JobId, string? Type = null);

/// <summary>What differs from the job's definition.</summary>
/// <remarks>ECS limits the whole block to 8,192 characters of JSON, and checks only when the job starts: the job then fails.</remarks>
internal sealed record ContainerOverrides
{
    /// <summary>The command.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Environment variables; names that begin with <c>AWS_BATCH</c> are reserved.</summary>
    public IReadOnlyList<KeyValue>? Environment { get; init; }

    /// <summary>VCPUs, memory in MiB and GPUs.</summary>
    public IReadOnlyList<ResourceRequirement>? ResourceRequirements { get; init; }

    /// <summary>The instance type of a multi-node job.</summary>
    public string? InstanceType { get; init; }
}

/// <summary>A name with its value.</summary>
internal sealed record KeyValue(string Name, string Value);

/// <summary>A resource: <c>VCPU</c>, <c>MEMORY</c> in MiB, or <c>GPU</c>. The value is a number in text.</summary>
internal sealed record ResourceRequirement(string Type, string Value);

/// <summary>When Batch itself retries.</summary>
internal sealed record RetryStrategy
{
    /// <summary>Attempts in all, 1 to 10.</summary>
    public int? Attempts { get; init; }

    /// <summary>At most five conditions. When none matches, Batch retries.</summary>
    public IReadOnlyList<EvaluateOnExit>? EvaluateOnExit { get; init; }
}

/// <summary>A condition on how a job ended; all given patterns must match. A pattern may end with '*'.</summary>
/// <param name="Action"><c>RETRY</c> or <c>EXIT</c>.</param>
internal sealed record EvaluateOnExit(string Action)
{
    /// <summary>The job's status reason.</summary>
    public string? OnStatusReason { get; init; }

    /// <summary>The container's reason.</summary>
    public string? OnReason { get; init; }

    /// <summary>The exit code.</summary>
    public string? OnExitCode { get; init; }
}

/// <summary>How long an attempt may run, at least 60 seconds.</summary>
internal sealed record JobTimeout(int AttemptDurationSeconds);

/// <summary>Ends a job.</summary>
/// <param name="JobId">The job, or the parent of an array.</param>
/// <param name="Reason">Becomes the job's status reason; at most 1,024 characters.</param>
internal sealed record TerminateJobRequest(string JobId, string Reason);

/// <summary>Cancels a job that has not started.</summary>
/// <param name="JobId">The job, or the parent of an array.</param>
/// <param name="Reason">Becomes the job's status reason; at most 1,024 characters.</param>
internal sealed record CancelJobRequest(string JobId, string Reason);
