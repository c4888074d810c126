namespace Tenfold.Aws.S3;

/// <summary>How a store in S3 is worked with.</summary>
public sealed record S3Options
{
    /// <summary>How long faults that pass by themselves (a server that is down, a broken connection) are waited out before they are told.
    /// Default: 60 s. A server that never answered is given 5 s at most: its address is likely wrong.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A part of a large object, in sending and reading. Default: 8 MiB; at least 5 MiB, S3's own bound. Files of more than two
    /// parts are sent in parts; very large ones in larger parts, since there may be 10,000.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>How many parts are sent at once; each takes its size in memory. Default: 4.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How many parts of an object are asked for, or wait to be read, at once; each takes its size in memory. Default: 8, since
    /// those asked for together tend to be there together, and then others must be on their way.</summary>
    public int Ahead { get; init; } = 8;

    /// <summary>The endpoint. Null, the default: as <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c> or the profile say,
    /// else Amazon's.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region. Null, the default: as <c>AWS_REGION</c>, the profile or the machine says.</summary>
    public string? Region { get; init; }
}
