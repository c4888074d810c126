using System.Buffers;
using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>Inserts requests into SQLite with one prepared statement.</summary>
/// <remarks>It binds values through SQLite's own interface: the driver looks up each of the 26 parameters by name for each row.</remarks>
internal sealed class SqliteRowLoader : IRowLoader
{
    private static readonly string Insert =
        $"INSERT INTO requests ({RequestRow.Facts}, {RequestRow.Bodies}) VALUES " +
        $"({string.Join(", ", RequestRow.Columns.Select(_ => "?"))}) ON CONFLICT (id) DO NOTHING";

    /// <inheritdoc/>
    public Task<IReadOnlyList<RefusedRequest>> InsertAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<LoggedRequest> requests, CancellationToken cancellationToken)
    {
        var database = ((SqliteConnection)connection).Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(database, Insert, out var statement), database);
        using (statement)
        {
            var refused = new List<RefusedRequest>();
            var sink = new Sink(statement);
            foreach (var request in requests)
            {
                cancellationToken.ThrowIfCancellationRequested();
                sink.Begin();
                RequestRow.Write(request, sink);
                var result = raw.sqlite3_step(statement);
                if (result is raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_CONSTRAINT)
                    refused.Add(new RefusedRequest(request, raw.sqlite3_errmsg(database).utf8_to_string()));
                else if (result != raw.SQLITE_DONE)
                    SqliteException.ThrowExceptionForRC(result, database);
                raw.sqlite3_reset(statement);
            }

            return Task.FromResult<IReadOnlyList<RefusedRequest>>(refused);
        }
    }

    private sealed class Sink(sqlite3_stmt statement) : IRowSink
    {
        private const int IdLength = 36;

        private int _column;

        public void Begin() => _column = 0;

        public void Id(Guid? value)
        {
            if (value is not { } id)
            {
                Null();
                return;
            }

            Span<byte> text = stackalloc byte[IdLength];
            id.TryFormat(text, out _);
            raw.sqlite3_bind_text(statement, ++_column, text);
        }

        public void Number(long? value)
        {
            if (value is { } number) raw.sqlite3_bind_int64(statement, ++_column, number);
            else Null();
        }

        public void Text(string? value)
        {
            if (value is null)
            {
                Null();
                return;
            }

            if (value.Length == 0)
            {
                // An empty span would become NULL.
                raw.sqlite3_bind_text(statement, ++_column, "");
                return;
            }

            // The same replacements as on PostgreSQL.
            value = Statement.Storable(value);
            var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
            var length = Encoding.UTF8.GetBytes(value, bytes);
            raw.sqlite3_bind_text(statement, ++_column, bytes.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(bytes);
        }

        public void Json(ReadOnlyMemory<byte> value)
        {
            if (value.IsEmpty) Null();
            else raw.sqlite3_bind_text(statement, ++_column, value.Span);
        }

        public void Bytes(ReadOnlyMemory<byte> value)
        {
            if (value.IsEmpty) Null();
            else raw.sqlite3_bind_blob(statement, ++_column, value.Span);
        }

        private void Null() => raw.sqlite3_bind_null(statement, ++_column);
    }
}
