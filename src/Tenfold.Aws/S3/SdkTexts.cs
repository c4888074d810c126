using Amazon.Runtime;

namespace Tenfold.Aws.S3;

/// <summary>
/// Recognises faults for which Amazon's SDK has no exception type and no code: all of them are an <see cref="AmazonClientException"/>
/// with a text. This is the one place that depends on the SDK's words. A test provokes each fault in the SDK, so that a new version with
/// other texts fails the test.
/// </summary>
/// <remarks>Source: AWSSDK.Core 4.0, HashStream, DefaultAWSCredentialsIdentityResolver and AWS4Signer.</remarks>
internal static class SdkTexts
{
    private static readonly string[] WrongChecksum = ["Expected hash not equal to calculated hash"];

    private static readonly string[] NoCredentials = ["credentials", "identity"];

    /// <summary>True when the SDK found a wrong checksum.</summary>
    public static bool IsWrongChecksum(Exception e) => Has(e, WrongChecksum);

    /// <summary>True when the SDK found no credentials, or could not use those that it found.</summary>
    public static bool IsWithoutCredentials(Exception e) => Has(e, NoCredentials);

    private static bool Has(Exception e, string[] texts) =>
        e is AmazonClientException && texts.Any(text => e.Message.Contains(text, StringComparison.OrdinalIgnoreCase));
}
