namespace Tenfold.Aws.CloudFormation;

/// <summary>What the status of a stack means.</summary>
/// <remarks>Source: CloudFormation's user guide, "Stack status codes".</remarks>
internal static class StackStatus
{
    /// <summary>The stack has no resource yet; a change set that would make them was not executed.</summary>
    public const string InReview = "REVIEW_IN_PROGRESS";

    /// <summary>The update failed, and so did the way back.</summary>
    public const string UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED";

    /// <summary>The deletion failed.</summary>
    public const string DeleteFailed = "DELETE_FAILED";

    /// <summary>The stack is gone.</summary>
    public const string Deleted = "DELETE_COMPLETE";

    /// <summary>True while CloudFormation works on the stack.</summary>
    public static bool IsInProgress(string status) => status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) && status != InReview;

    /// <summary>True when the stack's resources exist and its outputs name them, also while it is updated.</summary>
    public static bool IsUsable(string status) =>
        status is "CREATE_COMPLETE" || status.StartsWith("UPDATE_", StringComparison.Ordinal)
            || status.StartsWith("IMPORT_", StringComparison.Ordinal);

    /// <summary>True when the stack was never complete. It can only be deleted and made again.</summary>
    public static bool IsFailedCreation(string status) =>
        status is "CREATE_FAILED" or "ROLLBACK_COMPLETE" or "ROLLBACK_FAILED" or "IMPORT_ROLLBACK_COMPLETE" or "IMPORT_ROLLBACK_FAILED";

    /// <summary>True when the stack ended as a creation or an update wanted it to.</summary>
    public static bool IsSuccess(string status) => status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE";

    /// <summary>True for the status of a resource that failed.</summary>
    public static bool IsFailure(string? status) => status?.EndsWith("_FAILED", StringComparison.Ordinal) == true;
}
