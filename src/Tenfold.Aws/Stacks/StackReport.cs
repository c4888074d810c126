using Tenfold.Aws.CloudFormation;

namespace Tenfold.Aws.Stacks;

/// <summary>The state of a stack.</summary>
public sealed record StackReport
{
    /// <summary>The stack's name.</summary>
    public required string Stack { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>CloudFormation's status; null when there is no stack.</summary>
    public string? Status { get; init; }

    /// <summary>AWS's reason for the status; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>When the stack was made or last updated.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The version of the template that the stack was made from; null when it has none.</summary>
    public int? TemplateVersion { get; init; }

    /// <summary>The stack's outputs by their names.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The stack's parameters by their names.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>The resources.</summary>
    public IReadOnlyList<ReportedResource> Resources { get; init; } = [];

    /// <summary>Why the resources could not be compared with the template; null when they were, or when nobody asked for that.</summary>
    public string? DriftFault { get; init; }

    /// <summary>What targets find; null when there is no stack.</summary>
    public StackLookup? Lookup { get; init; }

    /// <summary>True when the stack can be used by targets.</summary>
    public bool IsUsable => Lookup is StackLookup.Ready;

    /// <summary>True while AWS is working on the stack.</summary>
    public bool IsInProgress => Status is { } status && StackStatus.IsInProgress(status);

    /// <summary>True when this program has a newer template.</summary>
    public bool IsOutdated => TemplateVersion is { } version && version < StackTemplate.Version;

    /// <summary>True when a newer program made the stack.</summary>
    public bool IsNewer => TemplateVersion > StackTemplate.Version;

    /// <summary>The resources that somebody has changed or deleted by hand.</summary>
    public IEnumerable<ReportedResource> Drifted =>
        Resources.Where(resource => resource.Drift is DriftState.Modified or DriftState.Deleted);
}

/// <summary>A resource of a stack.</summary>
/// <param name="Resource">The name in the template.</param>
/// <param name="Type">The type.</param>
/// <param name="PhysicalId">The name in AWS; null for a resource that was not made.</param>
/// <param name="Status">CloudFormation's status.</param>
/// <param name="Drift">What the comparison with the template found.</param>
/// <param name="Properties">The properties that differ from the template.</param>
public sealed record ReportedResource(
    string Resource, string Type, string? PhysicalId, string Status, DriftState Drift, IReadOnlyList<string> Properties);

/// <summary>What the comparison of a resource with the template found.</summary>
public enum DriftState
{
    /// <summary>It was not compared, or CloudFormation can't compare its type.</summary>
    NotChecked,

    /// <summary>It is as the template says.</summary>
    InSync,

    /// <summary>Somebody has changed it.</summary>
    Modified,

    /// <summary>Somebody has deleted it.</summary>
    Deleted,
}
