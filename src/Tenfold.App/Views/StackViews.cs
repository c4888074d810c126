using Tenfold.Aws.Stacks;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>A plan, in <c>infra plan</c> and <c>infra apply</c>.</summary>
public sealed record StackPlanView(
    string Stack, string Region, string State, string? Reason, IReadOnlyList<StackChangeView> Changes)
{
    /// <summary>The view of a result of planning.</summary>
    public static StackPlanView Of(string stack, string region, PlanResult result) => result switch
    {
        PlanResult.Planned planned => new(
            stack, region, planned.Plan.IsNew ? "create" : "update", null, [.. planned.Plan.Changes.Select(StackChangeView.Of)]),
        PlanResult.InProgress busy => new(stack, region, "busy", busy.Status, []),
        PlanResult.FailedCreation failed => new(stack, region, "creation-failed", failed.Status, []),
        PlanResult.FailedRollback => new(stack, region, "rollback-failed", null, []),
        PlanResult.FailedDeletion => new(stack, region, "deletion-failed", null, []),
        PlanResult.Refused refused => new(stack, region, "refused", refused.Reason, []),
        _ => new(stack, region, "unchanged", null, []),
    };
}

/// <summary>A planned change of a resource.</summary>
public sealed record StackChangeView(
    string Resource, string Type, string Action, string Replacement, IReadOnlyList<string> Properties, string? PhysicalId)
{
    /// <summary>The view of a change.</summary>
    public static StackChangeView Of(PlannedChange change) => new(
        change.Resource, change.Type, change.Action.ToString().ToLowerInvariant(), change.Replacement.ToString().ToLowerInvariant(),
        change.Properties, change.PhysicalId);
}

/// <summary>How an <c>infra apply</c> or <c>infra destroy</c> ended.</summary>
public sealed record StackEndView(
    string Stack, string Region, string State, string? Status, StackFailureView? Failure, string? Reason,
    IReadOnlyDictionary<string, string> Outputs, IReadOnlyList<KeptView> Kept, IReadOnlyList<StackFailureView> Retained,
    IReadOnlyList<LiveWorkView> Work)
{
    /// <summary>A view without details.</summary>
    public static StackEndView Of(string stack, string region, string state, string? reason = null) =>
        new(stack, region, state, null, null, reason, new Dictionary<string, string>(), [], [], []);
}

/// <summary>A resource that failed.</summary>
public sealed record StackFailureView(string Resource, string Type, string Reason, string? Code, string NextStep)
{
    /// <summary>The view of a failure.</summary>
    public static StackFailureView Of(StackFailure failure) =>
        new(failure.Resource, failure.Type, failure.Reason, failure.Code, failure.NextStep);
}

/// <summary>A bucket or repository that outlives a stack.</summary>
public sealed record KeptView(string Kind, string Name, long Count, long? SizeBytes, bool IsComplete)
{
    /// <summary>The view of something kept.</summary>
    public static KeptView Of(Kept kept) => new(
        kept.Kind.ToString().ToLowerInvariant(), kept.Name, kept.Content.Count, kept.Content.Bytes, kept.Content.IsComplete);
}

/// <summary>Work that a stack's destruction would end.</summary>
public sealed record LiveWorkView(string Kind, string Name, string Id, string Status)
{
    /// <summary>The view of work.</summary>
    public static LiveWorkView Of(LiveWork work) => new(work.Kind, work.Name, work.Id, work.Status);
}

/// <summary>The state of a stack, in <c>infra status</c>.</summary>
public sealed record StackView(
    string Stack, string Region, string? Status, string? Reason, DateTimeOffset? ChangedAt, int? TemplateVersion,
    int NewestTemplateVersion, bool IsUsable, IReadOnlyDictionary<string, string> Outputs,
    IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<StackResourceView> Resources, string? DriftFault)
{
    /// <summary>The view of a report.</summary>
    public static StackView Of(StackReport report) => new(
        report.Stack, report.Region, report.Status, report.Reason, report.ChangedAt, report.TemplateVersion, StackTemplate.Version,
        report.IsUsable, report.Outputs, report.Parameters, [.. report.Resources.Select(StackResourceView.Of)], report.DriftFault);
}

/// <summary>A resource of a stack.</summary>
public sealed record StackResourceView(
    string Resource, string Type, string? PhysicalId, string Status, string Drift, IReadOnlyList<string> Properties)
{
    /// <summary>The view of a resource.</summary>
    public static StackResourceView Of(ReportedResource resource) => new(
        resource.Resource, resource.Type, resource.PhysicalId, resource.Status, resource.Drift switch
        {
            DriftState.InSync => "in-sync",
            DriftState.Modified => "modified",
            DriftState.Deleted => "deleted",
            _ => "not-checked",
        }, resource.Properties);
}
