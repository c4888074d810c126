namespace Tenfold.Core.Keys;

/// <summary>The part of the ledger with the API keys of servers. All servers on one ledger accept the same keys.</summary>
public interface IServerKeyLedger
{
    /// <summary>All keys, by name.</summary>
    Task<IReadOnlyList<ServerKey>> ListServerKeysAsync(CancellationToken cancellationToken);

    /// <summary>Adds a key.</summary>
    /// <returns>False when there is a key of this name; nothing is changed then.</returns>
    Task<bool> AddServerKeyAsync(ServerKey key, CancellationToken cancellationToken);

    /// <summary>Removes a key.</summary>
    /// <returns>False when there is no key of this name.</returns>
    Task<bool> RemoveServerKeyAsync(string name, CancellationToken cancellationToken);
}
