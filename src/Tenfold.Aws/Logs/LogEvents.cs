using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Logs;

/// <summary>Reads a stream.</summary>
internal sealed record GetLogEventsRequest(string LogGroupName, string LogStreamName)
{
    /// <summary>The first time.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>The time before which events are read.</summary>
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Where to continue.</summary>
    public string? NextToken { get; init; }

    /// <summary>The size of a page, at most 10,000 events.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether reading begins with the oldest event.</summary>
    public bool? StartFromHead { get; init; }
}

/// <summary>A page of events.</summary>
internal sealed record GetLogEventsAnswer : WireAnswer
{
    /// <summary>The events; a page may be empty although more follow.</summary>
    public IReadOnlyList<LogEvent> Events { get => field ?? []; init; }

    /// <summary>The token of later events. At the present end, it is the token of the request.</summary>
    public string? NextForwardToken { get; init; }

    /// <summary>The token of earlier events.</summary>
    public string? NextBackwardToken { get; init; }
}

/// <summary>A line of a log.</summary>
internal sealed record LogEvent
{
    /// <summary>When the line was written.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The line.</summary>
    public string? Message { get; init; }

    /// <summary>When the line arrived.</summary>
    public DateTimeOffset? IngestionTime { get; init; }
}

/// <summary>Lists log groups.</summary>
internal sealed record DescribeLogGroupsRequest
{
    /// <summary>The start of the names.</summary>
    public string? LogGroupNamePrefix { get; init; }

    /// <summary>The size of a page, at most 50.</summary>
    public int? Limit { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of log groups.</summary>
internal sealed record DescribeLogGroupsAnswer : WireAnswer
{
    /// <summary>The groups.</summary>
    public IReadOnlyList<LogGroup> LogGroups { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A log group.</summary>
internal sealed record LogGroup
{
    /// <summary>The name.</summary>
    public required string LogGroupName { get; init; }

    /// <summary>When the group was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>How long events are kept; null for ever.</summary>
    public int? RetentionInDays { get; init; }

    /// <summary>The stored bytes.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>The ARN.</summary>
    public string? Arn { get; init; }
}

/// <summary>Lists the streams of a group.</summary>
internal sealed record DescribeLogStreamsRequest(string LogGroupName)
{
    /// <summary>The start of the names.</summary>
    public string? LogStreamNamePrefix { get; init; }

    /// <summary><c>LogStreamName</c> or <c>LastEventTime</c>; the latter not with a prefix.</summary>
    public string? OrderBy { get; init; }

    /// <summary>Whether the last stream comes first.</summary>
    public bool? Descending { get; init; }

    /// <summary>The size of a page, at most 50.</summary>
    public int? Limit { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of streams.</summary>
internal sealed record DescribeLogStreamsAnswer : WireAnswer
{
    /// <summary>The streams.</summary>
    public IReadOnlyList<LogStreamSummary> LogStreams { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A stream.</summary>
internal sealed record LogStreamSummary
{
    /// <summary>The name.</summary>
    public required string LogStreamName { get; init; }

    /// <summary>When the stream was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>The time of the first event.</summary>
    public DateTimeOffset? FirstEventTimestamp { get; init; }

    /// <summary>The time of the last event; it lags behind.</summary>
    public DateTimeOffset? LastEventTimestamp { get; init; }
}

/// <summary>Deletes a group.</summary>
internal sealed record DeleteLogGroupRequest(string LogGroupName);

/// <summary>Lists the tags of a group.</summary>
internal sealed record ListTagsLogGroupRequest(string LogGroupName);

/// <summary>The tags of a group.</summary>
internal sealed record ListTagsLogGroupAnswer : WireAnswer
{
    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get => field ?? new Dictionary<string, string>(); init; }
}
