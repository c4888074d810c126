namespace Tenfold.Core.Requests;

/// <summary>Which requests to read. What is null restricts nothing.</summary>
public sealed record RequestQuery
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>The version.</summary>
    public string? Version { get; init; }

    /// <summary>Requests received at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Requests received before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The lowest status.</summary>
    public int? MinStatus { get; init; }

    /// <summary>The highest status.</summary>
    public int? MaxStatus { get; init; }

    /// <summary>The outcome.</summary>
    public RequestOutcome? Outcome { get; init; }

    /// <summary>The kind.</summary>
    public RequestKind? Kind { get; init; }

    /// <summary>The arm.</summary>
    public string? Arm { get; init; }

    /// <summary>The key.</summary>
    public string? Key { get; init; }

    /// <summary>The client's own id.</summary>
    public string? ClientId { get; init; }

    /// <summary>The client's own time.</summary>
    public string? ClientTime { get; init; }

    /// <summary>True: the newest first. Default: the oldest first.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>False leaves out the bodies, which are then empty. Default true.</summary>
    public bool WithBodies { get; init; } = true;

    /// <summary>How many to read at most.</summary>
    public int? Limit { get; init; }
}

/// <summary>Which outcomes to aggregate for a comparison of versions.</summary>
public sealed record OutcomeQuery
{
    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>What is measured of a request.</summary>
    public Measure Measure { get; init; }

    /// <summary>The metric of the feedback; null for the other measures.</summary>
    public string? Metric { get; init; }

    /// <summary>Only requests that this arm assigned, by the arms' names; empty: all.</summary>
    public IReadOnlyList<string> Arms { get; init; } = [];

    /// <summary>Requests received at this time or later; null: all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Requests received before this time; null: all.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>What is measured of a request.</summary>
public enum Measure
{
    /// <summary>The current value of a metric's feedback. Requests without feedback have none.</summary>
    Feedback,

    /// <summary>The latency in milliseconds.</summary>
    LatencyMilliseconds,

    /// <summary>1 for a request that failed on the server's side (<see cref="KeyOutcome"/> has the rule), else 0.</summary>
    ServerError,
}

/// <summary>What one key experienced in one arm: the independent unit of a comparison.</summary>
/// <remarks>
/// A request without a key is a unit of its own. A live request failed on the server's side when its status is 500 or more, or its outcome
/// is unavailable, timed-out or broken.
/// </remarks>
public sealed record KeyOutcome
{
    /// <summary>The arm; null for requests outside any experiment.</summary>
    public string? Arm { get; init; }

    /// <summary>The version; null when none was chosen.</summary>
    public string? Version { get; init; }

    /// <summary>The key, or the request's id when <see cref="IsKeyed"/> is false.</summary>
    public required string Key { get; init; }

    /// <summary>False when the client sent no key.</summary>
    public required bool IsKeyed { get; init; }

    /// <summary>The key's first request in this arm. Rows are in this order.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>The lowest route revision among the key's requests: that of its first request.</summary>
    public required long RouteRevision { get; init; }

    /// <summary>The number of requests.</summary>
    public required long Requests { get; init; }

    /// <summary>The number of those with a value.</summary>
    public required long Values { get; init; }

    /// <summary>The sum of the values.</summary>
    public required double Sum { get; init; }

    /// <summary>The key's mean; null without a value.</summary>
    public double? Mean => Values > 0 ? Sum / Values : null;
}

/// <summary>The traffic of one version.</summary>
public sealed record VersionTraffic
{
    /// <summary>The version; null for requests for which none was chosen.</summary>
    public string? Version { get; init; }

    /// <summary>Live requests.</summary>
    public required long Requests { get; init; }

    /// <summary>Shadow requests.</summary>
    public required long Shadows { get; init; }

    /// <summary>Live requests with a status from 400 to 499.</summary>
    public required long ClientErrors { get; init; }

    /// <summary>Live requests that failed on the server's side; <see cref="KeyOutcome"/> has the rule.</summary>
    public required long ServerErrors { get; init; }

    /// <summary>The mean latency of the live requests in milliseconds; null without any.</summary>
    public double? MeanLatencyMilliseconds { get; init; }

    /// <summary>The first request.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>The last request.</summary>
    public required DateTimeOffset LastAt { get; init; }
}
