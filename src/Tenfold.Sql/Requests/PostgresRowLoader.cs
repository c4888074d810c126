using System.Data.Common;
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

    private static readonly NpgsqlDbType[] Types = [.. RequestRow.Columns.Select(TypeOf)];

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
        foreach (var request in requests)
        {
            await writer.StartRowAsync(cancellationToken);
            var values = RequestRow.ValuesOf(request);
            for (var i = 0; i < values.Length; i++) await WriteAsync(writer, values[i], Types[i], cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }

    // The types must be named: a wrong one breaks the connection.
    private static Task WriteAsync(NpgsqlBinaryImporter writer, object? value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value switch
        {
            null => writer.WriteNullAsync(cancellationToken),
            string text => writer.WriteAsync(Statement.Storable(text), type, cancellationToken),
            long number => writer.WriteAsync(number, type, cancellationToken),
            Guid id => writer.WriteAsync(id, type, cancellationToken),
            byte[] bytes => writer.WriteAsync(bytes, type, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        };

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
            var values = RequestRow.ValuesOf(request, asBytes);
            await connection.ExecuteAsync(
                transaction, Insert, cancellationToken, [.. RequestRow.Columns.Select((column, i) => ($"@{column}", values[i]))]);
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
}
