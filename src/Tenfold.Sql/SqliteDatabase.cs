using System.Data.Common;
using Microsoft.Data.Sqlite;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <summary>A ledger in a SQLite file, for one machine. Opening it migrates older tables.</summary>
/// <param name="path">The file; created when missing.</param>
/// <param name="time">The clock by which leases expire; null for the machine's.</param>
public sealed class SqliteDatabase(string path, TimeProvider? time = null) : Database
{
    private const int Full = 13, CannotOpen = 14, ReadOnly = 8, NotADatabase = 26, Corrupt = 11, IoError = 10, Busy = 5;

    // How long it waits for a lock of another process, in milliseconds.
    private const int Patience = 30_000;

    private const string OtherHome = "set TENFOLD_HOME to another folder";

    private readonly string _connectionString =
        new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = Patience / 1000, Pooling = true }.ToString();
    private readonly SemaphoreSlim _turns = new(1, 1);
    private bool _isCurrent;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <inheritdoc/>
    public override string Kind => "sqlite";

    /// <inheritdoc/>
    public override string Place => path;

    /// <inheritdoc/>
    public override Task<int> VersionAsync(CancellationToken cancellationToken) => ExplainFaultsAsync(async () =>
    {
        if (!File.Exists(path)) return 0;
        await using var connection = await ConnectAsync(cancellationToken);
        return await CheckedVersionAsync(connection, null, cancellationToken);
    });

    /// <inheritdoc/>
    public override Task<int> MigrateAsync(CancellationToken cancellationToken) => ExplainFaultsAsync(async () =>
    {
        MakeFolder();
        await using var connection = await ConnectAsync(cancellationToken);
        return await MigrateAsync(connection, cancellationToken);
    });

    /// <inheritdoc/>
    internal override Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken) =>
        ExplainFaultsAsync(async () =>
    {
        await using var connection = await OpenAsync(cancellationToken);
        return await read(connection);
    });

    /// <inheritdoc/>
    internal override Task<T> WriteAsync<T>(
        Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken) =>
        ExplainFaultsAsync(async () =>
    {
        // SQLite waits for its write lock on a thread. So writers of this process wait for each other before they ask for it.
        await _turns.WaitAsync(cancellationToken);
        try
        {
            await using var connection = await OpenAsync(cancellationToken);
            // A serializable transaction takes the write lock at once.
            await using var transaction =
                await connection.BeginTransactionAsync(System.Data.IsolationLevel.Serializable, cancellationToken);
            var result = await write(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _turns.Release();
        }
    });

    /// <inheritdoc/>
    internal override Task<DateTimeOffset> NowAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        Task.FromResult((time ?? TimeProvider.System).GetUtcNow());

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isCurrent) MakeFolder();
        var connection = await ConnectAsync(cancellationToken);
        try
        {
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

    private async Task<SqliteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            // With a write-ahead log, NORMAL may lose the last transactions in a power cut, but never damages the file.
            var synchronous = Tables.IsDurable ? "FULL" : "NORMAL";
            // SQLite itself asks for a lock again after milliseconds, where the library would sleep for 150 ms.
            await connection.ExecuteAsync(
                null,
                $"PRAGMA busy_timeout = {Patience}; PRAGMA synchronous = {synchronous}; PRAGMA foreign_keys = ON",
                cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<T> ExplainFaultsAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (DbException e)
        {
            throw Explain(e);
        }
        catch (InvalidDataException e)
        {
            throw Explain(e);
        }
    }

    private LedgerException Explain(DbException error) => new((error as SqliteException)?.SqliteErrorCode switch
    {
        Full => $"{Tables.Name} {path} can't grow: the disk is full. Free space, or set TENFOLD_HOME to another disk.",
        CannotOpen or ReadOnly => $"{Tables.Name} {path} can't be written. Is its folder writable? Set TENFOLD_HOME to a folder that is.",
        NotADatabase or Corrupt =>
            $"{Tables.Name} {path} is damaged or not a SQLite file ({error.Message}). Restore it from a backup, or move it aside; " +
            $"`sqlite3 {path} .recover` may save its rows.",
        IoError => $"{Tables.Name} {path} could not be read or written ({error.Message}). Is its disk full or disconnected?",
        Busy => $"{Tables.Name} {path} has been locked by another program for 30 s. Find it with `fuser {path}`.",
        _ => $"{Tables.Name} {path} failed: {error.Message}",
    }, (error as SqliteException)?.SqliteErrorCode is NotADatabase or Corrupt, error);

    private void MakeFolder()
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                $"{Tables.Name}'s folder {folder} can't be created: {e.Message.TrimEnd('.')}. Set TENFOLD_HOME to a writable folder.",
                isUnreadable: false, e);
        }
    }

    private async Task<int> MigrateAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        if (await CheckedVersionAsync(connection, null, cancellationToken) == Tables.NewestVersion) return Tables.NewestVersion;
        await connection.ExecuteAsync(null, "PRAGMA journal_mode = WAL", cancellationToken);
        // If two processes migrate at once, the second waits here for the first, and then finds nothing to do.
        await using var transaction = connection.BeginTransaction(deferred: false);
        var before = await CheckedVersionAsync(connection, transaction, cancellationToken);
        for (var version = before; version < Tables.NewestVersion; version++)
        {
            var step = Tables.Steps[version];
            await connection.ExecuteAsync(transaction, $"{step.Sql}; PRAGMA user_version = {version + 1}", cancellationToken);
            if (step.ConvertAsync is { } convertAsync) await convertAsync(connection, transaction, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return before;
    }

    private async Task<int> CheckedVersionAsync(
        SqliteConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var version = Convert.ToInt64(await connection.ScalarAsync(transaction, "PRAGMA user_version", cancellationToken), null);
        return version <= Tables.NewestVersion ? (int)version : throw Newer(version, OtherHome);
    }
}
