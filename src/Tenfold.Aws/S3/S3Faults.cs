using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.S3;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>
/// Translates errors of S3, Amazon's SDK or the network into messages that a person can act on. A message never contains a header or a
/// credential.
/// </summary>
/// <param name="location">The location of the store or the data.</param>
/// <param name="endpoint">The server's name for messages.</param>
internal sealed class S3Faults(S3Location location, string endpoint)
{
    private static readonly string[] TransientCodes =
    [
        "SlowDown", "Throttling", "ThrottlingException", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "RequestTimeout",
        "InternalError",
        "ServiceUnavailable", "OperationAborted", "ConditionalRequestConflict", "XMinioServerNotInitialized",
    ];

    /// <summary>True for users' data, false for a store.</summary>
    public bool IsOfData { get; init; }

    /// <summary>True for faults of S3, the connection or permissions; false for bugs.</summary>
    public static bool Covers(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or SocketException or TimeoutException
            or OperationCanceledException || WireFaults.IsUnreadable(e);

    /// <summary>True when a server answered.</summary>
    public static bool IsAnswer(Exception e) => e is AmazonServiceException { StatusCode: not 0 } or DamagedException;

    /// <summary>True for transient faults.</summary>
    public static bool IsTransient(Exception e) => e switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented or HttpStatusCode.InsufficientStorage } => false,
        AmazonServiceException service when (int)service.StatusCode >= 500 || service.StatusCode == HttpStatusCode.TooManyRequests => true,
        AmazonServiceException service when TransientCodes.Contains(service.ErrorCode) => true,
        AmazonServiceException or AmazonClientException => e.InnerException is { } inner && IsTransient(inner),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        // OperationCanceledException is HttpClient's timeout, because the caller has already checked its own token.
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <summary>True for a wrong checksum, found here or by the server.</summary>
    public static bool IsDamage(Exception e) =>
        e is DamagedException
            || e is AmazonServiceException
            {
                ErrorCode: "BadDigest" or "XAmzContentSHA256Mismatch" or "InvalidDigest"
                or "XAmzContentChecksumMismatch"
            }
            || AwsTexts.IsWrongChecksum(e);

    /// <summary>True when the object or the upload does not exist.</summary>
    public static bool IsAbsent(AmazonS3Exception e) =>
        e.ErrorCode is "NoSuchKey" or "NoSuchUpload" || (e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode != "NoSuchBucket");

    /// <summary>True when a retry will not help: the request was refused, or its object is gone.</summary>
    public static bool IsFinal(StoreException e) => e.IsDamaged || (e.InnerException is { } inner && Covers(inner) && !IsTransient(inner));

    /// <summary>Translates an error into the exception to throw.</summary>
    /// <param name="e">The error.</param>
    /// <param name="action">S3's name of the permission that was needed, for example <c>s3:GetObject</c>.</param>
    /// <param name="key">The object's key in the bucket; null when there is none.</param>
    /// <param name="waited">How long the call was retried.</param>
    public StoreException Translate(Exception e, string action, string? key, TimeSpan waited) =>
        new(Describe(e, action, key, waited), e, isDamaged: IsDamage(e) && action == "s3:GetObject") { IsFull = IsFull(e) };

    private static bool IsFull(Exception e) =>
        e is AmazonServiceException { StatusCode: HttpStatusCode.InsufficientStorage }
            or AmazonServiceException
        {
            ErrorCode: "QuotaExceeded" or "QuotaExceededException" or "XMinioStorageFull"
                or "XMinioAdminBucketQuotaExceeded"
        };

