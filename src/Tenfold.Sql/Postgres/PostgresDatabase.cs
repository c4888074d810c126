using System.Data.Common;
using System.Security.Cryptography;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>A ledger in PostgreSQL 13 or later, for a team.</summary>
/// <remarks>
/// <para>The tables are in a schema of their own. The first process creates the tables in an empty database. Older tables are only migrated
/// by <c>tenfold ledger migrate</c>, because other people may be working with them.</para>
/// <para>Writers take turns through an advisory lock that ends with the transaction, rather than through serializable transactions that are
/// retried when they fail. The ledger's writes are short and depend on each other, and with a lock they behave as on SQLite. A writer that
/// hangs inside its turn (suspended, or disconnected) is ended by the server after 15 s.</para>
/// <para>A broken connection is retried for as long as <see cref="Patience"/>, because the server may be restarting. Each change inserts a
/// receipt, a random name, in its transaction. When the answer to a COMMIT is lost, the change is repeated: it waits for the lock, and
/// then the receipt shows whether the first transaction was committed. The transaction's id and pg_xact_status can't show this, because a
/// crashed server forgets the ids of uncommitted transactions and uses them again.</para>
/// </remarks>
internal sealed class PostgresDatabase : Database
{
    // The idle timeout is longer than any pause between two statements, so it only ends writers that hang. The lock timeout is longer than
    // that, so that waiting writers outlast a hanging one.
    private const string Begin =
        """
        SET LOCAL idle_in_transaction_session_timeout = '15s';
        SET LOCAL lock_timeout = '40s';
        SELECT pg_advisory_xact_lock(@class, hashtext(@schema));
        """;

    private readonly PostgresAddress _address;
    private readonly TimeProvider _time;
    private readonly Lazy<NpgsqlDataSource> _source;
    private bool _isCurrent, _hasConnected, _hasWritten, _isPasswordAsked;

    public PostgresDatabase(PostgresAddress address, TimeProvider time, TimeSpan? patience = null)
    {
        (_address, _time, Patience) = (address, time, patience ?? TimeSpan.FromSeconds(60));
        _source = new Lazy<NpgsqlDataSource>(() => PostgresSource.Create(address, () => _isPasswordAsked = true));
    }

    /// <summary>
    /// How long to wait for a server that has become unreachable; default 60 s. A server that has never answered gets 5 s, because its
    /// address is probably wrong.
    /// </summary>
    public TimeSpan Patience { get; }

    /// <inheritdoc/>
    public override string Kind => "postgresql";

    /// <inheritdoc/>
    public override string Place => _address.ToString();

    /// <inheritdoc/>
    public override string? Weakness => _address.Weakness;

    private string Where => $"{Tables.Name} {Place}";

    private string VersionTable => $"{Tables.Prefix}_version";

    private string Receipts => $"{Tables.Prefix}_receipts";

    private string MakeOwnTables =>
        $"""
        CREATE TABLE {VersionTable} (version BIGINT NOT NULL);
        INSERT INTO {VersionTable} VALUES (0);
        CREATE TABLE {Receipts} (id TEXT COLLATE "C" NOT NULL PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now());
        CREATE INDEX {Receipts}_by_time ON {Receipts} (at);
        """;

    // A transaction that changed nothing needs no receipt. Only the writer reads its receipt, within its patience, so old ones are deleted.
    private string AddReceipt => $"INSERT INTO {Receipts} (id) SELECT @id WHERE pg_current_xact_id_if_assigned() IS NOT NULL";

    private string DeleteOldReceipts =>
        $"DELETE FROM {Receipts} WHERE id IN (SELECT id FROM {Receipts} WHERE at < now() - INTERVAL '1 day' ORDER BY at LIMIT 10)";

    /// <inheritdoc/>
    public override Task<int> VersionAsync(CancellationToken cancellationToken) => RetryAsync(async () =>
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return Known(await VersionAsync(connection, null, cancellationToken));
    }, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(isRequested: true, cancellationToken);

