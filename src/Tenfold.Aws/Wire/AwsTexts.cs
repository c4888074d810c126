using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>
/// Recognises faults that AWS or Amazon's SDK reports in words alone: they have no type, or share a code with other faults. This is the one
/// place that depends on the words of a call's fault. Where the SDK itself can be brought to say them, a test does so, and fails when a new
/// version has other words.
/// </summary>
/// <remarks>
/// Sources: AWSSDK.Core (HashStream, DefaultAWSCredentialsIdentityResolver, AWS4Signer, SSOTokenManager); awscli,
/// customizations/cloudformation/deployer.py; CloudFormation CLI user guide, "Handler error codes"; Amazon EC2 API, "Error codes".
/// </remarks>
internal static partial class AwsTexts
{
    private static readonly string[]
        WrongChecksum = ["Expected hash not equal to calculated hash"],
        NoCredentials = ["credentials", "identity"],
        NoChanges = ["didn't contain changes", "No updates are to be performed"];

    /// <summary>
    /// Codes that stand for many faults. Nothing else in such an answer tells a missing thing, or a missing permission, from a wrong
    /// parameter.
    /// </summary>
    /// <remarks>
    /// CloudFormation: "Stack with id X does not exist", "Stack [X] does not exist". SageMaker: "Requested resource not found.". Batch:
    /// "User: arn:… is not authorized to perform: iam:PassRole on resource: …".
    /// </remarks>
    private static readonly (string Code, string Words, AwsFault Fault)[] SharedCodes =
    [
        ("ValidationError", "does not exist", AwsFault.NotFound),
        ("ValidationException", "Requested resource not found", AwsFault.NotFound),
        ("ClientException", "is not authorized to perform", AwsFault.Denied),
        ("ValidationException", "is not authorized to perform", AwsFault.Denied),
        ("ValidationError", "is not authorized to perform", AwsFault.Denied),
    ];

    /// <summary>True when the SDK found a wrong checksum.</summary>
    public static bool IsWrongChecksum(Exception e) => e is AmazonClientException && Has(e.Message, WrongChecksum);

    /// <summary>True when the SDK found no credentials, or could not use those that it found.</summary>
    public static bool IsWithoutCredentials(Exception e) => e is AmazonClientException && Has(e.Message, NoCredentials);

    /// <summary>True when the SDK found a login that has expired, or one of single sign-on that never took place.</summary>
    public static bool IsExpiredLogin(Exception e) =>
        // "associated" has the letters of SSO too.
        e is AmazonClientException && (e.Message.Contains("SSO", StringComparison.Ordinal) || Has(e.Message, "expired"));

    /// <summary>The fault that a service means by a code that it gives to many faults; null when the code says it.</summary>
    public static AwsFault? FaultOf(string code, string message)
    {
        foreach (var entry in SharedCodes)
            if (code == entry.Code && Has(message, entry.Words)) return entry.Fault;
        return null;
    }

    /// <summary>
    /// True when SageMaker does not stop a training job because it has ended or is ending: "The request was rejected because the training
    /// job is in status Stopped." Its code is that of every wrong request.
    /// </summary>
    public static bool IsOfEndedTrainingJob(AwsException e) => e.Fault == AwsFault.Invalid && Has(e.Detail, "in status");

    /// <summary>True when Batch does not know the definition of a job. Its code is that of every wrong request.</summary>
    public static bool IsOfMissingDefinition(AwsException e) => e.Code == "ClientException" && Has(e.Detail, "JobDefinition");

    /// <summary>True when EC2 refused a combination of parameters because of the zone.</summary>
    public static bool IsOfZone(AwsException e) => e.Code == "InvalidParameterCombination" && Has(e.Detail, "Availability Zone");

    /// <summary>True for the reason of a change set that failed because nothing would change. It has no status of its own.</summary>
    public static bool IsWithoutChanges(string? reason) => reason is not null && Has(reason, NoChanges);

    /// <summary>The code of a failure in a resource's reason, for example <c>AccessDenied</c>; null when there is none.</summary>
    /// <remarks>
    /// A reason ends with "(RequestToken: …, HandlerErrorCode: …)". Resource types that have no handlers yet give the service's code:
    /// "(Service: …; Status Code: 403; Error Code: AccessDenied; …)".
    /// </remarks>
    public static string? FailureCode(string? reason)
    {
        if (reason is null) return null;
        var match = HandlerCode().Match(reason);
        if (!match.Success) match = ServiceCode().Match(reason);
        return match.Success ? match.Groups[1].Value : null;
    }

    private static bool Has(string message, params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
            if (message.Contains(text, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    [GeneratedRegex(@"HandlerErrorCode: ?(\w+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HandlerCode();

    [GeneratedRegex(@"Error Code: ?([\w.]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceCode();
}
