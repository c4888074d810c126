using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>The upload no longer exists, or contains parts of another file.</summary>
internal sealed class UploadGoneException(Exception inner) : Exception("the upload is gone", inner);

/// <summary>Sends an object in parts. The object is visible only after the upload is completed.</summary>
/// <remarks>Source: Amazon S3 API Reference, CreateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload.</remarks>
internal sealed class S3MultipartUpload
{
    private readonly S3Calls _calls;
    private readonly string _fullKey;
    private readonly long _sizeBytes;
    private readonly int _partBytes;
    private readonly Dictionary<int, PartDetail> _onServer;
    private readonly PartETag[] _sent;
    private readonly byte[][] _digests;

    private S3MultipartUpload(S3Calls calls, string fullKey, string id, long sizeBytes, int partBytes, List<PartDetail> parts)
    {
        (_calls, _fullKey, Id, _sizeBytes, _partBytes) = (calls, fullKey, id, sizeBytes, partBytes);
        Parts = (int)((sizeBytes + partBytes - 1) / partBytes);
        _onServer = parts.ToDictionary(part => part.PartNumber ?? 0);
        (_sent, _digests) = (new PartETag[Parts], new byte[Parts][]);
    }

    /// <summary>The server's id of the upload.</summary>
    public string Id { get; }

    /// <summary>The number of parts.</summary>
    public int Parts { get; }

    public long OffsetOf(int number) => (number - 1L) * _partBytes;

    public int LengthOf(int number) => (int)Math.Min(_partBytes, _sizeBytes - OffsetOf(number));

