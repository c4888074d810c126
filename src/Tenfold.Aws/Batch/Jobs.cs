using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Batch;

/// <summary>Describes jobs by id.</summary>
internal sealed record DescribeJobsRequest(IReadOnlyList<string> Jobs);

/// <summary>The jobs that Batch knows.</summary>
internal sealed record DescribeJobsAnswer : WireAnswer
{
    /// <summary>The jobs, in no particular order.</summary>
    public IReadOnlyList<JobDetail> Jobs { get => field ?? []; init; }
}

/// <summary>A job, an array, or a job of an array.</summary>
internal sealed record JobDetail
{
    /// <summary>The id; <c>PARENT:INDEX</c> for a job of an array.</summary>
    public required string JobId { get; init; }

    /// <summary>The name.</summary>
    public required string JobName { get; init; }

    /// <summary>SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED.</summary>
    public required string Status { get; init; }

    /// <summary>Why the job waits or has ended.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The ARN.</summary>
    public string? JobArn { get; init; }

    /// <summary>The queue's ARN.</summary>
    public string? JobQueue { get; init; }

    /// <summary>The definition's ARN.</summary>
    public string? JobDefinition { get; init; }

    /// <summary>When the job was submitted.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the last attempt began; null while the job waits.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last attempt ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The attempts that have ended.</summary>
    public IReadOnlyList<JobAttempt> Attempts { get => field ?? []; init; }

    /// <summary>The container of the last attempt.</summary>
    public JobContainer? Container { get; init; }

    /// <summary>Set for an array and for its jobs.</summary>
    public JobArray? ArrayProperties { get; init; }

    /// <summary>True for a job that someone cancelled.</summary>
    public bool? IsCancelled { get; init; }

    /// <summary>True for a job that someone terminated.</summary>
    public bool? IsTerminated { get; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>An attempt that has ended.</summary>
internal sealed record JobAttempt
{
    /// <summary>Why it ended.</summary>
    public string? StatusReason { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Its container.</summary>
    public AttemptContainer? Container { get; init; }
}

/// <summary>The container of an attempt that has ended.</summary>
internal sealed record AttemptContainer
{
    /// <summary>The exit code; null for a container that did not run, or whose host was lost.</summary>
    public int? ExitCode { get; init; }

    /// <summary>ECS's reason, for example that the image can't be pulled.</summary>
    public string? Reason { get; init; }

    /// <summary>The stream of the attempt's log; null for a container that did not run.</summary>
    public string? LogStreamName { get; init; }

    /// <summary>The ECS task.</summary>
    public string? TaskArn { get; init; }

    /// <summary>The ECS container instance; null on Fargate.</summary>
    public string? ContainerInstanceArn { get; init; }
}

/// <summary>The container of the last attempt.</summary>
internal sealed record JobContainer
{
    /// <summary>The exit code; null for a container that did not run, or whose host was lost.</summary>
    public int? ExitCode { get; init; }

    /// <summary>ECS's reason, for example that the image can't be pulled.</summary>
    public string? Reason { get; init; }

    /// <summary>The stream of the attempt's log; null before RUNNING.</summary>
    public string? LogStreamName { get; init; }

    /// <summary>The ECS task.</summary>
    public string? TaskArn { get; init; }

    /// <summary>The ECS container instance; null on Fargate.</summary>
    public string? ContainerInstanceArn { get; init; }

    /// <summary>The image.</summary>
    public string? Image { get; init; }

    /// <summary>The instance type of a multi-node job.</summary>
    public string? InstanceType { get; init; }
}

/// <summary>An array, or the place of a job in it.</summary>
internal sealed record JobArray
{
    /// <summary>How many jobs of an array have which status. It lags behind.</summary>
    public IReadOnlyDictionary<string, int>? StatusSummary { get; init; }

    /// <summary>When the summary was made.</summary>
    public DateTimeOffset? StatusSummaryLastUpdatedAt { get; init; }

    /// <summary>The number of jobs; null for a job of an array.</summary>
    public int? Size { get; init; }

    /// <summary>The index of a job of an array, from 0.</summary>
    public int? Index { get; init; }
}

/// <summary>Lists jobs. Exactly one of <see cref="JobQueue"/> and <see cref="ArrayJobId"/> is given.</summary>
internal sealed record ListJobsRequest
{
    /// <summary>The queue's name or ARN.</summary>
    public string? JobQueue { get; init; }

    /// <summary>The parent of an array.</summary>
    public string? ArrayJobId { get; init; }

    /// <summary>The status. Null means RUNNING only, unless there is a filter; with a filter, the status is ignored.</summary>
    public string? JobStatus { get; init; }

    /// <summary>At most one filter. A filtered listing leaves out the jobs of arrays.</summary>
    public IReadOnlyList<JobFilter>? Filters { get; init; }

    /// <summary>The size of a page.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A filter: <c>JOB_NAME</c>, <c>JOB_DEFINITION</c>, <c>BEFORE_CREATED_AT</c> or <c>AFTER_CREATED_AT</c>.</summary>
/// <param name="Name">The filter's name.</param>
/// <param name="Values">One value. A name may end with '*' and ignores case; a time is in milliseconds since 1970.</param>
internal sealed record JobFilter(string Name, IReadOnlyList<string> Values);

/// <summary>A page of jobs.</summary>
internal sealed record ListJobsAnswer : WireAnswer
{
    /// <summary>The jobs.</summary>
    public IReadOnlyList<JobSummary> JobSummaryList { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A job in a listing.</summary>
internal sealed record JobSummary
{
    /// <summary>The id.</summary>
    public required string JobId { get; init; }

    /// <summary>The name.</summary>
    public required string JobName { get; init; }

    /// <summary>The ARN.</summary>
    public string? JobArn { get; init; }

    /// <summary>The status.</summary>
    public string? Status { get; init; }

    /// <summary>Why the job waits or has ended.</summary>
    public string? StatusReason { get; init; }

    /// <summary>When the job was submitted.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last attempt ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Exit code and reason of the last attempt.</summary>
    public ContainerSummary? Container { get; init; }

    /// <summary>Set for an array and for its jobs.</summary>
    public ArraySummary? ArrayProperties { get; init; }

    /// <summary>The definition's ARN.</summary>
    public string? JobDefinition { get; init; }
}

/// <summary>How the last attempt of a job in a listing ended.</summary>
internal sealed record ContainerSummary(int? ExitCode, string? Reason);

/// <summary>An array in a listing, or the place of a job in it.</summary>
/// <param name="Size">The number of jobs; null for a job of an array.</param>
/// <param name="Index">The index of a job of an array, from 0.</param>
internal sealed record ArraySummary(int? Size, int? Index);
