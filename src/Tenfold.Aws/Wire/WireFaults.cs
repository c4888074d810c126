using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Xml;
using Amazon.Runtime;

namespace Tenfold.Aws.Wire;

/// <summary>Tells the kind of a fault from a service's code, its status, or the exception of the transport.</summary>
internal static class WireFaults
{
    /// <remarks>
    /// Source: botocore's standard.py, AWSSDK.Core's RetryPolicy, and the errors of each service model. LimitExceededException is among the
    /// SDK's throttling codes, but every service here uses it for a quota.
    /// </remarks>
    private static readonly Dictionary<string, AwsFault> Codes = Table(
        (AwsFault.Throttled, "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException " +
            "TooManyRequests TooManyRequestsException RequestLimitExceeded BandwidthLimitExceeded SlowDown EC2ThrottledException " +
            "PriorRequestNotComplete ProvisionedThroughputExceededException TransactionInProgressException"),
        (AwsFault.Denied, "AccessDenied AccessDeniedException UnauthorizedOperation UnauthorizedException NotAuthorized AuthFailure " +
            "UnrecognizedClientException InvalidClientTokenId InvalidAccessKeyId InvalidSignatureException SignatureDoesNotMatch " +
            "MissingAuthenticationToken MissingAuthenticationTokenException IncompleteSignature IncompleteSignatureException " +
            "OptInRequired RequestTimeTooSkewed RequestInTheFuture"),
        (AwsFault.ExpiredCredentials, "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired"),
        (AwsFault.NotFound, "ResourceNotFound ResourceNotFoundException NotFoundException NoSuchEntity NoSuchResourceException " +
            "ChangeSetNotFound ChangeSetNotFoundException RepositoryNotFoundException ImageNotFoundException StackNotFoundException " +
            "LifecyclePolicyNotFoundException ParameterNotFound ServiceNotFoundException ServiceNotActiveException " +
            "ClusterNotFoundException ObjectNotFoundException"),
        (AwsFault.Limit, "LimitExceeded LimitExceededException ResourceLimitExceeded ServiceQuotaExceededException " +
            "QuotaExceededException InstanceLimitExceeded VcpuLimitExceeded MaxSpotInstanceCountExceeded VolumeLimitExceeded " +
            "ParameterLimitExceeded ParameterMaxVersionLimitExceeded"),
        (AwsFault.Capacity, "InsufficientInstanceCapacity InsufficientHostCapacity InsufficientReservedInstanceCapacity Unsupported"),
        (AwsFault.Conflict, "ResourceInUse ConflictException AlreadyExistsException EntityAlreadyExists ResourceAlreadyExistsException " +
            "ImageAlreadyExistsException ImageTagAlreadyExistsException RepositoryAlreadyExistsException InvalidChangeSetStatus " +
            "OperationInProgressException OperationAbortedException IncorrectInstanceState IdempotentParameterMismatch " +
            "IdempotentInstanceTerminated TokenAlreadyExistsException ConcurrentModification ParameterAlreadyExists TooManyUpdates " +
            "ConcurrentUpdateException UpdateInProgressException"),
        (AwsFault.Server, "InternalError InternalFailure InternalServerError InternalServerException ServerException ServiceException " +
            "ServiceFailure ServiceUnavailable ServiceUnavailableException Unavailable RequestTimeout RequestTimeoutException"));

    /// <summary>The kind of a fault that a service answered.</summary>
    public static AwsFault Classify(AmazonServiceException e) => Classify(e.ErrorCode ?? "", e.Message, e.StatusCode);

    /// <summary>The kind of a fault with this code, message and status.</summary>
    public static AwsFault Classify(string code, string message, HttpStatusCode status)
    {
        if (AwsTexts.FaultOf(code, message) is { } meant) return meant;
        if (Codes.TryGetValue(code, out var known)) return known;
        // EC2 has a code for each kind of thing, for example InvalidInstanceID.NotFound.
        if (code.EndsWith(".NotFound", StringComparison.Ordinal)) return AwsFault.NotFound;
        return status switch
        {
            HttpStatusCode.TooManyRequests => AwsFault.Throttled,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => AwsFault.Denied,
            HttpStatusCode.NotFound => AwsFault.NotFound,
            HttpStatusCode.Conflict => AwsFault.Conflict,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => AwsFault.Invalid,
            _ => AwsFault.Server,
        };
    }

    /// <summary>True when the service does not know the access key, or the signature shows that its secret is wrong.</summary>
    public static bool IsOfKey(string code) => code is "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId"
        or "InvalidSignatureException" or "SignatureDoesNotMatch" or "AuthFailure";

    /// <summary>True for faults of AWS, the connection or the credentials; false for bugs.</summary>
    public static bool Covers(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or SocketException or TimeoutException
            or OperationCanceledException or ObjectDisposedException or WebException || IsUnreadable(e);

    /// <summary>
    /// True for an answer that Amazon's SDK could not read: it reports the exceptions of its parsers. The one for hexadecimal text refuses
    /// an odd number of digits, in an ETag for instance, as an argument.
    /// </summary>
    public static bool IsUnreadable(Exception e) => e is XmlException or JsonException or FormatException or OverflowException
        or ArgumentOutOfRangeException { Source: "AWSSDK.Core" };

    /// <summary>True when the request certainly never reached the service.</summary>
    public static bool NeverArrived(Exception e) =>
        e is HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                or HttpRequestError.ProxyTunnelError
        };

    /// <summary>True when nothing tells whether the request took effect.</summary>
    public static bool LeavesOpen(Exception e) => e switch
    {
        AmazonServiceException { StatusCode: not 0 } service => (int)service.StatusCode is < 400 or >= 500
            && Classify(service) != AwsFault.Throttled,
        // No credentials were found, so nothing was sent.
        AmazonClientException { InnerException: null } => false,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        _ => !NeverArrived(e),
    };

    private static Dictionary<string, AwsFault> Table(params ReadOnlySpan<(AwsFault Fault, string Codes)> rows)
    {
        var table = new Dictionary<string, AwsFault>(StringComparer.Ordinal);
        foreach (var (fault, codes) in rows)
            foreach (var code in codes.Split(' ')) table.Add(code, fault);
        return table;
    }
}
