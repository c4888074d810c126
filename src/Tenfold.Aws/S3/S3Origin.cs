using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Users' data in a bucket: an object, or all objects below a prefix.</summary>
/// <remarks>
/// ETags identify the data: each read names the ETag that was listed (<c>If-Match</c>), so that changed data is never read.
/// Needs <c>s3:ListBucket</c> on the bucket and <c>s3:GetObject</c> on the objects. Source: Amazon S3 API Reference, ListObjectsV2,
/// GetObject.
/// </remarks>
public sealed class S3Origin : IDataOrigin, IDisposable
{
    private const string Scheme = "s3://";
    private const int MaxKeyBytes = 1024;
    private readonly AmazonS3Client _client;
    private readonly S3Calls _calls;
    private readonly string _bucket, _key;

    /// <summary>Creates an origin from a URL.</summary>
    /// <param name="url">
    /// <c>s3://bucket/prefix/</c> for everything below the prefix; <c>s3://bucket/key</c> for the object of that key or, when there is
    /// none, everything below <c>key/</c>. The URL is not decoded, so it may contain <c>%</c> or blanks.
    /// </param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="StoreException">The URL is invalid (see <see cref="FaultOf"/>), or this machine is not set up for S3.</exception>
    public S3Origin(string url, S3Options? options = null, TimeProvider? time = null)
    {
        if (FaultOf(url) is { } fault) throw new StoreException(fault);
        var parts = url[Scheme.Length..].Split('/', 2);
        (_bucket, _key) = (parts[0], parts.Length == 2 ? parts[1] : "");
        var location = new S3Location(_bucket, _key);
        try
        {
            options ??= new S3Options();
            _client = S3Client.Create(options, out var endpoint, out _);
            _calls = new S3Calls(
                _client, location, options, time ?? TimeProvider.System, new S3Faults(location, endpoint) { IsOfData = true });
        }
        catch (Exception e) when (S3Faults.Covers(e) || e is ArgumentException or UriFormatException)
        {
            throw new S3Faults(location, "S3").Translate(e, "opening it", key: null, TimeSpan.Zero);
        }
    }

    /// <summary>Checks a URL of data.</summary>
    /// <returns>Why the URL is invalid, and what to write instead; null when it is valid.</returns>
    public static string? FaultOf(string url)
    {
        if (!url.StartsWith(Scheme, StringComparison.Ordinal))
            return $"'{url}' is not an S3 URL: write s3://bucket/prefix/ or s3://bucket/key";
        // A bucket name has rules; a key only has a maximum length.
        S3Location.Read(Scheme + url[Scheme.Length..].Split('/', 2)[0], out var fault);
        return fault;
    }

    private bool IsFolder => _key.Length == 0 || _key.EndsWith('/');

    private string Url(string key) => $"s3://{_bucket}/{key}";

    /// <inheritdoc/>
    public string UrlOf(DataFile file) => Url(Key(file));

    private string Key(DataFile file) => IsFolder ? _key + file.Path : _key;

    /// <inheritdoc/>
    /// <remarks>
    /// One request lists a thousand names; a single object takes one HEAD. A HEAD gives the version id when the bucket has versioning; a
    /// listing does not.
    /// </remarks>
    public async Task<PinOutcome> PinAsync(CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(_key) > MaxKeyBytes)
            return new PinOutcome.Refused($"{Url(_key)}: no key in S3 is longer than {MaxKeyBytes} bytes");
        try
        {
            if (!IsFolder && await S3Download.HeadAsync(_calls, _key, cancellationToken) is { } head)
                return await PinObjectAsync(head, cancellationToken);
            return await PinFolderAsync(IsFolder ? _key : _key + "/", cancellationToken);
        }
        catch (StoreException e) when (S3Faults.IsFinal(e))
        {
            return new PinOutcome.Refused(e.Message);
        }
    }

    /// <inheritdoc/>
    public async Task<OriginRead> ReadAsync(DataFile file, long from, Memory<byte> into, CancellationToken cancellationToken)
    {
        var etag = $"\"{file.ETag}\"";
        var isMd5 = false;
        var range = new S3Range(Key(file), etag, from, file.SizeBytes)
        {
            Answered = answer => isMd5 = S3Body.IsMd5(etag, answer.ServerSideEncryptionMethod),
            Gone = how => new StoreException(Changed(file, how), isDamaged: true),
        };
        try
        {
            await S3Download.FillAsync(_calls, range, into, cancellationToken);
            return new OriginRead(null, isMd5 ? file.ETag : null);
        }
        catch (StoreException e) when (S3Faults.IsFinal(e))
        {
            return new OriginRead(e.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string RestoreAdvice(DataFile file) =>
        file.Version is { } version ? $"restore its version {version}" : "restore it";

    private string Changed(DataFile file, string how) =>
        $"the data changed since the run was planned: {UrlOf(file)} was {how}. " +
        $"Run `tenfold fit`, which pins what exists now; or {RestoreAdvice(file)}, and retry the run";

    private async Task<PinOutcome> PinFolderAsync(string prefix, CancellationToken cancellationToken)
    {
        if (prefix.Length > 0 && OriginListing.NameFault(prefix.TrimEnd('/').Split('/')[^1]) is { } fault)
            return new PinOutcome.Refused($"{Url(prefix)}: {fault}");
        var listing = new OriginListing(Url(prefix));
        await foreach (var found in S3Listing.ListObjectsAsync(_calls, prefix, after: null, cancellationToken))
        {
            if (found.Key.Length == prefix.Length) continue; // the folder's own marker
            if (!listing.Add(found.Key[prefix.Length..], found.Size ?? 0, (found.ETag ?? "").Trim('"'))) break;
        }
        return listing.IsEmpty && !IsFolder
            ? new PinOutcome.Refused(
                $"there is no object {Url(_key)}, and nothing below {Url(_key)}/: check its spelling, or put the data there")
            : listing.Finish();
    }

    private async Task<PinOutcome> PinObjectAsync(GetObjectMetadataResponse head, CancellationToken cancellationToken)
    {
        if (OriginListing.NameFault(_key.Split('/')[^1]) is { } fault) return new PinOutcome.Refused($"{Url(_key)}: {fault}");
        var version = head.VersionId is null or "" or "null" ? null : head.VersionId;
        var file = new DataFile(DataManifest.SinglePath, head.ContentLength, ETag: head.ETag.Trim('"'), Version: version);
        var note = await HasBelowAsync(_key + "/", cancellationToken)
            ? $"{Url(_key)} is an object, and other objects lie below {Url(_key)}/. The run uses the object; add a closing '/' to use " +
                "the others"
            : null;
        return new PinOutcome.Pinned(DataManifest.AtOrigin(Url(_key), [file]), note);
    }

    private async Task<bool> HasBelowAsync(string prefix, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in S3Listing.ListObjectsAsync(_calls, prefix, after: null, cancellationToken)) return true;
        }
        catch (StoreException e) when (S3Faults.IsFinal(e))
        {
            // A user who may read the object but not list the bucket gets no note.
        }
        return false;
    }
}
