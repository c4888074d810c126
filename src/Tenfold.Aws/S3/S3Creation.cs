using System.Net;
using Amazon.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Creates objects with a conditional write, so that one of many writers succeeds.</summary>
/// <remarks>Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".</remarks>
internal sealed class S3Creation(S3Calls calls, bool isAmazon) : IDisposable
{
    // Metadata that names the creator of the object. When an answer is lost and the retry finds an object, the name tells whether this call
    // created it.
    private const string Creator = "tenfold-creator";

    private readonly SemaphoreSlim _probing = new(1);
    private bool _isSupported = isAmazon;

    /// <summary>
    /// Checks that the server honours <c>If-None-Match: *</c> on PUT. It probes a server other than Amazon's once, by creating the store's
    /// object <c>.tmp/probe</c> twice: the server must refuse the second attempt.
    /// </summary>
    /// <exception cref="StoreException">
    /// The server ignores the condition or rejects the request, so two writers could both succeed.
    /// </exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _isSupported)) return;
        await _probing.WaitAsync(cancellationToken);
        try
        {
            if (_isSupported) return;
            var probe = calls.Full($"{S3Store.OwnFolder}/probe");
            var body = new S3Body(ReadOnlyMemory<byte>.Empty);
            // Another process may have created the object, so that the server refuses the first attempt already.
            var answer = await PutAsync(probe, body, creator: null, cancellationToken);
            if (answer == Answer.Created) answer = await PutAsync(probe, body, creator: null, cancellationToken);
            if (answer != Answer.Exists) throw Unsupported();
            Volatile.Write(ref _isSupported, true);
        }
        finally
        {
            _probing.Release();
        }
    }

    /// <summary>Creates an object that must not exist.</summary>
    /// <returns>True when this call created it.</returns>
    public async Task<bool> TryCreateAsync(string fullKey, S3Body body, CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken);
        var creator = Guid.NewGuid().ToString("N");
        return await PutAsync(fullKey, body, creator, cancellationToken) switch
        {
            Answer.Created => true,
            Answer.Exists => await S3Download.HeadAsync(calls, fullKey, cancellationToken) is { } head && head.Metadata[Creator] == creator,
            _ => throw Unsupported(),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _probing.Dispose();

    private StoreException Unsupported() => new(
        $"s3://{calls.Location.Bucket} is on a server without conditional writes (If-None-Match), so two jobs could " +
        "execute one run. Use a server that has them (AWS, MinIO, Ceph, R2), or a folder.");

    private Task<Answer> PutAsync(string fullKey, S3Body body, string? creator, CancellationToken cancellationToken) =>
        calls.RunAsync("s3:PutObject", fullKey, async token =>
        {
            try
            {
                var request = body.PutRequest(calls, fullKey);
                request.IfNoneMatch = "*";
                if (creator is not null) request.Metadata[Creator] = creator;
                var answer = await calls.Client.PutObjectAsync(request, token);
                body.CheckReceived(answer.ChecksumSHA256, answer.ETag, answer.ServerSideEncryptionMethod);
                return Answer.Created;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return Answer.Exists;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotImplemented)
            {
                return Answer.NotImplemented;
            }
        }, cancellationToken);

    private enum Answer
    {
        Created,
        Exists,
        NotImplemented,
    }
}
