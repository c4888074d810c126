using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>Names a stack.</summary>
internal sealed record StackRequest
{
    /// <summary>The name or ARN; null for all stacks, where the operation allows that.</summary>
    public string? StackName { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of stacks.</summary>
internal sealed record DescribeStacksAnswer : WireAnswer
{
    /// <summary>The stacks.</summary>
    public IReadOnlyList<Stack> Stacks { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A stack.</summary>
internal sealed record Stack
{
    /// <summary>The name.</summary>
    public required string StackName { get; init; }

    /// <summary>The ARN.</summary>
    public string? StackId { get; init; }

    /// <summary>The status, for example CREATE_COMPLETE.</summary>
    public required string StackStatus { get; init; }

    /// <summary>Why the stack has this status.</summary>
    public string? StackStatusReason { get; init; }

    /// <summary>The template's description.</summary>
    public string? Description { get; init; }

    /// <summary>When the stack was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }

    /// <summary>When the stack was last updated.</summary>
    public DateTimeOffset? LastUpdatedTime { get; init; }

    /// <summary>When the stack was deleted.</summary>
    public DateTimeOffset? DeletionTime { get; init; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<StackParameter> Parameters { get => field ?? []; init; }

    /// <summary>The outputs.</summary>
    public IReadOnlyList<StackOutput> Outputs { get => field ?? []; init; }

    /// <summary>The tags.</summary>
    public IReadOnlyList<StackTag> Tags { get => field ?? []; init; }

    /// <summary>Whether the stack can't be deleted before someone disables this.</summary>
    public bool? EnableTerminationProtection { get; init; }

    /// <summary>What the last comparison with the template found.</summary>
    public StackDrift? DriftInformation { get; init; }
}

/// <summary>An output of a stack.</summary>
internal sealed record StackOutput(string? OutputKey, string? OutputValue, string? Description);

/// <summary>What the last comparison found: DRIFTED, IN_SYNC, UNKNOWN or NOT_CHECKED.</summary>
internal sealed record StackDrift(string? StackDriftStatus, DateTimeOffset? LastCheckTimestamp);

/// <summary>Lists stacks.</summary>
internal sealed record ListStacksRequest
{
    /// <summary>The statuses; null for all.</summary>
    public IReadOnlyList<string>? StackStatusFilter { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A page of stacks.</summary>
internal sealed record ListStacksAnswer : WireAnswer
{
    /// <summary>The stacks.</summary>
    public IReadOnlyList<StackSummary> StackSummaries { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A stack in a listing.</summary>
internal sealed record StackSummary
{
    /// <summary>The name.</summary>
    public required string StackName { get; init; }

    /// <summary>The ARN.</summary>
    public string? StackId { get; init; }

    /// <summary>The status.</summary>
    public required string StackStatus { get; init; }

    /// <summary>When the stack was deleted.</summary>
    public DateTimeOffset? DeletionTime { get; init; }
}

/// <summary>A page of events.</summary>
internal sealed record DescribeStackEventsAnswer : WireAnswer
{
    /// <summary>The events, the newest first.</summary>
    public IReadOnlyList<StackEvent> StackEvents { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>An event of a stack.</summary>
internal sealed record StackEvent
{
    /// <summary>The id.</summary>
    public required string EventId { get; init; }

    /// <summary>The time.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The resource's name in the template; the stack's own name for events of the stack.</summary>
    public string? LogicalResourceId { get; init; }

    /// <summary>The resource's name in AWS.</summary>
    public string? PhysicalResourceId { get; init; }

    /// <summary>The type.</summary>
    public string? ResourceType { get; init; }

    /// <summary>The status, for example CREATE_FAILED.</summary>
    public string? ResourceStatus { get; init; }

    /// <summary>AWS's reason.</summary>
    public string? ResourceStatusReason { get; init; }

    /// <summary>The token of the request that led to the event.</summary>
    public string? ClientRequestToken { get; init; }
}

/// <summary>A page of resources.</summary>
internal sealed record ListStackResourcesAnswer : WireAnswer
{
    /// <summary>The resources.</summary>
    public IReadOnlyList<StackResource> StackResourceSummaries { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A resource of a stack.</summary>
internal sealed record StackResource
{
    /// <summary>The name in the template.</summary>
    public required string LogicalResourceId { get; init; }

    /// <summary>The name in AWS; null for a resource that was not made.</summary>
    public string? PhysicalResourceId { get; init; }

    /// <summary>The type.</summary>
    public required string ResourceType { get; init; }

    /// <summary>The status.</summary>
    public required string ResourceStatus { get; init; }

    /// <summary>AWS's reason.</summary>
    public string? ResourceStatusReason { get; init; }

    /// <summary>When the status last changed.</summary>
    public DateTimeOffset? LastUpdatedTimestamp { get; init; }
}

/// <summary>Deletes a stack.</summary>
internal sealed record DeleteStackRequest(string StackName)
{
    /// <summary>Resources that stay; only for a stack whose deletion failed.</summary>
    public IReadOnlyList<string>? RetainResources { get; init; }

    /// <summary>The token, which the stack's events carry.</summary>
    public string? ClientRequestToken { get; init; }

    /// <summary><c>FORCE_DELETE_STACK</c> to leave what can't be deleted; only for a stack whose deletion failed.</summary>
    public string? DeletionMode { get; init; }
}

/// <summary>Continues a rollback.</summary>
internal sealed record ContinueUpdateRollbackRequest(string StackName)
{
    /// <summary>Resources that can't be rolled back.</summary>
    public IReadOnlyList<string>? ResourcesToSkip { get; init; }

    /// <summary>The token, which the stack's events carry.</summary>
    public string? ClientRequestToken { get; init; }
}

/// <summary>Checks a template.</summary>
internal sealed record ValidateTemplateRequest
{
    /// <summary>The template, at most 51,200 bytes.</summary>
    public string? TemplateBody { get; init; }

    /// <summary>The template in S3.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("TemplateURL")]
    public string? TemplateUrl { get; init; }
}

/// <summary>What a template asks for.</summary>
internal sealed record ValidateTemplateAnswer : WireAnswer
{
    /// <summary>The parameters.</summary>
    public IReadOnlyList<TemplateParameter> Parameters { get => field ?? []; init; }

    /// <summary>The description.</summary>
    public string? Description { get; init; }

    /// <summary>The capabilities that a change set needs.</summary>
    public IReadOnlyList<string> Capabilities { get => field ?? []; init; }

    /// <summary>Why it needs them.</summary>
    public string? CapabilitiesReason { get; init; }
}

/// <summary>A parameter of a template.</summary>
internal sealed record TemplateParameter(string? ParameterKey, string? DefaultValue, bool? NoEcho, string? Description);
