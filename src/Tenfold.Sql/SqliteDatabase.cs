using System.Data.Common;
using Microsoft.Data.Sqlite;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <summary>A ledger in a SQLite file: opening it, bringing it up to date, and its errors in plain words.</summary>
/// <param name="path">The file; made when missing.</param>
/// <param name="time">The clock by which leases run out; null: the machine's.</param>
public sealed class SqliteDatabase(string path, TimeProvider? time = null)
{
    private const int Full = 13, CannotOpen = 14, ReadOnly = 8, NotADatabase = 26, Corrupt = 11, IoError = 10, Busy = 5;

    private readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30, Pooling = true }.ToString();
    private bool _isCurrent;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens a connection to an up-to-date ledger.</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isCurrent) MakeFolder();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            // Losing the last transactions to a power cut is bearable, a damaged file is not: with a write-ahead log NORMAL is just that.
            await connection.ExecuteAsync(null, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON", cancellationToken);
            if (!_isCurrent) await MigrateAsync(connection, cancellationToken);
            _isCurrent = true;
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The time by which leases run out.</summary>
    public DateTimeOffset Now() => (time ?? TimeProvider.System).GetUtcNow();

    /// <summary>The database's error as one that says what to do.</summary>
    public LedgerException Explain(DbException error) => new((error as SqliteException)?.SqliteErrorCode switch
    {
        Full => $"the ledger {path} can't grow: the disk is full. Free space, or set TENFOLD_HOME to another disk.",
        CannotOpen or ReadOnly => $"the ledger {path} can't be written. Is its folder writable? Set TENFOLD_HOME to a folder that is.",
        NotADatabase or Corrupt => $"the ledger {path} is damaged or not a SQLite file ({error.Message}). Move it away, or bring it back from a backup; `sqlite3 {path} .recover` may save its rows.",
        IoError => $"the ledger {path} could not be read or written ({error.Message}). Is its disk full or gone?",
        Busy => $"the ledger {path} has been locked by another program for 30 s. Find it with `fuser {path}`.",
        _ => $"the ledger {path} failed: {error.Message}",
    }, (error as SqliteException)?.SqliteErrorCode is NotADatabase or Corrupt, error);

    /// <summary>What a row holds and nobody wrote there, as an error that says what to do.</summary>
    public LedgerException Explain(InvalidDataException error) =>
        new($"the ledger {path} is damaged: {error.Message.TrimEnd('.')}. Bring it back from a backup.", isUnreadable: true, error);

    private void MakeFolder()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException($"the ledger's folder {folder} can't be made: {e.Message.TrimEnd('.')}. Set TENFOLD_HOME to a folder that can be written.", isUnreadable: false, e);
        }
    }

    private async Task MigrateAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        if (await CheckedVersionAsync(connection, null, cancellationToken) == Migrations.Steps.Count) return;
        await connection.ExecuteAsync(null, "PRAGMA journal_mode = WAL", cancellationToken);
        // Two programs may come here at once: the second waits for the first, and then finds nothing to do.
        await using var transaction = connection.BeginTransaction(deferred: false);
        for (var version = await CheckedVersionAsync(connection, transaction, cancellationToken); version < Migrations.Steps.Count; version++)
            await connection.ExecuteAsync(transaction, $"{Migrations.Steps[(int)version]}; PRAGMA user_version = {version + 1}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<long> CheckedVersionAsync(SqliteConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        await using var command = connection.Of(transaction, "PRAGMA user_version");
        var version = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return version <= Migrations.Steps.Count ? version : throw new LedgerException(
            $"the ledger {path} was made by a newer tenfold (its version is {version}, this program knows {Migrations.Steps.Count}). Upgrade tenfold, or set TENFOLD_HOME to another folder. Nothing was changed.", isUnreadable: true);
    }
}
