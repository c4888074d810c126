namespace Tenfold.Aws.SageMaker;

/// <summary>An account's SageMaker in a region, as a stack or the target's options name its parts.</summary>
internal sealed record SageMakerPlace
{
    /// <summary>The account's number.</summary>
    public required string Account { get; init; }

    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The stack's name; null for none.</summary>
    public string? Stack { get; init; }

    /// <summary>The ARN of the jobs' role.</summary>
    public required string Role { get; init; }

    /// <summary>What to put in front of the name of an image of <c>public.ecr.aws</c>; null without a stack.</summary>
    public string? PullThrough { get; init; }

    /// <summary>The store of groups that name none; null without a stack.</summary>
    public string? StoreUrl { get; init; }

    /// <summary>The place that a group's record names.</summary>
    public string Name => NameOf(Account, Region);

    /// <summary>The name of a place. Jobs are found by their names, whatever stack or role they have.</summary>
    public static string NameOf(string account, string region) => $"{account}/{region}/training";

    /// <summary>The ARN of a role by its name, or by its ARN.</summary>
    public static string RoleArn(string role, string account, string region) => role.StartsWith("arn:", StringComparison.Ordinal) ? role
        : $"arn:{Partition(region)}:iam::{account}:role/{role}";

    private static string Partition(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn"
        : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";
}
