namespace Tenfold.Core.Requests;

/// <summary>One request to a served model with its reply, as the request log keeps it. Secrets are redacted before.</summary>
public sealed record LoggedRequest
{
    /// <summary>The request's id, a UUIDv7 that the gateway creates. Unique. Not an order: ids of one millisecond are unordered.</summary>
    public required Guid Id { get; init; }

    /// <summary>When the gateway received the request; stored in milliseconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The version that the request was sent to; null when none was chosen, because the model had no ready version.</summary>
    public string? Version { get; init; }

    /// <summary>Whether a client waited for the reply, or a copy was sent to a version that is only observed.</summary>
    public RequestKind Kind { get; init; }

    /// <summary>For a shadow request: the id of the client's request. Null for a live one.</summary>
    public Guid? ShadowOf { get; init; }

    /// <summary>The arm of the experiment that assigned the version; null without an experiment.</summary>
    public string? Arm { get; init; }

    /// <summary>The revision of the route that assigned the version.</summary>
    public long RouteRevision { get; init; }

    /// <summary>The key that keeps a user on one version; null when the client sent none, so each request was assigned by itself.</summary>
    public string? Key { get; init; }

    /// <summary>The status of the reply that the client got; 0 when the client got none.</summary>
    public required int Status { get; init; }

    /// <summary>How the request ended.</summary>
    public required RequestOutcome Outcome { get; init; }

    /// <summary>From the request's first byte to the reply's last.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>The part of <see cref="Latency"/> that the version took; null when it was not called.</summary>
    public TimeSpan? ModelLatency { get; init; }

    /// <summary>The request's body after redaction; only its beginning when <see cref="IsRequestCut"/>.</summary>
    public ReadOnlyMemory<byte> RequestBody { get; init; }

    /// <summary>The length of the body that the client sent.</summary>
    public long RequestSizeBytes { get; init; }

    /// <summary>True when the body is too long for the log, which then keeps its beginning.</summary>
    public bool IsRequestCut { get; init; }

    /// <summary>The request's Content-Type; null without one.</summary>
    public string? RequestContentType { get; init; }

    /// <summary>The reply's body after redaction; only its beginning when <see cref="IsReplyCut"/>.</summary>
    public ReadOnlyMemory<byte> ReplyBody { get; init; }

    /// <summary>The length of the body that was sent to the client.</summary>
    public long ReplySizeBytes { get; init; }

    /// <summary>True when the body is too long for the log, which then keeps its beginning.</summary>
    public bool IsReplyCut { get; init; }

    /// <summary>The reply's Content-Type; null without one.</summary>
    public string? ReplyContentType { get; init; }

    /// <summary>The client's own id of the request (<c>id</c> of the protocols); null without one. Clients may repeat it.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client's own time of the request, as text (<c>request_time</c> of the old contract); null without one.</summary>
    public string? ClientTime { get; init; }

    /// <summary>The name of the API key that the client used, never the key itself; null without one.</summary>
    public string? Caller { get; init; }
}

/// <summary>Whether a client waited for the reply.</summary>
public enum RequestKind
{
    /// <summary>A client sent the request and got the reply.</summary>
    Live,

    /// <summary>A copy of a live request for a version that is only observed.</summary>
    Shadow,
}

/// <summary>How a request ended. The status alone can't tell: a reply that was cut off began with 200.</summary>
public enum RequestOutcome
{
    /// <summary>The version replied completely, with whatever status.</summary>
    Answered,

    /// <summary>The gateway rejected the request: its body doesn't fit the schema, is too large, or can't be read.</summary>
    Rejected,

    /// <summary>No replica of the version was ready, or none accepted the connection.</summary>
    Unavailable,

    /// <summary>The version did not reply in time.</summary>
    TimedOut,

    /// <summary>The version closed the connection before its reply was complete.</summary>
    Broken,

    /// <summary>The client closed the connection before the reply was complete.</summary>
    ClientGone,
}
