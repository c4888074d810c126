using System.Globalization;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>
/// Stores a growing sequence of bytes as objects that are never rewritten. The name of an object is the offset of its end, in 18 digits, so
/// a reader lists only the names after its current offset.
/// </summary>
internal static class S3Segments
{
    /// <summary>The maximum size of a segment in bytes.</summary>
    public const int MaxBytes = 16 << 20;

    private const string Extension = ".seg";

    public static string Name(long end) => $"{end:D18}{Extension}";

    /// <summary>The segments that end after an offset, in order, each with its start.</summary>
    public static async Task<List<(string FullKey, string ETag, long Start, long End)>> ListAsync(
        S3Calls calls, string folder, long offset, CancellationToken cancellationToken)
    {
        var segments = new List<(string, string, long, long)>();
        await foreach (var found in S3Listing.ListObjectsAsync(calls, folder, folder + Name(offset), cancellationToken))
        {
            var name = found.Key[folder.Length..];
            if (!name.EndsWith(Extension, StringComparison.Ordinal)) continue;
            if (!long.TryParse(name[..^Extension.Length], NumberStyles.None, null, out var end)) continue;
            segments.Add((found.Key, found.ETag, end - (found.Size ?? 0), end));
        }
        return segments;
    }

    public static async Task<Stream> OpenAsync(S3Calls calls, string folder, long offset, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var segments = await ListAsync(calls, folder, offset, cancellationToken);
        var at = offset;
        foreach ((var key, _, var start, var end) in segments)
        {
            if (start > at)
                throw new StoreException(
                    $"s3://{calls.Location.Bucket}/{key}: the bytes from {at} to {start} before it are missing. " +
                    "Restore them, or remove the log", isDamaged: true);
            at = end;
        }
        return new PrefetchStream(Pieces(), calls.Options.Ahead, at - offset, check: null);

        IEnumerable<Func<CancellationToken, Task<Piece>>> Pieces()
        {
            var next = offset;
            foreach ((var key, var etag, var start, var end) in segments)
            {
                for (var from = next; from < end; from = next)
                {
                    var length = (int)Math.Min(calls.Options.PartBytes, end - from);
                    yield return token => S3Download.FetchAsync(calls, key, etag, from - start, length, end - start, hash: null, token);
                    next = from + length;
                }
            }
        }
    }
}
