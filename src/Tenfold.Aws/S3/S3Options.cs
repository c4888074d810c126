namespace Tenfold.Aws.S3;

/// <summary>Settings of a store in S3.</summary>
public sealed record S3Options
{
    /// <summary>How long transient faults (a server that is down, a broken connection) are retried before they are reported.
    /// Default: 60 s. A server that has never answered gets 5 s at most, because its address is probably wrong.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The size of a part of a large object in bytes, for uploads and downloads. Default: 8 MiB; at least 5 MiB, S3's minimum.
    /// Files of more than two parts are sent in parts; very large files in larger parts, because S3 allows 10,000.</summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>How many parts are sent at once; each is held in memory. Default: 4.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How many parts of an object are requested, or wait to be read, at once; each is held in memory. Default: 8, because
    /// parts that are requested together tend to arrive together, and others must already be on their way then.</summary>
    public int Ahead { get; init; } = 8;

    /// <summary>The endpoint. Default (null): <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c> or the profile's, else
    /// Amazon's.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region. Default (null): <c>AWS_REGION</c>, the profile's or the machine's.</summary>
    public string? Region { get; init; }
}
