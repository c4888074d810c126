using Tenfold.Aws.Wire;

namespace Tenfold.Aws.SageMaker;

/// <summary>Names a training job.</summary>
/// <param name="Name">The name.</param>
internal sealed record TrainingJobName([property: System.Text.Json.Serialization.JsonPropertyName("TrainingJobName")] string Name);

/// <summary>A training job.</summary>
internal sealed record TrainingJob : WireAnswer
{
    /// <summary>The name.</summary>
    public required string TrainingJobName { get; init; }

    /// <summary>The ARN.</summary>
    public required string TrainingJobArn { get; init; }

    /// <summary>InProgress, Completed, Failed, Stopping, Stopped or Deleting.</summary>
    public required string TrainingJobStatus { get; init; }

    /// <summary>The status in detail, for example MaxRuntimeExceeded, which is a kind of Stopped.</summary>
    public string? SecondaryStatus { get; init; }

    /// <summary>Why the job failed, at most 1,024 characters.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The ARN of the job's role.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The job's history.</summary>
    public IReadOnlyList<StatusTransition> SecondaryStatusTransitions { get => field ?? []; init; }

    /// <summary>Where the model is; null before the job has ended.</summary>
    public ModelArtifacts? ModelArtifacts { get; init; }

    /// <summary>The hyper-parameters.</summary>
    public IReadOnlyDictionary<string, string>? HyperParameters { get; init; }

    /// <summary>The machines.</summary>
    public ResourceConfig? ResourceConfig { get; init; }

    /// <summary>When the job was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When training began, which is when billing begins.</summary>
    public DateTimeOffset? TrainingStartTime { get; init; }

    /// <summary>When training ended and artifacts were uploaded.</summary>
    public DateTimeOffset? TrainingEndTime { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }

    /// <summary>Whether spot machines are used.</summary>
    public bool? EnableManagedSpotTraining { get; init; }

    /// <summary>The run time of all attempts.</summary>
    public int? TrainingTimeInSeconds { get; init; }

    /// <summary>The billed time.</summary>
    public int? BillableTimeInSeconds { get; init; }

    /// <summary>The last value of each metric.</summary>
    public IReadOnlyList<MetricData> FinalMetricDataList { get => field ?? []; init; }

    /// <summary>The state of machines that wait for the next job.</summary>
    public WarmPoolStatus? WarmPoolStatus { get; init; }
}

/// <summary>A part of a job's history.</summary>
internal sealed record StatusTransition
{
    /// <summary>The secondary status.</summary>
    public required string Status { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>AWS's words.</summary>
    public string? StatusMessage { get; init; }
}

/// <summary>Where the model is.</summary>
internal sealed record ModelArtifacts(string S3ModelArtifacts);

/// <summary>The last value of a metric.</summary>
internal sealed record MetricData(string? MetricName, double? Value, DateTimeOffset? Timestamp);

/// <summary>Machines that wait for the next job.</summary>
internal sealed record WarmPoolStatus
{
    /// <summary>Available, Terminated, Reused or InUse.</summary>
    public required string Status { get; init; }

    /// <summary>The time for which waiting was billed.</summary>
    public int? ResourceRetainedBillableTimeInSeconds { get; init; }

    /// <summary>The job that took over the machines.</summary>
    public string? ReusedByJob { get; init; }
}

/// <summary>Lists training jobs.</summary>
internal sealed record ListTrainingJobsRequest
{
    /// <summary>A part of the name.</summary>
    public string? NameContains { get; init; }

    /// <summary>The status.</summary>
    public string? StatusEquals { get; init; }

    /// <summary>Only jobs created after this time.</summary>
    public DateTimeOffset? CreationTimeAfter { get; init; }

    /// <summary>Only jobs that changed after this time.</summary>
    public DateTimeOffset? LastModifiedTimeAfter { get; init; }

    /// <summary><c>Name</c>, <c>CreationTime</c> or <c>Status</c>.</summary>
    public string? SortBy { get; init; }

    /// <summary><c>Ascending</c> or <c>Descending</c>.</summary>
    public string? SortOrder { get; init; }

    /// <summary>The size of a page, at most 100; null for 10.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of training jobs.</summary>
internal sealed record ListTrainingJobsAnswer : WireAnswer
{
    /// <summary>The jobs.</summary>
    public IReadOnlyList<TrainingJobSummary> TrainingJobSummaries { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A training job in a listing.</summary>
internal sealed record TrainingJobSummary
{
    /// <summary>The name.</summary>
    public required string TrainingJobName { get; init; }

    /// <summary>The ARN.</summary>
    public required string TrainingJobArn { get; init; }

    /// <summary>The status.</summary>
    public required string TrainingJobStatus { get; init; }

    /// <summary>When the job was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When training ended.</summary>
    public DateTimeOffset? TrainingEndTime { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastModifiedTime { get; init; }
}

/// <summary>Adds tags to a resource.</summary>
internal sealed record AddTagsRequest(string ResourceArn, IReadOnlyList<Tag> Tags);

/// <summary>The tags that were added.</summary>
internal sealed record AddTagsAnswer : WireAnswer
{
    /// <summary>The tags.</summary>
    public IReadOnlyList<Tag> Tags { get => field ?? []; init; }
}

/// <summary>Lists the tags of a resource.</summary>
internal sealed record ListTagsRequest(string ResourceArn)
{
    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of tags.</summary>
internal sealed record ListTagsAnswer : WireAnswer
{
    /// <summary>The tags.</summary>
    public IReadOnlyList<Tag> Tags { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}
