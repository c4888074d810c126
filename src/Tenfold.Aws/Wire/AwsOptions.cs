using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>How to connect to AWS. The defaults suit every user whose <c>aws</c> command works.</summary>
public sealed record AwsOptions
{
    /// <summary>The region. Null, the default: <c>AWS_REGION</c>, the profile's region, or the machine's.</summary>
    public string? Region { get; init; }

    /// <summary>
    /// The endpoint of every service. Null, the default: <c>AWS_ENDPOINT_URL_BATCH</c> (or of another service), <c>AWS_ENDPOINT_URL</c>,
    /// the profile's endpoint, or Amazon's.
    /// </summary>
    public string? Endpoint { get; init; }

    /// <summary>How often a request is sent at most: the first attempt and its retries. Default: 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long a call may take, including its retries. Default: 2 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The longest pause before the first retry; it doubles with each retry, up to 20 s. Default: 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The largest answer that is read, in bytes. Default: 32 MiB, several times what AWS's own limits allow.</summary>
    public int MaxAnswerBytes { get; init; } = 32 << 20;

    /// <summary>Credentials other than those of AWS's chain. Null, the default, for the chain.</summary>
    internal AWSCredentials? Credentials { get; init; }
}
