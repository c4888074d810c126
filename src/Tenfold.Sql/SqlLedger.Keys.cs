using System.Data.Common;
using Tenfold.Core.Keys;

namespace Tenfold.Sql;

/// <content>The API keys of servers.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<ServerKey>> ListServerKeysAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ServerKey>>(async connection =>
            [.. (await connection.ReadAsync(
                "SELECT name, role, sha256, created_at FROM server_keys ORDER BY name", ReadServerKey, cancellationToken))
                .OfType<ServerKey>()], cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddServerKeyAsync(ServerKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO server_keys (name, role, sha256, created_at) VALUES (@name, @role, @hash, @at) ON CONFLICT (name) DO NOTHING
            """,
            cancellationToken, ("@name", key.Name), ("@role", key.Role.ToString().ToLowerInvariant()), ("@hash", key.Sha256),
            ("@at", key.CreatedAt)) > 0, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveServerKeyAsync(string name, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
            transaction, "DELETE FROM server_keys WHERE name = @name", cancellationToken, ("@name", name)) > 0, cancellationToken);

    // A role of a newer version allows nothing here: its key is left out.
    private static ServerKey? ReadServerKey(DbDataReader row) =>
        Enum.TryParse<ServerRole>(row.GetString(1), ignoreCase: true, out var role) && Enum.IsDefined(role)
            ? new ServerKey(row.GetString(0), role, row.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)))
            : null;
}
