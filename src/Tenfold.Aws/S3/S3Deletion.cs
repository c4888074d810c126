using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tenfold.Aws.S3;

/// <summary>Deletes objects, up to a thousand with one request where the server supports it.</summary>
internal static class S3Deletion
{
    public static async Task RunAsync(S3Calls calls, IReadOnlyCollection<string> fullKeys, CancellationToken cancellationToken)
    {
        var done = await calls.RunAsync("s3:DeleteObject", fullKeys.First(), async token =>
        {
            try
            {
                await calls.Client.DeleteObjectsAsync(new DeleteObjectsRequest
                {
                    BucketName = calls.Location.Bucket,
                    Objects = [.. fullKeys.Select(key => new KeyVersion { Key = key })],
                    Quiet = true,
                }, token);
                return true;
            }
            catch (DeleteObjectsException e) when (e.Response.DeleteErrors is [{ } first, ..])
            {
                // The status is 200 even when single objects could not be deleted.
                var status = first.Code switch
                {
                    "AccessDenied" => HttpStatusCode.Forbidden,
                    "InternalError" or "SlowDown" => HttpStatusCode.ServiceUnavailable,
                    _ => HttpStatusCode.BadRequest,
                };
                throw new AmazonS3Exception(first.Message, e, ErrorType.Unknown, first.Code, e.RequestId, status);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotImplemented
                || e.ErrorCode is "MissingContentMD5" or "InvalidDigest" or "MalformedXML")
            {
                // The server doesn't support the request, or expects an older form of it.
                return false;
            }
        }, cancellationToken);
        if (done) return;
        await Parallel.ForEachAsync(
            fullKeys, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken }, async (key, token) =>
            await DeleteOneAsync(calls, key, token));
    }

    public static Task DeleteOneAsync(S3Calls calls, string fullKey, CancellationToken cancellationToken) =>
        calls.RunAsync(
            "s3:DeleteObject", fullKey, token => calls.Client.DeleteObjectAsync(calls.Location.Bucket, fullKey, token), cancellationToken);
}
