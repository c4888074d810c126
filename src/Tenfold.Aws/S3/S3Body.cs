using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Tenfold.Aws.S3;

/// <summary>Bytes that are sent as one object or one part, with their SHA-256, and the check that the server received just
/// these.</summary>
internal sealed class S3Body(ReadOnlyMemory<byte> bytes)
{
    /// <summary>The SHA-256, in the form of the header <c>x-amz-checksum-sha256</c>.</summary>
    public string Sha256 { get; } = Convert.ToBase64String(SHA256.HashData(bytes.Span));

    public int Length => bytes.Length;

    /// <summary>A new stream over the bytes, for each try.</summary>
    public Stream Open() => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);

    /// <summary>Checks what the server received: by the SHA-256 where the server supports checksums, else by the ETag where it is an
    /// MD5.</summary>
    /// <exception cref="DamagedException">It received something else.</exception>
    public void CheckTaken(string? sha256, string? etag, ServerSideEncryptionMethod? encryption)
    {
        if (sha256 is not null ? sha256 != Sha256 : !Fits(etag, encryption))
            throw new DamagedException("the server received other bytes than were sent");
    }

    /// <summary>True when a part on the server has these bytes; false also when the server doesn't give enough to decide.</summary>
    public bool Is(PartDetail part) =>
        part.Size == Length && (part.ChecksumSHA256 is { } sha256 ? sha256 == Sha256 : IsMd5(part.ETag) && Md5() == Unquoted(part.ETag));

    /// <summary>An object, with its checksum.</summary>
    public PutObjectRequest Put(S3Calls calls, string fullKey) => new()
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
            var answer = await calls.Client.PutObjectAsync(Put(calls, fullKey), token);
            CheckTaken(answer.ChecksumSHA256, answer.ETag, answer.ServerSideEncryptionMethod);
        }, cancellationToken);

    private bool Fits(string? etag, ServerSideEncryptionMethod? encryption) => !IsMd5(etag, encryption) || Md5() == Unquoted(etag!);

    /// <summary>True when an ETag is an MD5. With a key of the key service an ETag only looks like an MD5.</summary>
    public static bool IsMd5(string? etag, ServerSideEncryptionMethod? encryption) =>
        IsMd5(etag) && (encryption?.Value ?? "") is ("" or "AES256");

    public static string Unquoted(string etag) => etag.Trim('"').ToLowerInvariant();

    public static bool IsMd5(string? etag) =>
        etag is not null && Unquoted(etag) is { Length: 32 } hex && hex.All(char.IsAsciiHexDigitLower);

#pragma warning disable CA5351 // S3's ETag is an MD5. It guards against accidents, not attackers.
    private string Md5() => Convert.ToHexStringLower(MD5.HashData(bytes.Span));
#pragma warning restore CA5351
}
