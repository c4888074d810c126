using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Aws.S3;
using Tenfold.Core.Store;
using S3Location = Tenfold.Aws.S3.S3Location;

namespace Tenfold.Aws.Stacks;

/// <summary>Counts, empties and deletes buckets that a stack leaves behind.</summary>
internal sealed class StackBuckets : IDisposable
{
    private const int MaxCounted = 10_000;
    private readonly AmazonS3Client _client;
    private readonly string _endpoint;
    private readonly AwsStack _stack;

    public StackBuckets(AwsStack stack)
    {
        _stack = stack;
        _client = S3Client.Create(
            new S3Options { Endpoint = stack.StorageEndpoint ?? stack.Options?.Endpoint, Region = stack.Region }, out _endpoint, out _);
    }

    /// <summary>Counts the versions of objects in a bucket, up to a limit; null when there is no such bucket.</summary>
    /// <exception cref="StoreException">S3 refused the call, or can't be reached.</exception>
    public async Task<KeptContent?> CountAsync(string bucket, CancellationToken cancellationToken)
    {
        var (count, bytes) = (0L, 0L);
        try
        {
            await foreach (var page in PagesAsync(bucket, cancellationToken))
            {
                count += page.Count;
                bytes += page.Sum(version => version.Size ?? 0);
                if (count >= MaxCounted) return new KeptContent(count, bytes, IsComplete: false);
            }
        }
        catch (StoreException e) when (Is(e, "NoSuchBucket"))
        {
            return null;
        }

        return new KeptContent(count, bytes, IsComplete: true);
    }

    /// <summary>Deletes every version of every object, and uploads that were never completed.</summary>
    /// <exception cref="StoreException">S3 refused a call, or can't be reached. What is deleted stays deleted.</exception>
    public async Task EmptyAsync(string bucket, CancellationToken cancellationToken)
    {
        var calls = Calls(bucket);
        await foreach (var page in PagesAsync(bucket, cancellationToken))
        {
            if (page.Count == 0) continue;
            await calls.RunAsync("s3:DeleteObjectVersion", page[0].Key, async token =>
            {
                var answer = await _client.DeleteObjectsAsync(new DeleteObjectsRequest
                {
                    BucketName = bucket,
                    Objects = [.. page.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })],
                    Quiet = true,
                }, token);
                return answer;
            }, cancellationToken);
        }

        var uploads = await calls.RunAsync("s3:ListBucketMultipartUploads", null, token =>
            _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = bucket }, token), cancellationToken);
        foreach (var upload in uploads.MultipartUploads ?? [])
        {
            await calls.RunAsync("s3:AbortMultipartUpload", upload.Key, async token =>
                await _client.AbortMultipartUploadAsync(bucket, upload.Key, upload.UploadId, token), cancellationToken);
        }
    }

    /// <summary>Deletes an empty bucket; succeeds also when there is none.</summary>
    /// <returns>False when the bucket is not empty.</returns>
    /// <exception cref="StoreException">S3 refused the call, or can't be reached.</exception>
    public async Task<bool> DeleteAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await Calls(bucket).RunAsync(
                "s3:DeleteBucket", null, async token => await _client.DeleteBucketAsync(bucket, token), cancellationToken);
        }
        catch (StoreException e) when (Is(e, "NoSuchBucket"))
        {
            // Another process has deleted it.
        }
        catch (StoreException e) when (Is(e, "BucketNotEmpty"))
        {
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool Is(StoreException e, string code) => e.InnerException is AmazonS3Exception answer && answer.ErrorCode == code;

    private S3Calls Calls(string bucket)
    {
        var location = new S3Location(bucket, "");
        return new S3Calls(_client, location, new S3Options(), _stack.Time, new S3Faults(location, _endpoint));
    }

    private async IAsyncEnumerable<IReadOnlyList<S3ObjectVersion>> PagesAsync(
        string bucket, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var calls = Calls(bucket);
        var request = new ListVersionsRequest { BucketName = bucket };
        while (true)
        {
            var page = await calls.RunAsync("s3:ListBucketVersions", null, token => ListAsync(request, token), cancellationToken);
            yield return page.Versions ?? [];
            if (page.IsTruncated != true) yield break;
            (request.KeyMarker, request.VersionIdMarker) = (page.NextKeyMarker, page.NextVersionIdMarker);
        }
    }

    // Servers without versions don't know the request.
    private async Task<ListVersionsResponse> ListAsync(ListVersionsRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.ListVersionsAsync(request, cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed)
        {
            var plain = await _client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = request.BucketName, StartAfter = request.KeyMarker }, cancellationToken);
            return new ListVersionsResponse
            {
                Versions = [.. (plain.S3Objects ?? []).Select(found => new S3ObjectVersion { Key = found.Key, Size = found.Size })],
                IsTruncated = plain.IsTruncated,
                NextKeyMarker = plain.S3Objects is [.., var last] ? last.Key : null,
            };
        }
    }
}

/// <summary>How much something contains.</summary>
/// <param name="Count">How many objects, each version of one counted, or images.</param>
/// <param name="Bytes">Their size in bytes; null when it isn't known.</param>
/// <param name="IsComplete">False when counting stopped, because there are many.</param>
public sealed record KeptContent(long Count, long? Bytes, bool IsComplete);
