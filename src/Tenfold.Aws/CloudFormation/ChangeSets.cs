using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>Creates a change set.</summary>
internal sealed record CreateChangeSetRequest(string StackName, string ChangeSetName)
{
    /// <summary><c>CREATE</c>, which makes an empty stack first, or <c>UPDATE</c>.</summary>
    public string? ChangeSetType { get; init; }

    /// <summary>The template, at most 51,200 bytes.</summary>
    public string? TemplateBody { get; init; }

    /// <summary>The template in S3, at most 1 MB.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("TemplateURL")]
    public string? TemplateUrl { get; init; }

    /// <summary>Whether the stack's present template is used.</summary>
    public bool? UsePreviousTemplate { get; init; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<StackParameter>? Parameters { get; init; }

    /// <summary>For example <c>CAPABILITY_NAMED_IAM</c>, which roles with names need.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>Tags for the stack and its resources.</summary>
    public IReadOnlyList<StackTag>? Tags { get; init; }

    /// <summary>A description.</summary>
    public string? Description { get; init; }

    /// <summary>By this token, CloudFormation recognizes a second request.</summary>
    public string? ClientToken { get; init; }
}

/// <summary>Updates a stack without a change set.</summary>
internal sealed record UpdateStackRequest(string StackName)
{
    /// <summary>Whether the stack's present template is used.</summary>
    public bool? UsePreviousTemplate { get; init; }

    /// <summary>For example <c>CAPABILITY_NAMED_IAM</c>, which roles with names need.</summary>
    public IReadOnlyList<string>? Capabilities { get; init; }

    /// <summary>By this token, CloudFormation recognizes a second request, and marks the events.</summary>
    public string? ClientRequestToken { get; init; }
}

/// <summary>A parameter of a stack.</summary>
internal sealed record StackParameter(string ParameterKey)
{
    /// <summary>The value.</summary>
    public string? ParameterValue { get; init; }

    /// <summary>Whether the stack's present value is used.</summary>
    public bool? UsePreviousValue { get; init; }
}

/// <summary>A tag of a stack.</summary>
internal sealed record StackTag(string Key, string Value);

/// <summary>The created change set.</summary>
internal sealed record CreateChangeSetAnswer : WireAnswer
{
    /// <summary>The change set's ARN.</summary>
    public required string Id { get; init; }

    /// <summary>The stack's ARN.</summary>
    public string? StackId { get; init; }
}

/// <summary>Names a change set.</summary>
/// <param name="ChangeSetName">The name or ARN.</param>
internal sealed record ChangeSetRequest(string ChangeSetName)
{
    /// <summary>The stack; null with an ARN.</summary>
    public string? StackName { get; init; }

    /// <summary>The page.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A change set.</summary>
internal sealed record ChangeSet : WireAnswer
{
    /// <summary>The ARN.</summary>
    public required string ChangeSetId { get; init; }

    /// <summary>The name.</summary>
    public string? ChangeSetName { get; init; }

    /// <summary>The stack's ARN.</summary>
    public string? StackId { get; init; }

    /// <summary>The stack's name.</summary>
    public string? StackName { get; init; }

    /// <summary>CREATE_PENDING, CREATE_IN_PROGRESS, CREATE_COMPLETE, FAILED or a state of its deletion.</summary>
    public required string Status { get; init; }

    /// <summary>Why it failed; for a change set without changes too.</summary>
    public string? StatusReason { get; init; }

    /// <summary>AVAILABLE when the change set can be executed.</summary>
    public string? ExecutionStatus { get; init; }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<StackParameter> Parameters { get => field ?? []; init; }

    /// <summary>The changes of this page.</summary>
    public IReadOnlyList<Change> Changes { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A change.</summary>
internal sealed record Change(string? Type, ResourceChange? ResourceChange);

/// <summary>A change of a resource.</summary>
internal sealed record ResourceChange
{
    /// <summary>Add, Modify, Remove, Import or Dynamic.</summary>
    public string? Action { get; init; }

    /// <summary>The name in the template.</summary>
    public string? LogicalResourceId { get; init; }

    /// <summary>The name in AWS; null for a resource that is to be added.</summary>
    public string? PhysicalResourceId { get; init; }

    /// <summary>The type, for example <c>AWS::S3::Bucket</c>.</summary>
    public string? ResourceType { get; init; }

    /// <summary>True, False or Conditional: whether a modified resource is replaced by a new one.</summary>
    public string? Replacement { get; init; }

    /// <summary>What is modified, for example Properties or Tags.</summary>
    public IReadOnlyList<string> Scope { get => field ?? []; init; }

    /// <summary>The modified properties.</summary>
    public IReadOnlyList<ChangeDetail> Details { get => field ?? []; init; }
}

/// <summary>A modified property, and why it is modified.</summary>
internal sealed record ChangeDetail(ChangeTarget? Target, string? Evaluation, string? ChangeSource, string? CausingEntity);

/// <summary>A modified property.</summary>
internal sealed record ChangeTarget(string? Attribute, string? Name, string? RequiresRecreation);

/// <summary>Executes a change set.</summary>
internal sealed record ExecuteChangeSetRequest(string ChangeSetName)
{
    /// <summary>The stack; null with an ARN.</summary>
    public string? StackName { get; init; }

    /// <summary>The token, which the stack's events carry.</summary>
    public string? ClientRequestToken { get; init; }

    /// <summary>Whether a failure leaves what was made.</summary>
    public bool? DisableRollback { get; init; }

    /// <summary>Whether a failed creation also deletes what the template retains.</summary>
    public bool? RetainExceptOnCreate { get; init; }
}

/// <summary>A page of change sets.</summary>
internal sealed record ListChangeSetsAnswer : WireAnswer
{
    /// <summary>The change sets.</summary>
    public IReadOnlyList<ChangeSetSummary> Summaries { get => field ?? []; init; }

    /// <summary>The next page; null at the end.</summary>
    public string? NextToken { get; init; }
}

/// <summary>A change set in a listing.</summary>
internal sealed record ChangeSetSummary
{
    /// <summary>The ARN.</summary>
    public string? ChangeSetId { get; init; }

    /// <summary>The name.</summary>
    public string? ChangeSetName { get; init; }

    /// <summary>The status, as in <see cref="ChangeSet.Status"/>.</summary>
    public string? Status { get; init; }

    /// <summary>When the change set was created.</summary>
    public DateTimeOffset? CreationTime { get; init; }
}
