using System.Buffers;
using System.Buffers.Binary;
using Tenfold.Core.Ledger;

namespace Tenfold.Core.Requests.Remote;

/// <summary>Requests as bytes: each as spools have it, after its length.</summary>
internal static class RequestPart
{
    /// <summary>Adds a request.</summary>
    public static void Write(IBufferWriter<byte> part, LoggedRequest request)
    {
        var bytes = part.GetSpan(sizeof(int) + RequestCodec.SizeBound(request));
        var length = RequestCodec.Write(request, bytes[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        part.Advance(sizeof(int) + length);
    }

    /// <summary>Reads all requests of a part.</summary>
    /// <exception cref="LedgerException">The part is not what <see cref="Write"/> writes.</exception>
    public static IEnumerable<LoggedRequest> Read(ReadOnlyMemory<byte> part)
    {
        for (var rest = part; rest.Length > 0;)
        {
            var length = rest.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            if (length < 0 || length > rest.Length - sizeof(int)
                || !RequestCodec.TryRead(rest.Slice(sizeof(int), length), out var request, out _) || request is null)
            {
                throw new LedgerException(
                    "the gateway's answer can't be read, since it is of another version: run `tenfold infra apply --serving`",
                    isUnreadable: true);
            }

            yield return request;
            rest = rest[(sizeof(int) + length)..];
        }
    }
}
