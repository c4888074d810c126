using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tenfold.Aws.S3;

/// <summary>The bytes of an object or a part, with their SHA-256 and the check that the server received them unchanged.</summary>
internal sealed class S3Body(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The SHA-256 in the format of the header <c>x-amz-checksum-sha256</c>.</summary>
    public string Sha256 { get; } = Convert.ToBase64String(SHA256.HashData(bytes.Span));

    public int Length => bytes.Length;

    /// <summary>Opens a new stream over the bytes; each try needs its own.</summary>
    public Stream Open() => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    /// <summary>
    /// Checks what the server received: by the SHA-256 when the server supports checksums, otherwise by the ETag when it is an MD5.
    /// </summary>
    /// <exception cref="DamagedException">The server received other bytes.</exception>
    public void CheckReceived(string? sha256, string? etag, ServerSideEncryptionMethod? encryption)
    {
        if (sha256 is not null ? sha256 != Sha256 : !Fits(etag, encryption))
            throw new DamagedException("the server received other bytes than were sent");
    }

    /// <summary>True when a part on the server has these bytes. False also when the server doesn't give enough to decide.</summary>
    public bool Matches(PartDetail part) =>
        part.Size == Length && (part.ChecksumSHA256 is { } sha256 ? sha256 == Sha256 : IsMd5(part.ETag) && Md5() == Unquoted(part.ETag));

    /// <summary>The request that writes the bytes as an object, with their checksum.</summary>
    public PutObjectRequest PutRequest(S3Calls calls, string fullKey) => new()
    {
        BucketName = calls.Location.Bucket,
        Key = fullKey,
        InputStream = Open(),
        ChecksumSHA256 = Sha256,
        UseChunkEncoding = false,
        DisablePayloadSigning = calls.MayLeaveUnsigned,
    };

    /// <summary>Writes a whole object in one request.</summary>
    public Task PutAsync(S3Calls calls, string fullKey, CancellationToken cancellationToken) =>
        calls.RunAsync("s3:PutObject", fullKey, async token =>
        {
            var answer = await calls.Client.PutObjectAsync(PutRequest(calls, fullKey), token);
            CheckReceived(answer.ChecksumSHA256, answer.ETag, answer.ServerSideEncryptionMethod);
        }, cancellationToken);

    private bool Fits(string? etag, ServerSideEncryptionMethod? encryption) => !IsMd5(etag, encryption) || Md5() == Unquoted(etag!);

    /// <summary>True when an ETag is an MD5. The ETag of an object that is encrypted with a KMS key only looks like an MD5.</summary>
    public static bool IsMd5(string? etag, ServerSideEncryptionMethod? encryption) =>
        IsMd5(etag) && (encryption?.Value ?? "") is ("" or "AES256");

    public static string Unquoted(string etag) => etag.Trim('"').ToLowerInvariant();

    public static bool IsMd5(string? etag) =>
        etag is not null && Unquoted(etag) is { Length: 32 } hex && hex.All(char.IsAsciiHexDigitLower);

#pragma warning disable CA5351 // S3's ETag is an MD5. It guards against accidents, not attackers.
    private string Md5() => Convert.ToHexStringLower(MD5.HashData(bytes.Span));
#pragma warning restore CA5351
}
