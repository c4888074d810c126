using System.Text;

namespace Tenfold.Core.Store;

/// <summary>
/// The ledgers that use a store, or a folder that a target's machines share: an object <c>ledgers/&lt;id&gt;</c> for each ledger, written
/// before the ledger records its first group there. <c>tenfold gc</c> removes shared content only where one ledger is registered.
/// </summary>
public static class LedgerRegistry
{
    /// <summary>Registers a ledger; nothing happens when it is registered already.</summary>
    /// <param name="store">The store.</param>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="location">Where the ledger is, for people who read the object.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public static async Task RegisterAsync(IStore store, string ledger, string location, CancellationToken cancellationToken)
    {
        var key = Key(ledger);
        if (await store.ExistsAsync(key, cancellationToken)) return;
        await store.WriteAsync(key, Encoding.UTF8.GetBytes(location), cancellationToken);
    }

    /// <summary>True when this ledger is registered and no other ledger is.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<bool> IsOnlyLedgerAsync(IStore store, string ledger, CancellationToken cancellationToken)
    {
        var isRegistered = false;
        await foreach (var entry in store.ListAsync("ledgers", cancellationToken))
        {
            if (entry.Key != Key(ledger)) return false;
            isRegistered = true;
        }

        return isRegistered;
    }

    private static string Key(string ledger) => $"ledgers/{ledger}";
}
