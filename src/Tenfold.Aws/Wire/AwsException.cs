namespace Tenfold.Aws.Wire;

/// <summary>What kind of fault a call to AWS met. Callers branch on the kind, and on the code where a service's own codes matter.</summary>
public enum AwsFault
{
    /// <summary>AWS received too many requests. The call was retried before this was reported.</summary>
    Throttled,

    /// <summary>AWS refused the identity or its permissions, or there are no credentials.</summary>
    Denied,

    /// <summary>The credentials have expired: the user must log in again.</summary>
    ExpiredCredentials,

    /// <summary>The thing that the request names does not exist, or is not visible yet.</summary>
    NotFound,

    /// <summary>A quota of the account is used up.</summary>
    Limit,

    /// <summary>AWS has no machine of this type at the moment.</summary>
    Capacity,

    /// <summary>The request contradicts the present state, for example a name that is taken.</summary>
    Conflict,

    /// <summary>The request is not valid. It will fail again.</summary>
    Invalid,

    /// <summary>The service failed, or its answer can't be read. The call was retried where that is safe.</summary>
    Server,

    /// <summary>No answer arrived: no connection, a broken connection, or a timeout.</summary>
    Transport,
}

/// <summary>A call to AWS failed.</summary>
/// <remarks>The message says what happened, and what to do. It contains no header and no credential.</remarks>
public sealed class AwsException : Exception
{
    internal AwsException(string message, Exception? inner) : base(message, inner)
    {
    }

    /// <summary>The kind of fault.</summary>
    public required AwsFault Fault { get; init; }

    /// <summary>The service, as AWS names it in <c>AWS_ENDPOINT_URL_…</c> and its SDKs, for example <c>Batch</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The operation, for example <c>SubmitJob</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The service's code, for example <c>TooManyRequestsException</c>; empty when no answer arrived.</summary>
    public required string Code { get; init; }

    /// <summary>The service's own words, at most 1,000 characters.</summary>
    public required string Detail { get; init; }

    /// <summary>AWS's id of the request, which its support asks for; null when no answer arrived.</summary>
    public required string? RequestId { get; init; }

    /// <summary>
    /// True when the request may have taken effect, although no answer says so: a connection broke or the service failed after the request
    /// was sent, at this attempt or an earlier one. The caller must check before it repeats an operation that is not idempotent.
    /// </summary>
    public required bool MayHaveTakenEffect { get; init; }
}
