using System.Data.Common;
using Microsoft.Data.Sqlite;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Requests;

/// <summary>Inserts requests into SQLite with one prepared statement.</summary>
internal sealed class SqliteRowLoader : IRowLoader
{
    private const int TooBig = 18, Mismatch = 20, Constraint = 19;

    private static readonly string Insert =
        $"INSERT INTO requests ({RequestRow.Facts}, {RequestRow.Bodies}) VALUES " +
        $"({string.Join(", ", RequestRow.Columns.Select(column => $"@{column}"))}) ON CONFLICT (id) DO NOTHING";

    /// <inheritdoc/>
    public Task<IReadOnlyList<RefusedRequest>> InsertAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<LoggedRequest> requests, CancellationToken cancellationToken)
    {
        using var command = connection.Of(transaction, Insert);
        foreach (var column in RequestRow.Columns) command.Parameters.Add(Statement.Fill(command.CreateParameter(), $"@{column}", null));
        command.Prepare();
        var refused = new List<RefusedRequest>();
        foreach (var request in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = RequestRow.ValuesOf(request);
            for (var i = 0; i < values.Length; i++) Statement.Fill(command.Parameters[i], command.Parameters[i].ParameterName, values[i]);
            try
            {
                // SQLite's driver has no asynchronous calls.
                command.ExecuteNonQuery();
            }
            catch (SqliteException e) when (e.SqliteErrorCode is TooBig or Mismatch or Constraint)
            {
                refused.Add(new RefusedRequest(request, e.Message));
            }
        }

        return Task.FromResult<IReadOnlyList<RefusedRequest>>(refused);
    }
}
