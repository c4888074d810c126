using System.Data.Common;

namespace Tenfold.Sql;

/// <summary>
/// Collects independent statements of one transaction and sends them to the database together, which saves round trips.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="transaction">The transaction.</param>
internal sealed class Batch(DbConnection connection, DbTransaction transaction)
{
    private const int AtOnce = 1000;

    private readonly List<(string Sql, (string Name, object? Value)[] Values)> _statements = [];

    public void Add(string sql, params (string Name, object? Value)[] values) => _statements.Add((sql, values));

    /// <summary>Runs the collected statements in order, and clears the batch.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (connection.CanCreateBatch)
            foreach (var chunk in _statements.Chunk(AtOnce)) await SendAsync(chunk, cancellationToken);
        else
            foreach (var (sql, values) in _statements) await connection.ExecuteAsync(transaction, sql, cancellationToken, values);
        _statements.Clear();
    }

    private async Task SendAsync((string Sql, (string Name, object? Value)[] Values)[] statements, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var (sql, values) in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            foreach (var (name, value) in values) command.Parameters.Add(Statement.Fill(command.CreateParameter(), name, value));
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