    /// <inheritdoc/>
    internal override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await EnsureCurrentAsync(cancellationToken);
        return await RetryAsync(async () =>
        {
            await using var connection = await ConnectAsync(cancellationToken);
            return await read(connection);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    internal override async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        await EnsureCurrentAsync(cancellationToken);
        return await TransactAsync(async (connection, transaction) =>
        {
            // Another process may have migrated the tables since this one checked them.
            RequireCurrent(await VersionAsync(connection, transaction, cancellationToken));
            return await write(connection, transaction);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    internal override async Task<DateTimeOffset> NowAsync(
        DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            (long)(await connection.ScalarAsync(
                transaction, "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT", cancellationToken))!);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_source.IsValueCreated) _source.Value.Dispose();
        base.Dispose();
    }

    private async Task EnsureCurrentAsync(CancellationToken cancellationToken)
    {
        if (_isCurrent) return;
        var version = await VersionAsync(cancellationToken);
        if (version == 0) await MigrateAsync(isRequested: false, cancellationToken);
        else if (Tables.IsMigratedWhenOpened && version < Tables.NewestVersion) await MigrateAsync(isRequested: true, cancellationToken);
        else RequireCurrent(version);
        _isCurrent = true;
    }

    private async Task<int> MigrateAsync(bool isRequested, CancellationToken cancellationToken) =>
        await TransactAsync(async (connection, transaction) =>
        {
            // If two processes migrate at once, the second waits for the lock, and then finds nothing to do.
            var before = Known(await VersionAsync(connection, transaction, cancellationToken));
            if (before > 0 && !isRequested) return before;
            if (before == Tables.NewestVersion) return before;
            if (before == 0)
            {
                var schema = await connection.ScalarAsync(
                    transaction, "SELECT 1 FROM pg_namespace WHERE nspname = @schema", cancellationToken, ("@schema", _address.Schema));
                if (schema is null)
                    await connection.ExecuteAsync(transaction, $"CREATE SCHEMA \"{_address.Schema}\"", cancellationToken);
                await connection.ExecuteAsync(transaction, MakeOwnTables, cancellationToken);
            }

            foreach (var step in Tables.Steps.Skip(before))
            {
                await connection.ExecuteAsync(transaction, Migrations.OnPostgres(step.Sql), cancellationToken);
                if (step.ConvertAsync is { } convertAsync) await convertAsync(connection, transaction, cancellationToken);
            }

            await connection.ExecuteAsync(
                transaction, $"UPDATE {VersionTable} SET version = @version", cancellationToken, ("@version", Tables.NewestVersion));
            return before;
        }, cancellationToken);

    private async Task<long> VersionAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        // Reading a missing table would abort the transaction, so check first, until the table has been seen once. The check reads the
        // catalogue: to_regclass answers from a cache, which may lack what was committed while this process waited for the lock.
        const string FindTable =
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = @schema AND c.relname = @table";
        var exists = _isCurrent || await connection.ScalarAsync(
            transaction, FindTable, cancellationToken, ("@schema", _address.Schema), ("@table", VersionTable)) is not null;
        if (!exists) return 0;
        var version = await connection.ScalarAsync(
            transaction, $"SELECT version FROM \"{_address.Schema}\".{VersionTable}", cancellationToken);
        return Convert.ToInt64(version, null);
    }

    private int Known(long version) =>
        version <= Tables.NewestVersion ? (int)version : throw Newer(version, "set TENFOLD_LEDGER to another ledger");

    private void RequireCurrent(long version)
    {
        if (Known(version) < Tables.NewestVersion)
            throw new LedgerException(
                $"{Where} was made by an older tenfold (its version is {version}, this program needs {Tables.NewestVersion}). When " +
                "everybody has upgraded, run `tenfold ledger migrate`. Nothing was changed.", isUnreadable: true);
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.Value.OpenConnectionAsync(cancellationToken);
        _hasConnected = true;
        return connection;
    }

    private async Task<T> TransactAsync<T>(Func<DbConnection, DbTransaction, Task<T>> act, CancellationToken cancellationToken)
    {
        var receipt = RandomNumberGenerator.GetHexString(32, lowercase: true);
        (bool IsPending, T? Result) unconfirmed = default;
        try
        {
            return await RetryAsync(async () =>
            {
                await using var connection = await ConnectAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(
                    transaction, Begin, cancellationToken, ("@class", Tables.LockClass), ("@schema", _address.Schema));
                // From here on, each statement sees everything that earlier holders of the lock have committed, because READ COMMITTED, the
                // default, takes a new snapshot for each statement.
                if (unconfirmed.IsPending
                    && await connection.ScalarAsync(
                        transaction, $"SELECT 1 FROM {Receipts} WHERE id = @id", cancellationToken, ("@id", receipt)) is not null)
                    return unconfirmed.Result!;
                unconfirmed = default;
                var result = await act(connection, transaction);
                if (await connection.ExecuteAsync(transaction, AddReceipt, cancellationToken, ("@id", receipt)) == 0) return result;
                await connection.ExecuteAsync(transaction, DeleteOldReceipts, cancellationToken);
                unconfirmed = (true, result);
                // Not cancellable: a cancelled COMMIT may have succeeded or not.
                await transaction.CommitAsync(CancellationToken.None);
                _hasWritten = true;
                return result;
            }, cancellationToken);
        }
        catch (LedgerException e) when (unconfirmed.IsPending)
        {
            throw new LedgerException(
                $"{e.Message} The connection broke while a change was being committed, so the change may have been made or not: " +
                "check with `tenfold runs` before you repeat it.", e.IsUnreadable, e);
        }
    }

    private async Task<T> RetryAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(50); ; wait = wait * 2 < TimeSpan.FromSeconds(2) ? wait * 2 : TimeSpan.FromSeconds(2))
        {
            try
            {
                return await act();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsBroken(e)
                && _time.GetElapsedTime(since) + wait < (IsKnown(e) ? Patience : TimeSpan.FromSeconds(5)))
            {
                // The other connections of the pool are probably broken too.
                _source.Value.Clear();
                await Task.Delay(wait, _time, cancellationToken);
            }
            catch (Exception e) when (e is DbException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                throw PostgresErrors.Explain(Where, _address, e, isPasswordAsked: _isPasswordAsked && !_hasConnected);
            }
            catch (InvalidDataException e)
            {
                throw Explain(e);
            }
        }
    }

    // A server that has become read-only was demoted to a standby: a new connection may reach the new primary.
    private bool IsBroken(Exception error) => PostgresErrors.IsBroken(error) || (_hasWritten && PostgresErrors.IsReadOnly(error));

    // True when the server has answered at least once, so its address is right.
    private bool IsKnown(Exception error) => _hasConnected || error is PostgresException;
}
