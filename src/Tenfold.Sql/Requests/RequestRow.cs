using System.Data.Common;
using System.Text;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>Converts requests to rows and back.</summary>
internal static class RequestRow
{
    /// <summary>The columns apart from the bodies.</summary>
    public const string Facts =
        "id, at, model, version, kind, shadow_of, arm, route_revision, key, status, outcome, latency_us, model_latency_us, client_id, " +
        "client_time, caller, request_type, request_size, request_cut, reply_type, reply_size, reply_cut";

    /// <summary>The columns of the bodies, which follow the facts.</summary>
    public const string Bodies = "request_json, request_bytes, reply_json, reply_bytes";

    /// <summary>How many columns <see cref="Facts"/> names.</summary>
    public const int FactsWidth = 22;

    /// <summary>All columns, in the order of <see cref="Write"/>.</summary>
    public static IReadOnlyList<string> Columns { get; } = $"{Facts}, {Bodies}".Split(", ");

    /// <summary>Writes the values of a row, column by column.</summary>
    /// <param name="request">The request.</param>
    /// <param name="sink">Takes the values.</param>
    /// <param name="asBytes">True: store both bodies as bytes, since the database refused them as text.</param>
    public static void Write(LoggedRequest request, IRowSink sink, bool asBytes = false)
    {
        sink.Id(request.Id);
        sink.Number(request.At.ToUnixTimeMilliseconds());
        sink.Text(request.Model);
        sink.Text(request.Version);
        sink.Text(RequestWords.Of(request.Kind));
        sink.Id(request.ShadowOf);
        sink.Text(request.Arm);
        sink.Number(request.RouteRevision);
        sink.Text(request.Key);
        sink.Number(request.Status);
        sink.Text(RequestWords.Of(request.Outcome));
        sink.Number(Microseconds(request.Latency));
        sink.Number(request.ModelLatency is { } latency ? Microseconds(latency) : null);
        sink.Text(request.ClientId);
        sink.Text(request.ClientTime);
        sink.Text(request.Caller);
        sink.Text(request.RequestContentType);
        sink.Number(request.RequestSizeBytes);
        sink.Number(request.IsRequestCut ? 1 : 0);
        sink.Text(request.ReplyContentType);
        sink.Number(request.ReplySizeBytes);
        sink.Number(request.IsReplyCut ? 1 : 0);
        WriteBody(request.RequestBody, sink, asBytes);
        WriteBody(request.ReplyBody, sink, asBytes);
    }

    /// <summary>Reads a row of <see cref="Facts"/>, with <see cref="Bodies"/> if they were selected too.</summary>
    public static LoggedRequest Read(DbDataReader row)
    {
        var hasBodies = row.FieldCount > FactsWidth;
        return new LoggedRequest
        {
            Id = row.GetGuid(0),
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
            Model = row.GetString(2),
            Version = Text(row, 3),
            Kind = RequestWords.KindOf(row.GetString(4)),
            ShadowOf = row.IsDBNull(5) ? null : row.GetGuid(5),
            Arm = Text(row, 6),
            RouteRevision = row.GetInt64(7),
            Key = Text(row, 8),
            Status = (int)row.GetInt64(9),
            Outcome = RequestWords.FindOutcome(row.GetString(10))
                ?? throw new InvalidDataException($"a request has the unknown outcome '{row.GetString(10)}'"),
            Latency = TimeSpan.FromMicroseconds(row.GetInt64(11)),
            ModelLatency = row.IsDBNull(12) ? null : TimeSpan.FromMicroseconds(row.GetInt64(12)),
            ClientId = Text(row, 13),
            ClientTime = Text(row, 14),
            Caller = Text(row, 15),
            RequestContentType = Text(row, 16),
            RequestSizeBytes = row.GetInt64(17),
            IsRequestCut = row.GetInt64(18) != 0,
            ReplyContentType = Text(row, 19),
            ReplySizeBytes = row.GetInt64(20),
            IsReplyCut = row.GetInt64(21) != 0,
            RequestBody = hasBodies ? Body(row, FactsWidth) : default,
            ReplyBody = hasBodies ? Body(row, FactsWidth + 2) : default,
        };
    }

    private static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    private static void WriteBody(ReadOnlyMemory<byte> body, IRowSink sink, bool asBytes)
    {
        var isJson = !asBytes && BodyText.IsJson(body.Span);
        sink.Json(isJson ? body : default);
        sink.Bytes(isJson ? default : body);
    }

    private static ReadOnlyMemory<byte> Body(DbDataReader row, int at) =>
        !row.IsDBNull(at) ? Encoding.UTF8.GetBytes(row.GetString(at))
        : !row.IsDBNull(at + 1) ? row.GetFieldValue<byte[]>(at + 1)
        : default(ReadOnlyMemory<byte>);

    private static string? Text(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);
}
