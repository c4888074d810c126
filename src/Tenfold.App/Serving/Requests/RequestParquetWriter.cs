using System.Text;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;
using Tenfold.Core.Requests;

namespace Tenfold.App.Serving.Requests;

/// <summary>Writes logged requests as a Parquet file; <c>docs/request-log.md</c> lists the columns.</summary>
/// <remarks>Memory holds one row group, however many requests the file gets.</remarks>
/// <param name="rowsAtOnce">The most rows of a row group.</param>
/// <param name="bytesAtOnce">A row group ends once its bodies have this size.</param>
internal sealed class RequestParquetWriter(int rowsAtOnce = 50_000, long bytesAtOnce = 32 << 20)
{
    private readonly ParquetColumn<LoggedRequest>[] _columns =
    [
        Text("id", one => one.Id.ToString()),
        new ParquetTimes<LoggedRequest>("at", one => one.At),
        Text("model", one => one.Model),
        Text("version", one => one.Version),
        Text("kind", one => RequestWords.Of(one.Kind)),
        Text("shadow_of", one => one.ShadowOf?.ToString()),
        Text("arm", one => one.Arm),
        Number<long>("route_revision", one => one.RouteRevision),
        Text("key", one => one.Key),
        Number<int>("status", one => one.Status),
        Text("outcome", one => RequestWords.Of(one.Outcome)),
        Number<double>("latency_seconds", one => one.Latency.TotalSeconds),
        Number<double>("model_latency_seconds", one => one.ModelLatency?.TotalSeconds),
        Text("client_id", one => one.ClientId),
        Text("client_time", one => one.ClientTime),
        Text("caller", one => one.Caller),
        Text("request_content_type", one => one.RequestContentType),
        Number<long>("request_size_bytes", one => one.RequestSizeBytes),
        Number<bool>("request_is_cut", one => one.IsRequestCut),
        Text("request_text", one => TextOf(one.RequestBody)),
        Bytes("request_bytes", one => BytesOf(one.RequestBody)),
        Text("reply_content_type", one => one.ReplyContentType),
        Number<long>("reply_size_bytes", one => one.ReplySizeBytes),
        Number<bool>("reply_is_cut", one => one.IsReplyCut),
        Text("reply_text", one => TextOf(one.ReplyBody)),
        Bytes("reply_bytes", one => BytesOf(one.ReplyBody)),
    ];

    /// <summary>Writes requests.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="output">Where the file goes; it can be sought.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many were written.</returns>
    public async Task<long> WriteAsync(IAsyncEnumerable<LoggedRequest> requests, Stream output, CancellationToken cancellationToken)
    {
        var schema = new ParquetSchema([.. _columns.Select(column => column.Field)]);
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Snappy };
        await using var writer = await ParquetWriter.CreateAsync(schema, output, options, cancellationToken: cancellationToken);
        long count = 0, bytes = 0;
        var rows = 0;
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            foreach (var column in _columns) column.Add(request);
            count++;
            rows++;
            bytes += request.RequestBody.Length + request.ReplyBody.Length;
            if (rows < rowsAtOnce && bytes < bytesAtOnce) continue;
            await WriteGroupAsync(writer, cancellationToken);
            (rows, bytes) = (0, 0);
        }

        if (rows > 0) await WriteGroupAsync(writer, cancellationToken);
        return count;
    }

    private async Task WriteGroupAsync(ParquetWriter writer, CancellationToken cancellationToken)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in _columns) await column.WriteAsync(group, cancellationToken);
        group.CompleteValidate();
    }

    private static ParquetTexts<LoggedRequest> Text(string name, Func<LoggedRequest, string?> read) => new(name, read);

    private static ParquetBytes<LoggedRequest> Bytes(string name, Func<LoggedRequest, byte[]?> read) => new(name, read);

    private static ParquetNumbers<LoggedRequest, T> Number<T>(string name, Func<LoggedRequest, T?> read)
        where T : struct => new(name, read);

    // A body is text where it is UTF-8, as in JSON lines, and else bytes: readers refuse texts that are none.
    private static string? TextOf(ReadOnlyMemory<byte> body) => Utf8.IsValid(body.Span) ? Encoding.UTF8.GetString(body.Span) : null;

    private static byte[]? BytesOf(ReadOnlyMemory<byte> body) => Utf8.IsValid(body.Span) ? null : body.ToArray();
}
