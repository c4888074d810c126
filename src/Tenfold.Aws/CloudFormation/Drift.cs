using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>A comparison that began.</summary>
internal sealed record DetectStackDriftAnswer : WireAnswer
{
    /// <summary>The comparison's id.</summary>
    public required string StackDriftDetectionId { get; init; }
}

/// <summary>Names a comparison.</summary>
internal sealed record DriftDetectionRequest(string StackDriftDetectionId);

/// <summary>A comparison of a stack's resources with its template.</summary>
internal sealed record DriftDetection : WireAnswer
{
    /// <summary>DETECTION_IN_PROGRESS, DETECTION_COMPLETE or DETECTION_FAILED.</summary>
    public required string DetectionStatus { get; init; }

    /// <summary>Why it failed. Resources that it could compare have results all the same.</summary>
    public string? DetectionStatusReason { get; init; }

    /// <summary>DRIFTED, IN_SYNC, UNKNOWN or NOT_CHECKED.</summary>
    public string? StackDriftStatus { get; init; }

    /// <summary>How many resources differ.</summary>
    public int? DriftedStackResourceCount { get; init; }

    /// <summary>The stack's ARN.</summary>
    public string? StackId { get; init; }

    /// <summary>When the comparison began.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>Lists what the last comparison found.</summary>
internal sealed record DescribeStackResourceDriftsRequest(string StackName)
{
    /// <summary>Only resources that are IN_SYNC, MODIFIED, DELETED or NOT_CHECKED; null for all.</summary>
    public IReadOnlyList<string>? StackResourceDriftStatusFilters { get; init; }

    /// <summary>The size of a page, at most 100.</summary>
    public int? MaxResults { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of resources.</summary>
internal sealed record DescribeStackResourceDriftsAnswer : WireAnswer
{
    /// <summary>The resources.</summary>
    public IReadOnlyList<ResourceDrift> StackResourceDrifts { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>What the comparison found for a resource.</summary>
internal sealed record ResourceDrift
{
    /// <summary>The name in the template.</summary>
    public required string LogicalResourceId { get; init; }

    /// <summary>The name in AWS.</summary>
    public string? PhysicalResourceId { get; init; }

    /// <summary>The type.</summary>
    public string? ResourceType { get; init; }

    /// <summary>IN_SYNC, MODIFIED, DELETED or NOT_CHECKED.</summary>
    public required string StackResourceDriftStatus { get; init; }

    /// <summary>The properties that differ.</summary>
    public IReadOnlyList<PropertyDifference> PropertyDifferences { get => field ?? []; init; }

    /// <summary>When the resource was compared.</summary>
    public DateTimeOffset? Timestamp { get; init; }
}

/// <summary>A property that differs.</summary>
/// <param name="PropertyPath">The property.</param>
/// <param name="ExpectedValue">The template's value, as JSON.</param>
/// <param name="ActualValue">The resource's value, as JSON.</param>
/// <param name="DifferenceType">ADD, REMOVE or NOT_EQUAL.</param>
internal sealed record PropertyDifference(string? PropertyPath, string? ExpectedValue, string? ActualValue, string? DifferenceType);
