using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>A store in a bucket of S3, or of any server that speaks its protocol.</summary>
/// <remarks>
/// An object of the store is an object of the bucket, so a write is either complete or absent. A listing covers only the requested folder.
/// Keys below <c>.tmp/</c> are reserved for the store itself. Credentials, region and endpoint come from the chain of Amazon's SDK
/// (environment, profile, the machine's role). Source: Amazon S3 API Reference.
/// </remarks>
public sealed class S3Store : IStore, IStoreLinks, IIncompleteWrites, IStoreRequirements, IDisposable
{
    internal const string OwnFolder = ".tmp";
    private const int DeleteBatch = 1000;
    private readonly AmazonS3Client _client;
    private readonly S3Calls _calls;
    private readonly S3Creation _creation;

    /// <summary>Creates a store at a location. Its first use finds out whether the bucket exists.</summary>
    public S3Store(S3Location location, S3Options? options = null, TimeProvider? time = null)
    {
        options ??= new S3Options();
        time ??= TimeProvider.System;
        try
        {
            _client = S3Client.Create(options, out var endpoint, out var isAmazon);
            (Endpoint, Url) = (endpoint, location.Url);
            _calls = new S3Calls(_client, location, options, time, new S3Faults(location, endpoint));
            _creation = new S3Creation(_calls, isAmazon);
        }
        catch (Exception e) when (S3Faults.Covers(e) || e is ArgumentException or UriFormatException)
        {
            throw new S3Faults(location, "S3").Translate(e, "opening the store", key: null, TimeSpan.Zero);
        }
    }

    /// <summary>Opens a store by its URL.</summary>
    /// <exception cref="StoreException">The URL is not a valid S3 URL; the message says why.</exception>
    public static S3Store Open(string url, S3Options? options = null, TimeProvider? time = null) =>
        new(S3Location.Read(url, out var fault) ?? throw new StoreException(fault!), options, time);

    /// <inheritdoc/>
    public string Url { get; }

    /// <summary>The name of the server in messages: a URL, or S3 with the region.</summary>
    public string Endpoint { get; }

    /// <inheritdoc/>
    /// <remarks>The server must honour <c>If-None-Match: *</c> on PUT, which guarantees that a run is executed once.</remarks>
    public Task CheckAsync(CancellationToken cancellationToken) => _creation.CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var full = FullKey(key);
        return _calls.RunAsync<byte[]?>("s3:GetObject", full, async token =>
        {
            try
            {
                using var answer = await _client.GetObjectAsync(
                    new GetObjectRequest { BucketName = _calls.Location.Bucket, Key = full, ChecksumMode = ChecksumMode.ENABLED }, token);
                var content = new byte[answer.ContentLength];
                await answer.ResponseStream.ReadExactlyAsync(content, token);
                // The SDK compares the checksum only when a reader reaches the end.
                if (await answer.ResponseStream.ReadAsync(new byte[1], token) != 0)
                    throw new IOException("the answer is longer than its header says");
                return content;
            }
            catch (AmazonS3Exception e) when (S3Faults.IsAbsent(e))
            {
                return null;
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        new S3Body(content).PutAsync(_calls, FullKey(key), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>By <c>If-None-Match: *</c>; a server that ignores it is refused (<see cref="CheckAsync"/>).</remarks>
    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _creation.TryCreateAsync(FullKey(key), new S3Body(content), cancellationToken);

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        S3Download.OpenAsync(_calls, FullKey(key), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Large files are sent in parts. After an interruption, the next try for this key sends only the missing parts.</remarks>
    public async Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken)
    {
        await new S3Upload(_calls, FullKey(key), path).RunAsync(cancellationToken);
        if (move) File.Delete(path);
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) =>
        await S3Download.HeadAsync(_calls, FullKey(key), cancellationToken) is not null;

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        folder = StoreKey.CheckFolder(folder);
        await foreach (var found in S3Listing.ListObjectsAsync(
            _calls, _calls.Full(folder.Length == 0 ? "" : folder + "/"), after: null, cancellationToken))
        {
            var key = found.Key[_calls.Location.Prefix.Length..];
            // Skip objects of other programs, such as "folder/", and the store's own objects.
            if (StoreKey.Fault(key) is not null || IsOwn(key)) continue;
            yield return new StoreEntry(key, found.Size ?? 0, S3Listing.Time(found.LastModified));
        }
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string folder, CancellationToken cancellationToken)
    {
        folder = StoreKey.CheckFolder(folder);
        if (folder.Length == 0) throw new ArgumentException("a whole store can't be deleted", nameof(folder));
        // The folder may also be the key of an object. S3 ignores deletes of missing objects.
        var batch = new List<string>(DeleteBatch) { _calls.Full(folder) };
        await foreach (var found in S3Listing.ListObjectsAsync(_calls, _calls.Full(folder + "/"), after: null, cancellationToken))
        {
            batch.Add(found.Key);
            if (batch.Count < DeleteBatch) continue;
            await S3Deletion.RunAsync(_calls, batch, cancellationToken);
            batch.Clear();
        }
        if (batch.Count > 0) await S3Deletion.RunAsync(_calls, batch, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Each flush makes an object; <see cref="ISegmentWriter.FlushEvery"/> keeps their number bounded.</remarks>
    public ISegmentWriter AppendSegments(string folder) => new S3SegmentWriter(_calls, _calls.Full(StoreKey.CheckFolder(folder) + "/"));

    /// <inheritdoc/>
    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        S3Segments.OpenAsync(_calls, _calls.Full(StoreKey.CheckFolder(folder) + "/"), offset, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A presigned GET; S3 allows seven days at most.</remarks>
    public Uri LinkTo(string key, TimeSpan valid)
    {
        var full = FullKey(key);
        try
        {
            return new Uri(_client.GetPreSignedURL(new GetPreSignedUrlRequest
            {
                BucketName = _calls.Location.Bucket,
                Key = full,
                Verb = HttpVerb.GET,
                Expires = _calls.Time.GetUtcNow().UtcDateTime + valid,
                Protocol = _calls.MayLeaveUnsigned ? Protocol.HTTPS : Protocol.HTTP,
            }));
        }
        catch (Exception e) when (S3Faults.Covers(e))
        {
            throw _calls.Faults.Translate(e, "s3:GetObject", full, TimeSpan.Zero);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Unfinished multipart uploads below the store's prefix, and objects below its own folder <c>.tmp/</c>.</remarks>
    public IAsyncEnumerable<IncompleteWrite> ListIncompleteAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        S3Leftovers.ListAsync(_calls, before, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveIncompleteAsync(IncompleteWrite write, CancellationToken cancellationToken) =>
        S3Leftovers.RemoveAsync(_calls, write, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private string FullKey(string key)
    {
        StoreKey.Check(key);
        if (IsOwn(key)) throw new ArgumentException($"'{key}' is not a key of a store: it is reserved for the store itself", nameof(key));
        return _calls.Full(key);
    }

    private static bool IsOwn(string key) => key == OwnFolder || key.StartsWith(OwnFolder + "/", StringComparison.Ordinal);
}
