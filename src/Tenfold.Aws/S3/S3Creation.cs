using System.Net;
using Amazon.S3;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Creates objects that must not be there yet.</summary>
/// <remarks>Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".</remarks>
internal sealed class S3Creation(S3Calls calls, bool isAmazon, TimeProvider time) : IDisposable
{
    // Says who made an object: when an answer is lost, the second try meets the object that the first one made.
    private const string Creator = "tenfold-creator";
    private readonly SemaphoreSlim _asking = new(1);
    private bool? _atomic = isAmazon ? true : null;

    /// <summary>
    /// True when the server itself sees to it that one of many makes an object (<c>If-None-Match: *</c> on PUT). Servers other than
    /// Amazon's are
    /// asked once, by creating the store's object <c>.tmp/probe</c> twice. Where it is false, candidates agree by objects below
    /// <c>.tmp/</c>,
    /// which is as safe but slower, and needs a server whose listings are never stale.
    /// </summary>
    public async Task<bool> IsAtomicAsync(CancellationToken cancellationToken)
    {
        if (_atomic is { } known) return known;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_atomic is { } told) return told;
            var probe = calls.Full($"{S3Store.OwnFolder}/probe");
            var body = new S3Body(ReadOnlyMemory<byte>.Empty);
            // Where an earlier process has asked, the first one tells already.
            var answer = await PutAsync(probe, body, "", cancellationToken);
            if (answer == Answer.Made) answer = await PutAsync(probe, body, "", cancellationToken);
            _atomic = answer == Answer.Taken;
            return _atomic.Value;
        }
        finally
        {
            _asking.Release();
        }
    }

    public async Task<bool> TryCreateAsync(string fullKey, S3Body body, CancellationToken cancellationToken)
    {
        var creator = Guid.NewGuid().ToString("N");
        if (!await IsAtomicAsync(cancellationToken)) return await AgreeAsync(fullKey, body, creator, cancellationToken);
        return await PutAsync(fullKey, body, creator, cancellationToken) switch
        {
            Answer.Made => true,
            Answer.Taken => await S3Download.HeadAsync(calls, fullKey, cancellationToken) is { } head && head.Metadata[Creator] == creator,
            _ => throw new StoreException($"s3://{calls.Location.Bucket}/{fullKey}: the server no longer takes conditional writes. " +
                "Check what stands between this machine and the server, a proxy for instance"),
        };
    }

    public void Dispose() => _asking.Dispose();

    private Task<Answer> PutAsync(string fullKey, S3Body body, string creator, CancellationToken cancellationToken) =>
        calls.RunAsync("s3:PutObject", fullKey, async token =>
        {
            try
            {
                var request = body.Put(calls, fullKey);
                request.IfNoneMatch = "*";
                if (creator.Length > 0) request.Metadata[Creator] = creator;
                var answer = await calls.Client.PutObjectAsync(request, token);
                body.CheckTaken(answer.ChecksumSHA256, answer.ETag, answer.ServerSideEncryptionMethod);
                return Answer.Made;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return Answer.Taken;
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotImplemented)
            {
                return Answer.Unknown;
            }
        }, cancellationToken);

    /// <summary>
    /// Without the server's help: each says by an object that it wants to make the key, and looks who else does. Whoever sees nobody else
    /// may; who
    /// sees somebody withdraws and comes back. Two never both see nobody, since each looks only after it has spoken, and who is done
    /// withdraws only after the key is there, which the other then sees.
    /// </summary>
    private async Task<bool> AgreeAsync(string fullKey, S3Body body, string creator, CancellationToken cancellationToken)
    {
        string wishes = calls.Full($"{S3Store.OwnFolder}/create/{fullKey[calls.Location.Prefix.Length..]}/"), mine = wishes + creator;
        var start = time.GetTimestamp();
        var spoken = false;
        try
        {
            for (var round = 1; ; round++)
            {
                if (await S3Download.HeadAsync(calls, fullKey, cancellationToken) is not null) return false;
                if (!spoken) await new S3Body(ReadOnlyMemory<byte>.Empty).PutAsync(calls, mine, cancellationToken);
                spoken = true;
                var others = new List<string>();
                await foreach (var wish in S3Listing.ObjectsAsync(calls, wishes, after: null, cancellationToken))
                    if (wish.Key != mine) others.Add(wish.Key);
                if (await S3Download.HeadAsync(calls, fullKey, cancellationToken) is not null) return false;
                if (others.Count == 0)
                {
                    await body.PutAsync(calls, fullKey, cancellationToken);
                    return true;
                }
                // The first by name stays, so that somebody is alone soon.
                if (others.Any(other => string.CompareOrdinal(other, mine) < 0))
                {
                    await S3Deletion.OneAsync(calls, mine, cancellationToken);
                    spoken = false;
                }
                if (time.GetElapsedTime(start) > calls.Options.Patience)
                    throw new StoreException($"s3://{calls.Location.Bucket}/{fullKey} can't be created: others try too, or were killed while they tried. The " +
                        $"server knows no conditional writes; when nothing runs, remove what lies below s3://{calls.Location.Bucket}/{wishes}");
                await calls.PauseAsync(TimeSpan.FromMilliseconds(20 * Math.Min(round, 20)), cancellationToken);
            }
        }
        finally
        {
            if (spoken) await S3Deletion.OneAsync(calls, mine, CancellationToken.None);
        }
    }

    private enum Answer
    {
        Made,
        Taken,

        /// <summary>The server doesn't know such a request.</summary>
        Unknown,
    }
}
