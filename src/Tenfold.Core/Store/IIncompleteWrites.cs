namespace Tenfold.Core.Store;

/// <summary>A store in which killed writers leave data that no listing shows: half-written files, or unfinished uploads.</summary>
public interface IIncompleteWrites
{
    /// <summary>
    /// Lists the writes that were last touched before a time. Recent writes may still be in progress, so the time should be days ago.
    /// </summary>
    IAsyncEnumerable<IncompleteWrite> ListIncompleteAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Removes an incomplete write, if it still exists. A writer that still uses it fails, or starts again.</summary>
    Task RemoveIncompleteAsync(IncompleteWrite write, CancellationToken cancellationToken);
}

/// <summary>What a killed writer left behind.</summary>
/// <param name="Name">What the store calls it.</param>
/// <param name="Key">The key that it would have become; null when that is unknown.</param>
/// <param name="TouchedAt">When it was last touched, by the store's clock.</param>
/// <param name="SizeBytes">Its size; null when the store doesn't say.</param>
public sealed record IncompleteWrite(string Name, string? Key, DateTimeOffset TouchedAt, long? SizeBytes);