    /// <summary>Starts an upload.</summary>
    public static async Task<S3MultipartUpload> BeginAsync(
        S3Calls calls, string fullKey, long sizeBytes, int partBytes, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = calls.Location.Bucket,
            Key = fullKey,
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
        };
        request.Metadata[S3Download.PartBytes] = $"{partBytes}";
        var answer = await calls.RunAsync(
            "s3:PutObject", fullKey, token => calls.Client.InitiateMultipartUploadAsync(request, token), cancellationToken);
        return new S3MultipartUpload(calls, fullKey, answer.UploadId, sizeBytes, partBytes, []);
    }

    /// <summary>
    /// Resumes the last interrupted upload of this key and aborts the earlier ones. Starts an upload when there is none to resume.
    /// </summary>
    public static async Task<S3MultipartUpload> RestoreAsync(
        S3Calls calls, string fullKey, long sizeBytes, int partBytes, CancellationToken cancellationToken)
    {
        var earlier = await EarlierAsync(calls, fullKey, cancellationToken);
        S3MultipartUpload? resumed = null;
        foreach (var upload in earlier.OrderByDescending(upload => upload.Initiated))
        {
            if (resumed is null)
            {
                var parts = await S3Listing.ListPartsAsync(calls, fullKey, upload.UploadId, cancellationToken);
                resumed = new S3MultipartUpload(calls, fullKey, upload.UploadId, sizeBytes, partBytes, parts);
                // Parts beyond the end can't be removed: the upload belongs to another, larger file.
                if (resumed._onServer.Keys.All(number => number <= resumed.Parts)) continue;
                resumed = null;
            }
            await S3Leftovers.AbortAsync(calls, fullKey, upload.UploadId, cancellationToken);
        }
        return resumed ?? await BeginAsync(calls, fullKey, sizeBytes, partBytes, cancellationToken);
    }

    /// <summary>Sends a part, unless the server already has it.</summary>
    public async Task SendAsync(int number, S3Body body, CancellationToken cancellationToken)
    {
        _digests[number - 1] = Convert.FromBase64String(body.Sha256);
        if (_onServer.TryGetValue(number, out var part) && body.Matches(part))
        {
            _sent[number - 1] = new PartETag(number, part.ETag) { ChecksumSHA256 = part.ChecksumSHA256 };
            return;
        }
        _sent[number - 1] = await _calls.RunAsync("s3:PutObject", _fullKey, async token =>
        {
            try
            {
                var answer = await _calls.Client.UploadPartAsync(new UploadPartRequest
                {
                    BucketName = _calls.Location.Bucket,
                    Key = _fullKey,
                    UploadId = Id,
                    PartNumber = number,
                    PartSize = body.Length,
                    InputStream = body.Open(),
                    ChecksumSHA256 = body.Sha256,
                    UseChunkEncoding = false,
                    DisablePayloadSigning = _calls.MayLeaveUnsigned,
                }, token);
                body.CheckReceived(answer.ChecksumSHA256, answer.ETag, answer.ServerSideEncryptionMethod);
                return new PartETag(number, answer.ETag) { ChecksumSHA256 = answer.ChecksumSHA256 };
            }
            catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchUpload")
            {
                throw new UploadGoneException(e);
            }
        }, cancellationToken);
    }

    /// <summary>Completes the upload and checks that the object is what was sent.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        bool IsSent(string stored) => S3PartCheck.IsOf(_digests, stored);
        var answer = await _calls.RunAsync("s3:PutObject", _fullKey, async token =>
        {
            try
            {
                return await _calls.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
                {
                    BucketName = _calls.Location.Bucket,
                    Key = _fullKey,
                    UploadId = Id,
                    PartETags = [.. _sent],
                }, token);
            }
            catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchUpload")
            {
                // The answer to an earlier try may have been lost, in which case the upload is complete.
                return null;
            }
            catch (AmazonS3Exception e) when (e.ErrorCode is "InvalidPart" or "InvalidPartOrder")
            {
                throw new UploadGoneException(e);
            }
        }, cancellationToken);
        var head = await S3Download.HeadAsync(_calls, _fullKey, cancellationToken);
        if (answer is null)
        {
            // The upload is gone. This process completed it if the object is what was sent.
            var isOurs = head is not null
                && (head.ChecksumSHA256 is null ? S3Body.Unquoted(head.ETag) == ETag() : IsSent(head.ChecksumSHA256));
            if (!isOurs) throw new UploadGoneException(new IOException("completed by another process"));
        }
        // Another process may have replaced the object in the meantime, which is fine.
        var isStill = head is not null && (answer is null || head.ETag == answer.ETag);
        var fits = (answer?.ChecksumSHA256 is not { } taken || IsSent(taken))
            && (!isStill || (head!.ContentLength == _sizeBytes && (head.ChecksumSHA256 is not { } stored || IsSent(stored))));
        if (!fits)
            throw new StoreException(
                $"s3://{_calls.Location.Bucket}/{_fullKey} is not what was sent: the server assembled the parts into another object. " +
                "Send it again; if that doesn't help, the server is at fault");
    }

    // Where the listing isn't supported or permitted, an upload can't be resumed and starts again.
    private static async Task<List<MultipartUpload>> EarlierAsync(S3Calls calls, string fullKey, CancellationToken cancellationToken)
    {
        var found = new List<MultipartUpload>();
        try
        {
            await foreach (var upload in S3Listing.UploadsAsync(calls, fullKey, cancellationToken))
                if (upload.Key == fullKey) found.Add(upload);
        }
        catch (StoreException e) when (e.InnerException is AmazonS3Exception
        {
            StatusCode: HttpStatusCode.NotImplemented
            or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed
        })
        {
            found.Clear();
        }
        return found;
    }

    /// <summary>The ETag that S3 gives to an object of these parts when the parts' ETags are MD5s.</summary>
#pragma warning disable CA5351 // S3 computes it so.
    private string ETag()
    {
        var hashes = _sent.SelectMany(part => S3Body.IsMd5(part.ETag) ? Convert.FromHexString(S3Body.Unquoted(part.ETag)) : []);
        return $"{Convert.ToHexStringLower(MD5.HashData([.. hashes]))}-{Parts}";
    }
#pragma warning restore CA5351
}
