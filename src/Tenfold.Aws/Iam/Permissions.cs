using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Iam;

/// <summary>Simulates which actions a user or role may take.</summary>
/// <param name="PolicySourceArn">The user's or role's ARN, not that of an assumed role's session.</param>
/// <param name="ActionNames">The actions, for example <c>batch:SubmitJob</c>.</param>
internal sealed record SimulatePrincipalPolicyRequest(string PolicySourceArn, IReadOnlyList<string> ActionNames)
{
    /// <summary>The resources; null for all.</summary>
    public IReadOnlyList<string>? ResourceArns { get; init; }

    /// <summary>Values for the policies' conditions.</summary>
    public IReadOnlyList<ContextEntry>? ContextEntries { get; init; }

    /// <summary>The size of a page, at most 1,000.</summary>
    public int? MaxItems { get; init; }

    /// <summary>The page.</summary>
    public string? Marker { get; init; }
}

/// <summary>A value for a policy's condition.</summary>
internal sealed record ContextEntry(string ContextKeyName, IReadOnlyList<string> ContextKeyValues, string ContextKeyType);

/// <summary>A page of results.</summary>
internal sealed record SimulatePrincipalPolicyAnswer : WireAnswer
{
    /// <summary>The results, one for each action and resource.</summary>
    public IReadOnlyList<EvaluationResult> EvaluationResults { get => field ?? []; init; }

    /// <summary>Whether more pages follow.</summary>
    public bool? IsTruncated { get; init; }

    /// <summary>The next page.</summary>
    public string? Marker { get; init; }
}

/// <summary>Whether an action is allowed.</summary>
internal sealed record EvaluationResult
{
    /// <summary>The action.</summary>
    public required string EvalActionName { get; init; }

    /// <summary>The resource.</summary>
    public string? EvalResourceName { get; init; }

    /// <summary><c>allowed</c>, <c>explicitDeny</c> or <c>implicitDeny</c>.</summary>
    public required string EvalDecision { get; init; }

    /// <summary>Condition keys that the policies ask for and the request lacks.</summary>
    public IReadOnlyList<string> MissingContextValues { get => field ?? []; init; }

    /// <summary>What the organization's policies say.</summary>
    public OrganizationsDecision? OrganizationsDecisionDetail { get; init; }

    /// <summary>What the permissions boundary says.</summary>
    public BoundaryDecision? PermissionsBoundaryDecisionDetail { get; init; }
}

/// <summary>What the organization's policies say.</summary>
internal sealed record OrganizationsDecision(bool AllowedByOrganizations);

/// <summary>What the permissions boundary says.</summary>
internal sealed record BoundaryDecision(bool AllowedByPermissionsBoundary);

/// <summary>Describes a role.</summary>
internal sealed record GetRoleRequest(string RoleName);

/// <summary>The role.</summary>
internal sealed record GetRoleAnswer : WireAnswer
{
    /// <summary>The role.</summary>
    public required Role Role { get; init; }
}

/// <summary>Creates the role of a service.</summary>
/// <param name="ServiceName">The service, for example <c>batch.amazonaws.com</c>.</param>
internal sealed record CreateServiceLinkedRoleRequest(
    [property: System.Text.Json.Serialization.JsonPropertyName("AWSServiceName")] string ServiceName);

/// <summary>The created role.</summary>
internal sealed record CreateServiceLinkedRoleAnswer : WireAnswer
{
    /// <summary>The role.</summary>
    public Role? Role { get; init; }
}

/// <summary>A role.</summary>
internal sealed record Role
{
    /// <summary>The name.</summary>
    public required string RoleName { get; init; }

    /// <summary>The ARN.</summary>
    public required string Arn { get; init; }

    /// <summary>The path.</summary>
    public string? Path { get; init; }

    /// <summary>When the role was created.</summary>
    public DateTimeOffset? CreateDate { get; init; }

    /// <summary>The trust policy, as JSON in URL encoding.</summary>
    public string? AssumeRolePolicyDocument { get; init; }

    /// <summary>The longest session.</summary>
    public int? MaxSessionDuration { get; init; }
}
