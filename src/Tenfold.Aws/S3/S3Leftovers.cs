using System.Runtime.CompilerServices;
using Amazon.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>
/// Finds and removes unfinished uploads, which cost money although no listing of objects shows them, and objects below the store's own
/// folder.
/// </summary>
internal static class S3Leftovers
{
    private const string Upload = "upload ";

    public static async IAsyncEnumerable<IncompleteWrite> ListAsync(
        S3Calls calls, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var upload in S3Listing.UploadsAsync(calls, calls.Location.Prefix, cancellationToken))
        {
            var started = S3Listing.Time(upload.Initiated);
            if (started < before)
                yield return new IncompleteWrite(
                    Upload + upload.UploadId, upload.Key[calls.Location.Prefix.Length..], started, SizeBytes: null);
        }
        await foreach (var found in S3Listing.ListObjectsAsync(calls, calls.Full(S3Store.OwnFolder + "/"), after: null, cancellationToken))
        {
            var touched = S3Listing.Time(found.LastModified);
            if (touched < before)
                yield return new IncompleteWrite(found.Key[calls.Location.Prefix.Length..], Key: null, touched, found.Size);
        }
    }

    public static Task RemoveAsync(S3Calls calls, IncompleteWrite leftover, CancellationToken cancellationToken)
    {
        if (leftover.Key is { } key && leftover.Name.StartsWith(Upload, StringComparison.Ordinal))
            return AbortAsync(calls, calls.Full(key), leftover.Name[Upload.Length..], cancellationToken);
        if (!leftover.Name.StartsWith(S3Store.OwnFolder + "/", StringComparison.Ordinal))
            throw new ArgumentException($"'{leftover.Name}' is not a leftover", nameof(leftover));
        return S3Deletion.DeleteOneAsync(calls, calls.Full(leftover.Name), cancellationToken);
    }

    /// <summary>Aborts an upload and frees its parts; does nothing when the upload is gone.</summary>
    public static Task AbortAsync(S3Calls calls, string fullKey, string uploadId, CancellationToken cancellationToken) =>
        calls.RunAsync("s3:AbortMultipartUpload", fullKey, async token =>
        {
            try
            {
                await calls.Client.AbortMultipartUploadAsync(calls.Location.Bucket, fullKey, uploadId, token);
            }
            catch (AmazonS3Exception e) when (S3Faults.IsAbsent(e))
            {
                // Another process aborted or completed it.
            }
        }, cancellationToken);
}
