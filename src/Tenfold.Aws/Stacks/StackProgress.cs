using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Something that happened to a resource while AWS works on a stack.</summary>
/// <param name="Resource">The resource's name in the template; the stack's name for the stack itself.</param>
/// <param name="Type">The type, for example <c>AWS::S3::Bucket</c>.</param>
/// <param name="Status">CloudFormation's status, for example <c>CREATE_COMPLETE</c>.</param>
/// <param name="Reason">AWS's reason; null for none.</param>
/// <param name="At">When it happened.</param>
public sealed record StackProgress(string Resource, string Type, string Status, string? Reason, DateTimeOffset? At);

/// <summary>The first failure of a stack's change. Later failures are usually its consequences.</summary>
/// <param name="Resource">The resource's name in the template.</param>
/// <param name="Type">The type.</param>
/// <param name="Reason">AWS's reason.</param>
public sealed record StackFailure(string Resource, string Type, string Reason)
{
    /// <summary>The kind of failure, for example <c>AccessDenied</c>; null when AWS gives none.</summary>
    public string? Code => AwsTexts.FailureCode(Reason);

    /// <summary>What to do about it.</summary>
    public string NextStep => Code switch
    {
        "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "InvalidCredentials" or "UnauthorizedTaggingOperation" =>
            "allow this to the identity in use ('aws sts get-caller-identity'), or ask an administrator to apply the stack",
        "ServiceLimitExceeded" or "LimitExceeded" or "LimitExceededException" or "VpcLimitExceeded" =>
            "ask for a higher quota ('aws service-quotas'), delete what is not used, or use what exists (--vpc, --subnets)",
        "AlreadyExists" or "EntityAlreadyExists" or "ResourceAlreadyExistsException" or "PullThroughCacheRuleAlreadyExistsException" =>
            "delete what has this name, or use another name for the stack (--stack)",
        "InvalidRequest" or "InvalidParameterValue" or "ValidationError" or "ClientException" or "InvalidParameter" =>
            "correct the setting that AWS names",
        "ResourceConflict" or "NotStabilized" or "Throttling" or "ServiceInternalError" or "ServiceTimeout" or "NetworkFailure"
            or "InternalFailure" => "try again",
        _ => "correct the cause",
    };
}

/// <summary>How AWS's work on a stack ended.</summary>
internal abstract record StackEnd
{
    private StackEnd()
    {
    }

    /// <summary>The stack is as it was asked for.</summary>
    public sealed record Done(string Status) : StackEnd;

    /// <summary>Something failed.</summary>
    public sealed record Failed(string Status, StackFailure? First) : StackEnd;

    /// <summary>The stack is deleted, as was asked for, or by another process.</summary>
    public sealed record Gone : StackEnd;
}
