using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Reads objects; large objects as several ranges in parallel.</summary>
internal static class S3Download
{
    /// <summary>
    /// The metadata key for the part size of an object that was sent in parts. The checksum of such an object is computed from the
    /// checksums of its parts.
    /// </summary>
    public const string PartBytes = "tenfold-part-bytes";

    private const int MaxPartBytes = 64 << 20;

    /// <summary>The server's metadata of an object; null when it does not exist.</summary>
    public static Task<GetObjectMetadataResponse?> HeadAsync(S3Calls calls, string fullKey, CancellationToken cancellationToken) =>
        calls.RunAsync("s3:GetObject", fullKey, async token =>
        {
            try
            {
                var request = new GetObjectMetadataRequest
                {
                    BucketName = calls.Location.Bucket,
                    Key = fullKey,
                    ChecksumMode = ChecksumMode.ENABLED,
                };
                return await calls.Client.GetObjectMetadataAsync(request, token);
            }
            catch (AmazonS3Exception e) when (S3Faults.IsAbsent(e))
            {
                return null;
            }
        }, cancellationToken);

    public static async Task<Stream?> OpenAsync(S3Calls calls, string fullKey, CancellationToken cancellationToken)
    {
        if (await HeadAsync(calls, fullKey, cancellationToken) is not { } head) return null;
        var size = head.ContentLength;
        // Read the object the way it was sent, whole or in its parts, so that checksums can be compared.
        var inParts = int.TryParse(head.Metadata[PartBytes], out var part) && part is > 0 and <= MaxPartBytes;
        if (!inParts) part = (int)Math.Clamp(size, calls.Options.PartBytes, 2L * calls.Options.PartBytes);
        var parts = (int)((size + part - 1) / part);
        var check = S3PartCheck.For(head.ChecksumSHA256, inParts || parts == 1 ? parts : 0);
        return new PrefetchStream(Pieces(), calls.Options.Ahead, size, check is null ? null : () => Check(check));

        IEnumerable<Func<CancellationToken, Task<Piece>>> Pieces()
        {
            var number = 0;
            for (long from = 0; from < size; from += part, number++)
            {
                (var at, var length, var n) = (from, (int)Math.Min(part, size - from), number);
                yield return async token =>
                {
                    if (check is null) return await FetchAsync(calls, fullKey, head.ETag, at, length, size, hash: null, token);
                    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                    var piece = await FetchAsync(calls, fullKey, head.ETag, at, length, size, hash, token);
                    check.Add(n, hash.GetHashAndReset());
                    return piece;
                };
            }
        }

        void Check(S3PartCheck parts)
        {
            if (!parts.Fits)
                throw calls.Faults.Translate(new DamagedException("the checksum is wrong"), "s3:GetObject", fullKey, TimeSpan.Zero);
        }
    }

    /// <summary>Reads a range of an object into a rented buffer. When the connection breaks, the rest is requested again.</summary>
    /// <param name="calls">Makes the calls.</param>
    /// <param name="fullKey">The key in the bucket.</param>
    /// <param name="etag">The ETag of the object; a different object with this key is refused.</param>
    /// <param name="from">Where the range starts.</param>
    /// <param name="length">The length of the range in bytes.</param>
    /// <param name="size">The object's size in bytes.</param>
    /// <param name="hash">Receives the bytes; null for none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async Task<Piece> FetchAsync(
        S3Calls calls, string fullKey, string etag, long from, int length, long size, IncrementalHash? hash,
        CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await FillAsync(calls, new S3Range(fullKey, etag, from, size) { Hash = hash }, buffer.AsMemory(0, length), cancellationToken);
            return new Piece(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Fills a buffer with a range of an object. When the connection breaks, the rest is requested again.</summary>
    public static async Task FillAsync(S3Calls calls, S3Range range, Memory<byte> into, CancellationToken cancellationToken)
    {
        (var fullKey, var etag, var from, var size) = range;
        int got = 0, length = into.Length;
        await calls.RunAsync("s3:GetObject", fullKey, async token =>
        {
            // All bytes had arrived, but the SDK repeats the call because the checksum of the whole object was wrong.
            if (got == length)
            {
                got = 0;
                _ = range.Hash?.GetHashAndReset();
            }
            var request = new GetObjectRequest { BucketName = calls.Location.Bucket, Key = fullKey, EtagToMatch = etag };
            var whole = from + got == 0 && length == size;
            if (!whole) request.ByteRange = new ByteRange(from + got, from + length - 1);
            try
            {
                using var answer = await calls.Client.GetObjectAsync(request, token);
                if (answer.ETag != etag || (whole && answer.ContentLength != size)) throw Gone(calls, range, "replaced");
                if (!whole && answer.HttpStatusCode != HttpStatusCode.PartialContent)
                    throw new StoreException(
                        $"s3://{calls.Location.Bucket}/{fullKey}: the server does not support ranges, so Tenfold can't read large " +
                        "objects from it. Use another server, or a folder");
                range.Answered?.Invoke(answer);
                while (got < length)
                {
                    var read = await answer.ResponseStream.ReadAsync(into[got..], token);
                    if (read == 0) throw new IOException("the answer ended early");
                    // Hash now, while the bytes are in the processor's cache.
                    range.Hash?.AppendData(into.Span.Slice(got, read));
                    got += read;
                }
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed
                or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                throw Gone(calls, range, "replaced");
            }
            catch (AmazonS3Exception e) when (S3Faults.IsAbsent(e))
            {
                throw Gone(calls, range, "removed");
            }
        }, cancellationToken);
    }

    private static StoreException Gone(S3Calls calls, S3Range range, string how) =>
        range.Gone?.Invoke(how) ?? new($"s3://{calls.Location.Bucket}/{range.FullKey} was {how} while it was read. Read it again");
}

/// <summary>A range of an object, with hooks for reading it.</summary>
/// <param name="FullKey">The key in the bucket.</param>
/// <param name="ETag">The ETag of the object, with the server's quotes; a different object with this key is refused.</param>
/// <param name="From">Where the range starts.</param>
/// <param name="Size">The object's size in bytes.</param>
internal sealed record S3Range(string FullKey, string ETag, long From, long Size)
{
    /// <summary>Receives the bytes; null for none.</summary>
    public IncrementalHash? Hash { get; init; }

    /// <summary>Receives the answer before its bytes are read; null for none.</summary>
    public Action<GetObjectResponse>? Answered { get; init; }

    /// <summary>Makes the exception for an object that was "replaced" or "removed"; null to retry.</summary>
    public Func<string, StoreException>? Gone { get; init; }
}
