namespace Tenfold.Aws.S3;

/// <summary>Settings of a store in S3.</summary>
public sealed record S3Options
{
    /// <summary>
    /// How long transient faults (a server that is down, a broken connection) are retried before they are reported. Default: 60 s. A server
    /// that has never answered gets at most 5 s, because its address is probably wrong.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The part size of large objects in bytes, for uploads and downloads. Default: 8 MiB; at least 5 MiB, S3's minimum. A file is sent in
    /// parts when it has more than two. Very large files have larger parts, because S3 allows only 10,000 parts.
    /// </summary>
    public int PartBytes { get; init; } = 8 << 20;

    /// <summary>How many parts are sent in parallel; each is held in memory. Default: 4.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>
    /// How many parts of an object are requested or waiting to be read; each is held in memory. Default: 8, because parts that are
    /// requested together tend to arrive together, and by then the next parts must already be requested.
    /// </summary>
    public int Ahead { get; init; } = 8;

    /// <summary>
    /// The endpoint. Null, the default: <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_ENDPOINT_URL</c>, the profile's endpoint, or Amazon's.
    /// </summary>
    public string? Endpoint { get; init; }

    /// <summary>The region. Null, the default: <c>AWS_REGION</c>, the profile's region, or the machine's.</summary>
    public string? Region { get; init; }
}
