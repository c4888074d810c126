using System.Globalization;
using System.Text;

namespace Tenfold.Core.Store;

/// <summary>
/// The time when a snapshot or data set that the store already had was last reused. It is an object beside the content. Minutes may pass
/// from then until the ledger records a group that refers to the content, and <c>tenfold gc</c> must not remove the content meanwhile.
/// </summary>
public static class ContentUse
{
    /// <summary>Records that content is reused now. Check only afterwards that the content exists: <c>tenfold gc</c> reads this time
    /// right before it removes something.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The content's key for this, for instance <c>snapshots/&lt;id&gt;.used</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the write.</param>
    /// <exception cref="StoreException">The store can't be written.</exception>
    public static Task RecordAsync(IStore store, string key, TimeProvider time, CancellationToken cancellationToken) =>
        store.WriteAsync(key, Encoding.ASCII.GetBytes(time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)), cancellationToken);

    /// <summary>Reads when content was last reused; null when no reuse was recorded.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public static async Task<DateTimeOffset?> ReadAsync(IStore store, string key, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(key, cancellationToken) is not { } recorded) return null;
        var text = Encoding.ASCII.GetString(recorded);
        return DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var usedAt) ? usedAt : null;
    }
}
