using System.Security.Cryptography;
using Tenfold.Core.Platform;

namespace Tenfold.Agent.Preparation;

/// <summary>Computes the SHA-256 of what is written to a stream.</summary>
/// <param name="inner">The stream.</param>
internal sealed class HashedStream(Stream inner) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>How many bytes were written.</summary>
    public long Count { get; private set; }

    /// <summary>The SHA-256 of all bytes, lower hexadecimal. Call it once, at the end.</summary>
    public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        _hash.AppendData(buffer);
        Count += buffer.Length;
    }

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
