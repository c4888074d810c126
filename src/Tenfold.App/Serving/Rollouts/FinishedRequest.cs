using System.Security.Cryptography;
using System.Text;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>A live request that has ended, as far as it matters to a rollout.</summary>
public readonly record struct FinishedRequest
{
    /// <summary>The version that the route assigned; requests whose client named the version don't count.</summary>
    public required string Version { get; init; }

    /// <summary>The revision of the route that assigned the version.</summary>
    public required long RouteRevision { get; init; }

    /// <summary>The key; null when the client sent none.</summary>
    public string? Key { get; init; }

    /// <summary>The request's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>True when it failed on the server's side: status 500 or more, unavailable, timed out or broken.</summary>
    public required bool IsFailed { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Latency { get; init; }

    // A key of any length takes 16 bytes. Only requests with an event are hashed.
    internal UInt128 Identity
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            if (Key is null) Id.TryWriteBytes(bytes);
            else SHA256.HashData(Encoding.UTF8.GetBytes(Key)).AsSpan(0, 16).CopyTo(bytes);
            return new UInt128(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..]));
        }
    }
}
