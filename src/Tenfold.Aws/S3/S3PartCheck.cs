using System.Security.Cryptography;

namespace Tenfold.Aws.S3;

/// <summary>
/// Checks what was read against an object's checksum: the SHA-256 of the whole, or the SHA-256 of its parts' SHA-256s followed by
/// <c>-N</c>.
/// </summary>
/// <remarks>Source: Amazon S3 User Guide, "Checking object integrity", composite checksums.</remarks>
internal sealed class S3PartCheck
{
    private readonly string _expected;
    private readonly byte[][] _digests;

    private S3PartCheck(string expected, int parts) => (_expected, _digests) = (expected, new byte[parts][]);

    /// <summary>Creates a check for an object; null when its checksum can't be computed from these parts.</summary>
    /// <param name="expected">The server's SHA-256 of the object; null when it gives none.</param>
    /// <param name="parts">The number of parts in which it was sent; 0 when unknown.</param>
    public static S3PartCheck? For(string? expected, int parts) =>
        expected is not null && parts > 0
            && (expected.EndsWith($"-{parts}", StringComparison.Ordinal) || (parts == 1 && !expected.Contains('-')))
            ? new S3PartCheck(expected, parts)
            : null;

    /// <summary>Adds the SHA-256 of a part. Thread-safe.</summary>
    public void Add(int number, byte[] digest) => _digests[number] = digest;

    /// <summary>True when all parts were added and have the expected checksum.</summary>
    public bool Fits => Array.TrueForAll(_digests, digest => digest is not null)
        && (_expected.Contains('-') ? Of(_digests) : Convert.ToBase64String(_digests[0])) == _expected;

    /// <summary>True when a server's checksum is that of an object of these parts. Some servers leave out the number of parts.</summary>
    public static bool IsOf(IReadOnlyCollection<byte[]> digests, string checksum) =>
        Of(digests) is var whole && (checksum == whole || checksum == whole[..whole.LastIndexOf('-')]);

    /// <summary>The checksum of an object of these parts.</summary>
    public static string Of(IReadOnlyCollection<byte[]> digests) =>
        $"{Convert.ToBase64String(SHA256.HashData([.. digests.SelectMany(digest => digest)]))}-{digests.Count}";
}
