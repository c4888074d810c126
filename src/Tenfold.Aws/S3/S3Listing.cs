using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Core.Input;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Lists the part of a bucket below a prefix, page by page.</summary>
internal static class S3Listing
{
    /// <summary>The objects below a prefix, in the order of their keys.</summary>
    /// <param name="calls">Makes the calls.</param>
    /// <param name="prefix">The prefix of their keys in the bucket.</param>
    /// <param name="after">Only keys after this one; null for all.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    public static async IAsyncEnumerable<S3Object> ListObjectsAsync(
        S3Calls calls, string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request
            {
                BucketName = calls.Location.Bucket,
                Prefix = prefix,
                StartAfter = after,
                ContinuationToken = next,
            };
            var page = await calls.RunAsync(
                "s3:ListBucket", prefix, token => calls.Client.ListObjectsV2Async(request, token), cancellationToken);
            foreach (var found in page.S3Objects ?? [])
            {
                // Callers delete what they find, so a key that wasn't asked for is no small matter.
                if (found.Key?.StartsWith(prefix, StringComparison.Ordinal) != true)
                    throw Odd(calls, prefix, $"it listed {Excerpt.Of(found.Key ?? "")}, which does not begin with the prefix");
                yield return found;
            }

            if (page.IsTruncated == true && page.NextContinuationToken == next) throw Odd(calls, prefix, "it listed the same page again");
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        } while (next is not null);
    }

    /// <summary>The unfinished uploads whose keys start with a prefix.</summary>
    public static async IAsyncEnumerable<MultipartUpload> UploadsAsync(
        S3Calls calls, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = calls.Location.Bucket, Prefix = prefix };
        while (true)
        {
            var page = await calls.RunAsync(
                "s3:ListBucketMultipartUploads", prefix, token => calls.Client.ListMultipartUploadsAsync(request, token),
                cancellationToken);
            foreach (var upload in page.MultipartUploads ?? []) yield return upload;
            if (page.IsTruncated != true || page.NextKeyMarker is null) yield break;
            if ((page.NextKeyMarker, page.NextUploadIdMarker) == (request.KeyMarker, request.UploadIdMarker))
                throw Odd(calls, prefix, "it listed the same page again");
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    /// <summary>The parts of an unfinished upload; empty when the upload is gone.</summary>
    public static async Task<List<PartDetail>> ListPartsAsync(
        S3Calls calls, string fullKey, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new List<PartDetail>();
        var request = new ListPartsRequest { BucketName = calls.Location.Bucket, Key = fullKey, UploadId = uploadId };
        while (true)
        {
            var page = await calls.RunAsync("s3:ListMultipartUploadParts", fullKey, async token =>
            {
                try
                {
                    return await calls.Client.ListPartsAsync(request, token);
                }
                catch (AmazonS3Exception e) when (S3Faults.IsAbsent(e))
                {
                    return new ListPartsResponse();
                }
            }, cancellationToken);
            parts.AddRange(page.Parts ?? []);
            if (page.IsTruncated != true || page.NextPartNumberMarker is not { } marker) return parts;
            if ($"{marker}" == request.PartNumberMarker) throw Odd(calls, fullKey, "it listed the same page again");
            request.PartNumberMarker = $"{marker}";
        }
    }

    private static StoreException Odd(S3Calls calls, string prefix, string fault) =>
        new($"s3://{calls.Location.Bucket}/{prefix}: the server's listing can't be right: {fault}. "
            + "Is AWS_ENDPOINT_URL_S3 the address of an S3 server?");

    /// <summary>The server's time as UTC; the SDK gives it in this machine's time zone.</summary>
    public static DateTimeOffset Time(DateTime? time) => new(time?.ToUniversalTime() ?? DateTime.UnixEpoch);
}
