using System.Data.Common;
using Tenfold.Core.Keys;

namespace Tenfold.Sql;

/// <content>The API keys of servers.</content>
public sealed partial class SqlLedger
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<ServerKey>> ListServerKeysAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<ServerKey>>(async connection =>
            await connection.ReadReadableAsync(
                "SELECT name, role, sha256, created_at, tag FROM server_keys ORDER BY name", ReadServerKey,
                row => $"API key {row.GetString(0)}", _damaged, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddServerKeyAsync(ServerKey key, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
            transaction,
            """
            INSERT INTO server_keys (name, role, sha256, created_at, tag) VALUES (@name, @role, @hash, @at, @tag)
            ON CONFLICT (name) DO NOTHING
            """,
            cancellationToken, ("@name", key.Name), ("@role", key.Role.ToString().ToLowerInvariant()), ("@hash", key.Sha256),
            ("@at", key.CreatedAt), ("@tag", _key.SignServerKey(key))) > 0, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveServerKeyAsync(string name, CancellationToken cancellationToken) =>
        database.WriteAsync(async (connection, transaction) => await connection.ExecuteAsync(
            transaction, "DELETE FROM server_keys WHERE name = @name", cancellationToken, ("@name", name)) > 0, cancellationToken);

    // A role of a newer version allows nothing here: its key is left out.
    private ServerKey? ReadServerKey(DbDataReader row)
    {
        if (!Enum.TryParse<ServerRole>(row.GetString(1), ignoreCase: true, out var role) || !Enum.IsDefined(role)) return null;
        var found = new ServerKey(row.GetString(0), role, row.GetString(2), Rows.Time(row.GetInt64(3)));
        return found with { IsOwn = _key.CoversServerKey(Rows.Text(row, 4), found) };
    }
}
