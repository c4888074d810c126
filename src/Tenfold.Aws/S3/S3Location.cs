namespace Tenfold.Aws.S3;

/// <summary>The location of a store in S3: a bucket, and the prefix of all keys.</summary>
/// <param name="Bucket">The name of the bucket.</param>
/// <param name="Prefix">The prefix; empty, or ending in <c>/</c>.</param>
public sealed record S3Location(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";

    /// <summary>The URL as a user types it, without a closing <c>/</c>.</summary>
    public string Url => $"{Scheme}{Bucket}/{Prefix}".TrimEnd('/');

    /// <summary>Parses <c>s3://bucket/prefix</c>.</summary>
    /// <param name="url">The URL. It is not decoded, so a prefix may contain <c>%</c> or blanks.</param>
    /// <param name="fault">Why the URL is invalid, and what to write instead; null when it is valid.</param>
    public static S3Location? Read(string url, out string? fault)
    {
        fault = null;
        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
        {
            fault = $"'{url}' is not an S3 URL: write s3://bucket/prefix";
            return null;
        }
        var rest = url[Scheme.Length..];
        var slash = rest.IndexOf('/');
        string bucket = slash < 0 ? rest : rest[..slash], prefix = slash < 0 ? "" : rest[(slash + 1)..].TrimEnd('/');
        fault = BucketFault(bucket) is { } inBucket ? $"'{url}': '{bucket}' is not a valid bucket name: {inBucket}"
            : prefix.Length > 0 && Core.Store.StoreKey.Fault(prefix) is { } inPrefix
                ? $"'{url}': '{prefix}' is not a valid prefix: {inPrefix}"
            : null;
        return fault is null ? new S3Location(bucket, prefix.Length == 0 ? "" : prefix + "/") : null;
    }

    /// <remarks>Source: Amazon S3 User Guide, "General purpose bucket naming rules".</remarks>
    private static string? BucketFault(string bucket) =>
        bucket.Length is < 3 or > 63 ? "it must have 3 to 63 characters"
        : bucket.AsSpan().ContainsAnyExcept(BucketCharacters) ? "it may contain only lower-case letters, digits, '-' and '.'"
        : !char.IsAsciiLetterOrDigit(bucket[0]) || !char.IsAsciiLetterOrDigit(bucket[^1]) ? "it must start and end with a letter or digit"
        : bucket.Contains("..", StringComparison.Ordinal) ? "it has two dots in a row"
        : System.Net.IPAddress.TryParse(bucket, out _) && bucket.Count(c => c == '.') == 3 ? "it looks like an address"
        : null;

    private static readonly System.Buffers.SearchValues<char> BucketCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");
}
