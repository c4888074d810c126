using System.Data.Common;
using System.Security.Cryptography;
using Npgsql;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql.Postgres;

/// <summary>A ledger in PostgreSQL 13 or later, for a team.</summary>
/// <remarks>
/// <para>Its tables stand in a schema of their own. An empty database is set up by whoever comes first; older tables are left alone until
/// somebody says <c>tenfold ledger migrate</c>, since others may be working with them.</para>
/// <para>Writers take turns by an advisory lock that ends with the transaction, rather than by serialisable transactions that fail and are
/// tried again: the ledger's writes are short, each needs what the one before left, and so they behave as on SQLite. A writer that stands
/// still inside its turn (stopped, asleep, cut off) is ended by the server after 15 s.</para>
/// <para>A broken connection is not an error for as long as <see cref="Patience"/>: a server may restart. Each change leaves a receipt, a
/// random name, in its own transaction. One whose COMMIT went unanswered is begun again: the lock waits for the end of the one before, and
/// then the receipt tells whether it was made. The transaction's id and pg_xact_status would not do: a server that crashes forgets ids
/// that it gave to what was not committed, and gives them to others.</para>
/// </remarks>
internal sealed class PostgresDatabase : Database
{
    /// <summary>"Tenf" as a number: the first half of the lock's name; the second is the schema.</summary>
    private const int LockClass = 0x54656e66;

    // Idle in a transaction: longer than any pause between two statements of ours, so only who stands still is ended. The lock: longer
    // than that.
    private const string Begin =
        "SET LOCAL idle_in_transaction_session_timeout = '15s'; SET LOCAL lock_timeout = '40s'; SELECT pg_advisory_xact_lock(@class, " +
        "hashtext(@schema));";

    private const string VersionTable = "ledger_version";
    private const string MakeOwnTables =
        $"""
        CREATE TABLE {VersionTable} (version BIGINT NOT NULL);
        INSERT INTO {VersionTable} VALUES (0);
        CREATE TABLE ledger_receipts (id TEXT COLLATE "C" NOT NULL PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now());
        CREATE INDEX ledger_receipts_by_time ON ledger_receipts (at);
        """;

    // What changed nothing needs none. A receipt is asked for within the patience of who wrote it, so old ones may go.
    private const string LeaveReceipt = "INSERT INTO ledger_receipts (id) SELECT @id WHERE pg_current_xact_id_if_assigned() IS NOT NULL";
    private const string DropReceipts =
        "DELETE FROM ledger_receipts WHERE id IN (SELECT id FROM ledger_receipts WHERE at < now() - INTERVAL '1 day' ORDER BY at LIMIT 10)";

    private readonly PostgresAddress _address;
    private readonly TimeProvider _time;
    private readonly Lazy<NpgsqlDataSource> _source;
    private bool _isCurrent, _wasReached, _wasWritten;

    public PostgresDatabase(PostgresAddress address, TimeProvider time, TimeSpan? patience = null)
    {
        (_address, _time, Patience) = (address, time, patience ?? TimeSpan.FromSeconds(60));
        _source = new Lazy<NpgsqlDataSource>(() => PostgresSource.Create(address));
    }

    /// <summary>
    /// How long a server that was there is waited for; default 60 s. One that was never reached is given 5 s: its address is likely wrong.
    /// </summary>
    public TimeSpan Patience { get; }

    /// <inheritdoc/>
    public override string Kind => "postgresql";

    /// <inheritdoc/>
    public override string Place => _address.ToString();

    private string Where => $"the ledger {Place}";

