namespace Tenfold.Aws.Stacks;

/// <summary>What applying would do. The change set that it describes exists in AWS until it is executed or discarded.</summary>
public sealed record StackPlan
{
    /// <summary>The stack's name.</summary>
    public required string Stack { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>True when the stack is new; otherwise it is updated.</summary>
    public required bool IsNew { get; init; }

    /// <summary>The changes, in the template's order as AWS gives it.</summary>
    public required IReadOnlyList<PlannedChange> Changes { get; init; }

    /// <summary>The changes that delete something that exists now, or replace it by something new.</summary>
    public IEnumerable<PlannedChange> Losses => Changes.Where(change =>
        change.Action == PlannedAction.Remove || (change.Action == PlannedAction.Modify && change.Replacement != Replacement.No));

    /// <summary>The change set's ARN.</summary>
    public required string ChangeSetId { get; init; }

    /// <summary>The stack's ARN. A new stack has one too, before it has any resource.</summary>
    public required string StackId { get; init; }
}

/// <summary>A planned change of a resource.</summary>
/// <param name="Resource">The resource's name in the template.</param>
/// <param name="Type">The type, for example <c>AWS::S3::Bucket</c>.</param>
/// <param name="Action">What happens to it.</param>
/// <param name="Replacement">Whether a modified resource is replaced.</param>
/// <param name="Properties">The properties that are modified.</param>
/// <param name="PhysicalId">The resource's name in AWS; null for one that is added.</param>
public sealed record PlannedChange(
    string Resource, string Type, PlannedAction Action, Replacement Replacement, IReadOnlyList<string> Properties, string? PhysicalId);

/// <summary>What happens to a resource.</summary>
public enum PlannedAction
{
    /// <summary>It is made.</summary>
    Add,

    /// <summary>Some of its properties change.</summary>
    Modify,

    /// <summary>It is deleted, or retained outside the stack if the template says so.</summary>
    Remove,

    /// <summary>CloudFormation can't tell before it executes the change set, or imports the resource.</summary>
    Other,
}

/// <summary>Whether a resource is replaced by a new one.</summary>
public enum Replacement
{
    /// <summary>The resource stays.</summary>
    No,

    /// <summary>CloudFormation can't tell before it executes the change set.</summary>
    Perhaps,

    /// <summary>A new resource takes its place.</summary>
    Yes,
}

/// <summary>The result of planning.</summary>
public abstract record PlanResult
{
    private PlanResult()
    {
    }

    /// <summary>Something would change.</summary>
    public sealed record Planned(StackPlan Plan) : PlanResult;

    /// <summary>The stack is as it should be.</summary>
    public sealed record NothingToChange : PlanResult;

    /// <summary>AWS is working on the stack.</summary>
    /// <param name="Status">CloudFormation's status.</param>
    public sealed record InProgress(string Status) : PlanResult;

    /// <summary>The stack's creation failed. Such a stack can only be deleted; <c>apply</c> deletes it and begins again.</summary>
    /// <param name="Status">CloudFormation's status.</param>
    public sealed record FailedCreation(string Status) : PlanResult;

    /// <summary>An update failed, and so did the way back; <c>apply</c> continues the way back first.</summary>
    public sealed record FailedRollback : PlanResult;

    /// <summary>A deletion failed half-way; it must be completed before a stack of this name can be made.</summary>
    public sealed record FailedDeletion : PlanResult;

    /// <summary>AWS can't make a change set of this template and these settings.</summary>
    /// <param name="Reason">AWS's reason.</param>
    public sealed record Refused(string Reason) : PlanResult;
}
