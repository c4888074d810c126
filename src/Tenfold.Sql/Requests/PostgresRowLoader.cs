using System.Data.Common;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>Inserts requests into PostgreSQL with COPY.</summary>
/// <remarks>
/// COPY inserts all rows or none, and one bad row fails all. A failed batch is therefore halved until the bad rows are alone. A single row
/// is inserted by itself: an existing id is skipped, and what the server refuses as text is inserted as bytes.
/// </remarks>
internal sealed class PostgresRowLoader : IRowLoader
{
    private const string Before = "SAVEPOINT before_rows", Done = "RELEASE SAVEPOINT before_rows";
    private const string Undo = $"ROLLBACK TO SAVEPOINT before_rows; {Done}";

    private static readonly string Copy =
        $"COPY requests ({RequestRow.Facts}, {RequestRow.Bodies}) FROM STDIN (FORMAT BINARY)";

    private static readonly string Insert =
        $"INSERT INTO requests ({RequestRow.Facts}, {RequestRow.Bodies}) VALUES " +
        $"({string.Join(", ", RequestRow.Columns.Select(Placeholder))}) ON CONFLICT (id) DO NOTHING";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RefusedRequest>> InsertAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<LoggedRequest> requests, CancellationToken cancellationToken)
    {
        var refused = new List<RefusedRequest>();
        await CopyAsync((NpgsqlConnection)connection, transaction, new(requests.ToArray()), refused, cancellationToken);
        return refused;
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, DbTransaction transaction, ArraySegment<LoggedRequest> requests, List<RefusedRequest> refused,
        CancellationToken cancellationToken)
    {
        if (requests.Count == 0) return;
        if (requests.Count == 1)
        {
            await InsertAsync(connection, transaction, requests[0], refused, cancellationToken);
            return;
        }

        await connection.ExecuteAsync(transaction, Before, cancellationToken);
        try
        {
            await CopyAsync(connection, requests, cancellationToken);
            await connection.ExecuteAsync(transaction, Done, cancellationToken);
            return;
        }
        catch (PostgresException e) when (IsAboutRows(e))
        {
            await connection.ExecuteAsync(transaction, Undo, cancellationToken);
        }

        var half = requests.Count / 2;
        await CopyAsync(connection, transaction, requests[..half], refused, cancellationToken);
        await CopyAsync(connection, transaction, requests[half..], refused, cancellationToken);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, ArraySegment<LoggedRequest> requests, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(Copy, cancellationToken);
        var sink = new CopySink(writer);
        foreach (var request in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sink.Begin();
            RequestRow.Write(request, sink);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, DbTransaction transaction, LoggedRequest request, List<RefusedRequest> refused,
        CancellationToken cancellationToken)
    {
        if (await TryInsertAsync(connection, transaction, request, asBytes: false, cancellationToken) is null) return;
        if (await TryInsertAsync(connection, transaction, request, asBytes: true, cancellationToken) is { } reason)
            refused.Add(new RefusedRequest(request, reason));
    }

    private static async Task<string?> TryInsertAsync(
        NpgsqlConnection connection, DbTransaction transaction, LoggedRequest request, bool asBytes, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(transaction, Before, cancellationToken);
        try
        {
            var sink = new ParameterSink();
            RequestRow.Write(request, sink, asBytes);
            await connection.ExecuteAsync(transaction, Insert, cancellationToken, [.. sink.Values]);
            await connection.ExecuteAsync(transaction, Done, cancellationToken);
            return null;
        }
        catch (PostgresException e) when (IsAboutRows(e))
        {
            await connection.ExecuteAsync(transaction, Undo, cancellationToken);
            return $"{e.SqlState}: {e.MessageText}";
        }
    }

    // 22: the data; 23: a constraint; 54: a limit, such as the depth of JSON or the length of an indexed value.
    private static bool IsAboutRows(PostgresException error) => error.SqlState[..2] is "22" or "23" or "54";

    private static string Placeholder(string column) => TypeOf(column) switch
    {
        NpgsqlDbType.Json => $"CAST(@{column} AS json)",
        NpgsqlDbType.Bytea => $"CAST(@{column} AS bytea)",
        NpgsqlDbType.Uuid => $"CAST(@{column} AS uuid)",
        NpgsqlDbType.Bigint => $"CAST(@{column} AS bigint)",
        _ => $"CAST(@{column} AS text)",
    };

    private static NpgsqlDbType TypeOf(string column) => column switch
    {
        "id" or "shadow_of" => NpgsqlDbType.Uuid,
        "at" or "route_revision" or "status" or "latency_us" or "model_latency_us" or "request_size" or "request_cut" or "reply_size"
            or "reply_cut" => NpgsqlDbType.Bigint,
        "request_json" or "reply_json" => NpgsqlDbType.Json,
        "request_bytes" or "reply_bytes" => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Text,
    };

    // Values are written without a task for each, and rarely wait for the network. The types must be named: a wrong one breaks the
    // connection.
    private sealed class CopySink(NpgsqlBinaryImporter writer) : IRowSink
    {
        public void Begin() => writer.StartRow();

        public void Id(Guid? value)
        {
            if (value is { } id) writer.Write(id, NpgsqlDbType.Uuid);
            else writer.WriteNull();
        }

        public void Number(long? value)
        {
            if (value is { } number) writer.Write(number, NpgsqlDbType.Bigint);
            else writer.WriteNull();
        }

        public void Text(string? value)
        {
            if (value is not null) writer.Write(Statement.Storable(value), NpgsqlDbType.Text);
            else writer.WriteNull();
        }

        public void Json(ReadOnlyMemory<byte> value)
        {
            if (value.IsEmpty) writer.WriteNull();
            else writer.Write(value, NpgsqlDbType.Json);
        }

        public void Bytes(ReadOnlyMemory<byte> value)
        {
            if (value.IsEmpty) writer.WriteNull();
            else writer.Write(value, NpgsqlDbType.Bytea);
        }
    }

    private sealed class ParameterSink : IRowSink
    {
        public List<(string Name, object? Value)> Values { get; } = [];

        public void Id(Guid? value) => Add(value);

        public void Number(long? value) => Add(value);

        public void Text(string? value) => Add(value);

        public void Json(ReadOnlyMemory<byte> value) => Add(value.IsEmpty ? null : Encoding.UTF8.GetString(value.Span));

        public void Bytes(ReadOnlyMemory<byte> value) => Add(value.IsEmpty ? null : value.ToArray());

        private void Add(object? value) => Values.Add(($"@{RequestRow.Columns[Values.Count]}", value));
    }
}