    /// <inheritdoc/>
    public override Task<int> VersionAsync(CancellationToken cancellationToken) => PatientlyAsync(async () =>
    {
        await using var connection = await ConnectAsync(cancellationToken);
        return Known(await VersionAsync(connection, null, cancellationToken));
    }, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(isAsked: true, cancellationToken);

    /// <inheritdoc/>
    internal override async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        await BeCurrentAsync(cancellationToken);
        return await PatientlyAsync(async () =>
        {
            await using var connection = await ConnectAsync(cancellationToken);
            return await read(connection);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    internal override async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        await BeCurrentAsync(cancellationToken);
        return await TransactAsync(async (connection, transaction) =>
        {
            // Somebody may have migrated the tables while this program worked.
            Usable(await VersionAsync(connection, transaction, cancellationToken));
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

    private async Task BeCurrentAsync(CancellationToken cancellationToken)
    {
        if (_isCurrent) return;
        if (await VersionAsync(cancellationToken) is var version && version == 0) await MigrateAsync(isAsked: false, cancellationToken);
        else Usable(version);
        _isCurrent = true;
    }

    private async Task<int> MigrateAsync(bool isAsked, CancellationToken cancellationToken) =>
        await TransactAsync(async (connection, transaction) =>
        {
            // Two programs may come here at once: the second waits for the first, and then finds nothing to do.
            var before = Known(await VersionAsync(connection, transaction, cancellationToken));
            if (before > 0 && !isAsked) return before;
            if (before == NewestVersion) return before;
            if (before == 0)
            {
                if (await connection.ScalarAsync(
                    transaction, "SELECT 1 FROM pg_namespace WHERE nspname = @schema", cancellationToken,
                    ("@schema", _address.Schema)) is null)
                    await connection.ExecuteAsync(transaction, $"CREATE SCHEMA \"{_address.Schema}\"", cancellationToken);
                await connection.ExecuteAsync(transaction, MakeOwnTables, cancellationToken);
            }

            foreach (var step in Migrations.Steps.Skip(before))
            {
                await connection.ExecuteAsync(transaction, Migrations.OnPostgres(step.Sql), cancellationToken);
                if (step.ConvertAsync is { } convertAsync) await convertAsync(connection, transaction, cancellationToken);
            }

            await connection.ExecuteAsync(
                transaction, $"UPDATE {VersionTable} SET version = @version", cancellationToken, ("@version", NewestVersion));
            return before;
        }, cancellationToken);

    private async Task<long> VersionAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        // A table that is not there would end the transaction, so it is looked for first; but only until it was seen. In the catalogue
        // itself: to_regclass answers from a cache that may not know yet what was committed while we waited for the lock.
        const string IsThere =
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = @schema AND c.relname = @table";
        if (_isCurrent
            || await connection.ScalarAsync(
                transaction, IsThere, cancellationToken, ("@schema", _address.Schema), ("@table", VersionTable)) is not null)
            return Convert.ToInt64(
                await connection.ScalarAsync(transaction, $"SELECT version FROM \"{_address.Schema}\".{VersionTable}", cancellationToken),
                null);
        return 0;
    }

    private int Known(long version) =>
        version <= NewestVersion ? (int)version : throw Newer(version, "let TENFOLD_LEDGER name another ledger");

    private void Usable(long version)
    {
        if (Known(version) < NewestVersion)
            throw new LedgerException(
                $"{Where} was made by an older tenfold (its version is {version}, this program needs {NewestVersion}). Once nobody " +
                "works with the older one any more, run `tenfold ledger migrate`. Nothing was changed.", isUnreadable: true);
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.Value.OpenConnectionAsync(cancellationToken);
        _wasReached = true;
        return connection;
    }

    private async Task<T> TransactAsync<T>(Func<DbConnection, DbTransaction, Task<T>> act, CancellationToken cancellationToken)
    {
        var receipt = RandomNumberGenerator.GetHexString(32, lowercase: true);
        (bool IsOpen, T? Result) unanswered = default;
        try
        {
            return await PatientlyAsync(async () =>
            {
                await using var connection = await ConnectAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(transaction, Begin, cancellationToken, ("@class", LockClass), ("@schema", _address.Schema));
                // Each statement from here on sees all that the holder of the lock before left: READ COMMITTED, the default, looks anew
                // each time.
                if (unanswered.IsOpen
                    && await connection.ScalarAsync(
                        transaction, "SELECT 1 FROM ledger_receipts WHERE id = @id", cancellationToken, ("@id", receipt)) is not null)
                    return unanswered.Result!;
                unanswered = default;
                var result = await act(connection, transaction);
                if (await connection.ExecuteAsync(transaction, LeaveReceipt, cancellationToken, ("@id", receipt)) == 0) return result;
                // Each leaves one, and takes some away.
                await connection.ExecuteAsync(transaction, DropReceipts, cancellationToken);
                unanswered = (true, result);
                // Not to be called off: then nobody would know what came of it.
                await transaction.CommitAsync(CancellationToken.None);
                _wasWritten = true;
                return result;
            }, cancellationToken);
        }
        catch (LedgerException e) when (unanswered.IsOpen)
        {
            throw new LedgerException(
                $"{e.Message} A change was being committed as it went away, and it is not known whether it was made: look with `tenfold " +
                "runs` before you do it again.", e.IsUnreadable, e);
        }
    }

    private async Task<T> PatientlyAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(50); ; wait = wait * 2 < TimeSpan.FromSeconds(2) ? wait * 2 : TimeSpan.FromSeconds(2))
        {
            try
            {
                return await act();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsBroken(e)
                && _time.GetElapsedTime(since) + wait < (Waits(e) ? Patience : TimeSpan.FromSeconds(5)))
            {
                // Others in the pool broke with it.
                _source.Value.Clear();
                await Task.Delay(wait, _time, cancellationToken);
            }
            catch (Exception e) when (e is DbException or TimeoutException && !cancellationToken.IsCancellationRequested)
            {
                throw PostgresErrors.Explain(Where, _address, e);
            }
            catch (InvalidDataException e)
            {
                throw Explain(e);
            }
        }
    }

    // What took our writing and now does not has handed over to another server: a new connection may find that one.
    private bool IsBroken(Exception error) => PostgresErrors.IsBroken(error) || (_wasWritten && PostgresErrors.IsReadOnly(error));

    private bool Waits(Exception error) => _wasReached || error is PostgresException;
}
