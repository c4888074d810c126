using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>Which ledgers use a store, or a folder that a target's machines share: <c>ledgers/&lt;id&gt;</c> for each, written before the first group that uses it is recorded.</summary>
public static class LedgerMarks
{
    /// <summary>Writes a ledger's mark, unless it is there.</summary>
    /// <param name="store">The store.</param>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="place">Where the ledger is, for people.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task WriteAsync(IStore store, string ledger, string place, CancellationToken cancellationToken)
    {
        if (!await store.ExistsAsync(Key(ledger), cancellationToken)) await store.WriteAsync(Key(ledger), Encoding.UTF8.GetBytes(place), cancellationToken);
    }

    /// <summary>True when the ledger has used the store, and no other has.</summary>
    public static async Task<bool> IsAloneAsync(IStore store, string ledger, CancellationToken cancellationToken)
    {
        var isMarked = false;
        await foreach (var mark in store.ListAsync("ledgers", cancellationToken))
        {
            if (mark.Key != Key(ledger)) return false;
            isMarked = true;
        }

        return isMarked;
    }

    private static string Key(string ledger) => $"ledgers/{ledger}";
}
