using System.Buffers.Binary;
using System.Text;

namespace Tenfold.Core.Requests;

/// <summary>Writes requests and feedback as bytes for a spool, and reads them.</summary>
/// <remarks>
/// A record begins with a byte for its layout, then its fields follow in order: integers with little end first, text as UTF-8 after its
/// length, which is -1 for null. A layout is never changed: a new field needs another layout, and the old ones stay readable, because a
/// spool may outlive an upgrade.
/// </remarks>
public static class RequestCodec
{
    private const byte RequestLayout = 1, FeedbackLayout = 2;

    /// <summary>The number of bytes that a request may take at most.</summary>
    public static int SizeBound(LoggedRequest request) =>
        256 + Bound(request.Model) + Bound(request.Version) + Bound(request.Arm) + Bound(request.Key) + Bound(request.RequestContentType)
        + Bound(request.ReplyContentType) + Bound(request.ClientId) + Bound(request.ClientTime) + Bound(request.Caller)
        + request.RequestBody.Length + request.ReplyBody.Length;

    /// <summary>The number of bytes that feedback may take at most.</summary>
    public static int SizeBound(Feedback feedback) => 64 + Bound(feedback.Metric);

    /// <summary>Writes a request.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(LoggedRequest request, Span<byte> into)
    {
        var writer = new Writer(into);
        writer.Byte(RequestLayout);
        writer.Id(request.Id);
        writer.Int64(request.At.ToUnixTimeMilliseconds());
        writer.Text(request.Model);
        writer.Text(request.Version);
        writer.Byte((byte)request.Kind);
        writer.Id(request.ShadowOf ?? Guid.Empty);
        writer.Text(request.Arm);
        writer.Int64(request.RouteRevision);
        writer.Text(request.Key);
        writer.Int32(request.Status);
        writer.Byte((byte)request.Outcome);
        writer.Int64(request.Latency.Ticks);
        writer.Int64(request.ModelLatency?.Ticks ?? -1);
        writer.Int64(request.RequestSizeBytes);
        writer.Byte(request.IsRequestCut ? (byte)1 : (byte)0);
        writer.Text(request.RequestContentType);
        writer.Int64(request.ReplySizeBytes);
        writer.Byte(request.IsReplyCut ? (byte)1 : (byte)0);
        writer.Text(request.ReplyContentType);
        writer.Text(request.ClientId);
        writer.Text(request.ClientTime);
        writer.Text(request.Caller);
        writer.Bytes(request.RequestBody.Span);
        writer.Bytes(request.ReplyBody.Span);
        return writer.Length;
    }

    /// <summary>Writes feedback.</summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Feedback feedback, Span<byte> into)
    {
        var writer = new Writer(into);
        writer.Byte(FeedbackLayout);
        writer.Id(feedback.RequestId);
        writer.Text(feedback.Metric);
        writer.Int64(BitConverter.DoubleToInt64Bits(feedback.Value));
        writer.Int64(feedback.At.ToUnixTimeMilliseconds());
        return writer.Length;
    }

    /// <summary>Reads a record.</summary>
    /// <param name="record">The record; the bodies of the request are parts of it.</param>
    /// <param name="request">The request; null for feedback.</param>
    /// <param name="feedback">The feedback; null for a request.</param>
    /// <returns>False when the record is none that this program knows.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> record, out LoggedRequest? request, out Feedback? feedback)
    {
        (request, feedback) = (null, null);
        try
        {
            var reader = new Reader(record);
            switch (reader.Byte())
            {
                case RequestLayout:
                    request = ReadRequest(ref reader);
                    break;
                case FeedbackLayout:
                    feedback = ReadFeedback(ref reader);
                    break;
                default:
                    return false;
            }

            return reader.IsAtEnd && (request is null || (Enum.IsDefined(request.Kind) && Enum.IsDefined(request.Outcome)));
        }
        catch (ArgumentException)
        {
            // A length or a time is out of range.
            return false;
        }
    }

    private static LoggedRequest ReadRequest(ref Reader reader) => new()
    {
        // Initializers run in this order, which is the order of the fields.
        Id = reader.Id(),
        At = reader.Time(),
        Model = reader.Text() ?? "",
        Version = reader.Text(),
        Kind = (RequestKind)reader.Byte(),
        ShadowOf = reader.Id() is var of && of == Guid.Empty ? null : of,
        Arm = reader.Text(),
        RouteRevision = reader.Int64(),
        Key = reader.Text(),
        Status = reader.Int32(),
        Outcome = (RequestOutcome)reader.Byte(),
        Latency = TimeSpan.FromTicks(reader.Int64()),
        ModelLatency = reader.Int64() is var ticks && ticks < 0 ? null : TimeSpan.FromTicks(ticks),
        RequestSizeBytes = reader.Int64(),
        IsRequestCut = reader.Byte() != 0,
        RequestContentType = reader.Text(),
        ReplySizeBytes = reader.Int64(),
        IsReplyCut = reader.Byte() != 0,
        ReplyContentType = reader.Text(),
        ClientId = reader.Text(),
        ClientTime = reader.Text(),
        Caller = reader.Text(),
        RequestBody = reader.Bytes(),
        ReplyBody = reader.Bytes(),
    };

    private static Feedback ReadFeedback(ref Reader reader) => new()
    {
        RequestId = reader.Id(),
        Metric = reader.Text() ?? "",
        Value = BitConverter.Int64BitsToDouble(reader.Int64()),
        At = reader.Time(),
    };

    private static int Bound(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length);

    private ref struct Writer(Span<byte> into)
    {
        private readonly Span<byte> _into = into;

        public int Length { get; private set; }

        public void Byte(byte value) => _into[Length++] = value;

        public void Int32(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_into[Length..], value);
            Length += sizeof(int);
        }

        public void Int64(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_into[Length..], value);
            Length += sizeof(long);
        }

        public void Id(Guid value)
        {
            value.TryWriteBytes(_into[Length..], bigEndian: true, out var written);
            Length += written;
        }

        public void Text(string? value)
        {
            if (value is null)
            {
                Int32(-1);
                return;
            }

            var length = Encoding.UTF8.GetBytes(value, _into[(Length + sizeof(int))..]);
            Int32(length);
            Length += length;
        }

        public void Bytes(ReadOnlySpan<byte> value)
        {
            Int32(value.Length);
            value.CopyTo(_into[Length..]);
            Length += value.Length;
        }
    }

    private ref struct Reader(ReadOnlyMemory<byte> from)
    {
        private readonly ReadOnlyMemory<byte> _from = from;
        private int _at;

        public readonly bool IsAtEnd => _at == _from.Length;

        public byte Byte() => Next(1).Span[0];

        public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)).Span);

        public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Next(sizeof(long)).Span);

        public Guid Id() => new(Next(16).Span, bigEndian: true);

        public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Int64());

        public string? Text() => Int32() is var length && length < 0 ? null : Encoding.UTF8.GetString(Next(length).Span);

        public ReadOnlyMemory<byte> Bytes() => Next(Int32());

        private ReadOnlyMemory<byte> Next(int length)
        {
            var next = _from.Slice(_at, length);
            _at += length;
            return next;
        }
    }
}
