namespace Tenfold.Sql;

/// <content>Facts about the ledger itself.</content>
public sealed partial class SqlLedger
{
    /// <summary>
    /// The location of the ledger into which this one was last imported, without a password; null when it was never imported. After an
    /// import, the other ledger is in charge of the imported runs.
    /// </summary>
    public Task<string?> ImportedIntoAsync(CancellationToken cancellationToken) => database.ReadAsync(async connection =>
        (string?)await connection.ScalarAsync(null, "SELECT value FROM facts WHERE name = 'imported into'", cancellationToken),
        cancellationToken);

    /// <summary>Counts the ledger's records. The cost grows with the length of the history.</summary>
    public Task<LedgerCounts> CountAsync(CancellationToken cancellationToken) => database.ReadAsync(async connection =>
        (await connection.ReadAsync(
            """
            SELECT (SELECT COUNT(*) FROM studies), (SELECT COUNT(*) FROM groups), (SELECT COUNT(*) FROM runs),
                (SELECT COUNT(*) FROM runs WHERE state IN ('queued', 'running')), (SELECT COUNT(*) FROM attempts),
                (SELECT COUNT(*) FROM events)
            """,
            row => new LedgerCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken))[0], cancellationToken);
}

/// <summary>The numbers of records in a ledger.</summary>
/// <param name="Studies">Studies.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Runs">Runs.</param>
/// <param name="Live">Runs that have not ended.</param>
/// <param name="Attempts">Attempts.</param>
/// <param name="Events">Events.</param>
public sealed record LedgerCounts(long Studies, long Groups, long Runs, long Live, long Attempts, long Events);
