using System.Globalization;
using System.Text;
using Tenfold.Core.Data;
using Tenfold.Core.Store;

namespace Tenfold.Core.Garbage;

/// <summary>
/// When content that a store had already was last taken up, instead of being brought there anew: an object beside it that holds the time. Minutes may
/// pass from then until a group is recorded that refers to the content, and cleaning up must not take it away meanwhile.
/// </summary>
public static class ContentUse
{
    /// <summary>The key for a snapshot.</summary>
    public static string OfSnapshot(string id) => $"snapshots/{id}.used";

    /// <summary>The key for data.</summary>
    public static string OfData(string hash) => $"{DataManifest.Folder(hash)}used";

    /// <summary>Notes that content is taken up now. Whether it is there is to be looked at afterwards: cleaning up looks at this right before it removes something.</summary>
    public static Task WriteAsync(IStore store, string key, TimeProvider time, CancellationToken cancellationToken) =>
        store.WriteAsync(key, Encoding.ASCII.GetBytes(time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)), cancellationToken);

    /// <summary>When it was last taken up; null when that was not noted.</summary>
    public static async Task<DateTimeOffset?> ReadAsync(IStore store, string key, CancellationToken cancellationToken) =>
        await store.ReadAsync(key, cancellationToken) is { } noted
        && DateTimeOffset.TryParseExact(Encoding.ASCII.GetString(noted), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;
}