    private string Describe(Exception e, string action, string? key, TimeSpan waited)
    {
        var what = key is null ? location.Url : $"s3://{location.Bucket}/{key}";
        if (IsFull(e)) return $"{location.Url} is full: free space ('tenfold gc'), or use another store";
        return e switch
        {
            _ when IsDamage(e) && IsOfData =>
                $"{what} is damaged: its checksum differs from the server's. Upload it again and restart the run",
            _ when IsDamage(e) && action == "s3:GetObject" =>
                $"{what} is damaged: its SHA-256 differs from the one that was written. Write it again, or restore the bucket",
            _ when IsDamage(e) =>
                $"{what}: {endpoint} received damaged bytes several times in a row. Check the network and this machine's memory",
            AmazonServiceException service when DescribeKnown(service, action, what) is { } words => words,
            _ when IsTransient(e) => Unreachable(e, what, waited),
            AmazonServiceException service => $"{what}: {endpoint} refused {action}: {Words(service)}",
            _ when AwsTexts.IsWithoutCredentials(e) =>
                $"{location.Url}: no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or " +
                "log in ('aws sso login', 'aws configure')",
            _ when WireFaults.IsUnreadable(e) =>
                $"{what}: the answer to {action} can't be read ({e.Message.TrimEnd('.')}). Is {endpoint} the address "
                + "of an S3 server, or does a proxy answer?",
            NoRegionException =>
                $"{location.Url}: no AWS region is set. Set AWS_REGION to the bucket's region, or AWS_ENDPOINT_URL_S3 to a " +
                "server other than Amazon's",
            WrongRegionException => $"{location.Url}: {e.Message}. Correct AWS_REGION, or the target's `region`",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"{what}: no secure connection to {endpoint}: {Innermost(e)}. Check the server's certificate, or whether it speaks " +
                "plain HTTP (http://…)",
            _ => $"{what}: {action} failed: {Innermost(e)}",
        };
    }

    private string? DescribeKnown(AmazonServiceException e, string action, string what) => e.ErrorCode switch
    {
        "NoSuchBucket" when IsOfData =>
            $"there is no bucket '{location.Bucket}' at {endpoint}: correct its name, or set the endpoint or profile of the bucket " +
            "(AWS_ENDPOINT_URL_S3, AWS_PROFILE)",
        "NoSuchBucket" =>
            $"there is no bucket '{location.Bucket}' at {endpoint}: create it ('aws s3 mb s3://{location.Bucket}'), or correct the " +
            "store's URL",
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AuthFailure" =>
            $"{location.Url}: {endpoint} doesn't accept the AWS credentials: check AWS_PROFILE, or AWS_ACCESS_KEY_ID and " +
            "AWS_SECRET_ACCESS_KEY",
        "ExpiredToken" or "TokenRefreshRequired" or "InvalidToken" or "RequestExpired" =>
            $"{location.Url}: the AWS credentials have expired: log in again ('aws sso login'), or renew AWS_SESSION_TOKEN",
        "RequestTimeTooSkewed" =>
            $"{location.Url}: this machine's clock is off by more than 15 minutes from {endpoint}'s: set it ('timedatectl')",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            $"{location.Url}: the bucket is in another region than the one in use: set AWS_REGION to the bucket's region " +
            $"('aws s3api get-bucket-location --bucket {location.Bucket}')",
        "KeyTooLongError" =>
            $"{what}: the key is longer than the 1,024 bytes that S3 accepts. Use shorter file names, or a " +
            "shorter prefix in the store's URL",
        "InvalidObjectState" =>
            $"{what} is archived (Glacier). Restore it first ('aws s3api restore-object'), or copy it to another storage class",
        "EntityTooLarge" => $"{what}: the object is too large for {endpoint}",
        _ when e.StatusCode == HttpStatusCode.Forbidden => $"{what}: access denied to {action}. Allow this action to the identity in use " +
            $"('aws sts get-caller-identity') on arn:aws:s3:::{location.Bucket}{ResourceOf(action)}, or use other " +
            "credentials (AWS_PROFILE)" +
            (action == "s3:GetObject" ? "; without s3:ListBucket, S3 gives the same answer for an object that doesn't exist" : ""),
        _ when e.StatusCode == HttpStatusCode.MovedPermanently =>
            $"{location.Url}: the bucket is in another region than the one in use: set AWS_REGION " +
            $"to the bucket's region ('aws s3api get-bucket-location --bucket {location.Bucket}')",
        _ => null,
    };

    private string ResourceOf(string action) => action.StartsWith("s3:ListBucket", StringComparison.Ordinal) ? "" : $"/{location.Prefix}*";

    private string Unreachable(Exception e, string what, TimeSpan waited)
    {
        var tried = waited < TimeSpan.FromSeconds(1) ? "" : $" for {waited.TotalSeconds:0} s";
        return e is AmazonServiceException { StatusCode: not 0 } service
            ? $"{what}: {endpoint} is overloaded or failing{tried} ({Words(service)}): try again later"
            : $"{what}: {endpoint} can't be reached{tried}: {Innermost(e)}. Check the network, and AWS_ENDPOINT_URL_S3 if you set it";
    }

    private static string Words(AmazonServiceException e) => $"{(int)e.StatusCode} {e.ErrorCode}".TrimEnd();

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner) e = inner;
        return e is OperationCanceledException ? "no answer in time" : e.Message.TrimEnd('.');
    }
}
