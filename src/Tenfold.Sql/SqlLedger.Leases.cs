using System.Data.Common;
using System.Security.Cryptography;
using Tenfold.Core.Ledger;

namespace Tenfold.Sql;

/// <content>The ledger's own name, and leases.</content>
public sealed partial class SqlLedger
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string ReadId = "SELECT value FROM facts WHERE name = 'id'";

    private string? _id;

    /// <inheritdoc/>
    public async Task<string> ReadIdAsync(CancellationToken cancellationToken) => _id ??=
        await database.ReadAsync(
            async connection => (string?)await connection.ScalarAsync(null, ReadId, cancellationToken), cancellationToken)
        ?? await database.WriteAsync(async (connection, transaction) =>
        {
            await connection.ExecuteAsync(
                transaction, "INSERT INTO facts (name, value) VALUES ('id', @id) ON CONFLICT DO NOTHING", cancellationToken,
                ("@id", RandomNumberGenerator.GetString(Alphabet, 12)));
            return (string)(await connection.ScalarAsync(transaction, ReadId, cancellationToken))!;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<Lease?> TryAcquireLeaseAsync(
        string name, string holder, TimeSpan duration, string? dead, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) =>
    {
        var now = await database.NowAsync(connection, transaction, cancellationToken);
        var token = await connection.ScalarAsync(
            transaction,
            """
            INSERT INTO leases (name, holder, token, until) VALUES (@name, @holder, 1, @until)
            ON CONFLICT (name) DO UPDATE SET
                token = leases.token + CASE WHEN leases.holder = excluded.holder THEN 0 ELSE 1 END,
                holder = excluded.holder, until = excluded.until
            WHERE leases.holder IS NULL OR leases.holder IN (excluded.holder, @dead) OR leases.until <= @now
            RETURNING token
            """,
            cancellationToken, ("@name", name), ("@holder", holder), ("@until", now + duration), ("@dead", dead), ("@now", now));
        return token is long given ? new Lease(name, holder, given) : null;
    }, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseAsync(Lease lease, CancellationToken cancellationToken) => database.WriteAsync((connection, transaction) =>
        // The row is kept, because the next token must be higher.
        connection.ExecuteAsync(
            transaction, "UPDATE leases SET holder = NULL, until = 0 WHERE name = @name AND token = @token AND holder = @holder",
            cancellationToken, ("@name", lease.Name), ("@token", lease.Token), ("@holder", lease.Holder)), cancellationToken);

    /// <inheritdoc/>
    public Task<LeaseRecord?> FindLeaseAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
    {
        var now = await database.NowAsync(connection, null, cancellationToken);
        var found = await connection.ReadAsync(
            "SELECT holder, token, until FROM leases WHERE name = @name",
            row =>
            {
                var (holder, until) = (Rows.Text(row, 0), Rows.Time(row.GetInt64(2)));
                return new LeaseRecord(name, holder, row.GetInt64(1), until, IsHeld: holder is not null && until > now);
            },
            cancellationToken, ("@name", name));
        return found.FirstOrDefault();
    }, cancellationToken);

    // A lease that has expired but was not given to anybody else is still current: no other holder can have acted.
    private static async Task<bool> IsCurrentAsync(
        DbConnection connection, DbTransaction transaction, Lease lease, CancellationToken cancellationToken) =>
        await connection.ScalarAsync(
            transaction, "SELECT 1 FROM leases WHERE name = @name AND token = @token AND holder = @holder", cancellationToken,
            ("@name", lease.Name), ("@token", lease.Token), ("@holder", lease.Holder)) is not null;
}
