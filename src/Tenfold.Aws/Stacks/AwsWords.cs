using System.Text.RegularExpressions;

namespace Tenfold.Aws.Stacks;

/// <summary>What CloudFormation says only in words.</summary>
internal static partial class AwsWords
{
    /// <summary>True for the reason of a change set that failed because nothing would change. It has no status of its own.</summary>
    /// <remarks>Source: awscli, customizations/cloudformation/deployer.py, <c>wait_for_changeset</c>.</remarks>
    public static bool IsWithoutChanges(string? reason) =>
        reason is not null && (reason.Contains("didn't contain changes", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("No updates are to be performed", StringComparison.OrdinalIgnoreCase));

    /// <summary>The code of a failure in a resource's reason, for example <c>AccessDenied</c>; null when there is none.</summary>
    /// <remarks>
    /// Source: CloudFormation CLI user guide, "Handler error codes". A reason ends with "(RequestToken: …, HandlerErrorCode: …)". Resource
    /// types that have no handlers yet give the service's code: "(Service: …; Status Code: 403; Error Code: AccessDenied; …)".
    /// </remarks>
    public static string? FailureCode(string? reason)
    {
        if (reason is null) return null;
        var match = HandlerCode().Match(reason);
        if (!match.Success) match = ServiceCode().Match(reason);
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"HandlerErrorCode: ?(\w+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HandlerCode();

    [GeneratedRegex(@"Error Code: ?([\w.]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceCode();
}
