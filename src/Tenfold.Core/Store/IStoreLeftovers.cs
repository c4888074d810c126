namespace Tenfold.Core.Store;

/// <summary>A store in which killed writers leave something that no listing shows: half-written files, unfinished uploads.</summary>
public interface IStoreLeftovers
{
    /// <summary>What was last touched before a time. A writer at work may own what is young, so the time should be days back.</summary>
    IAsyncEnumerable<StoreLeftover> LeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken);

    /// <summary>Removes one; nothing happens when it is gone. A writer that still uses it fails, or begins anew.</summary>
    Task RemoveAsync(StoreLeftover leftover, CancellationToken cancellationToken);
}

/// <summary>Something that a killed writer left behind.</summary>
/// <param name="Name">What the store calls it.</param>
/// <param name="Key">The key it would have become; null when that is not known.</param>
/// <param name="TouchedAt">When it was last touched, by the store's clock.</param>
/// <param name="SizeBytes">Its size; null when the store doesn't say.</param>
public sealed record StoreLeftover(string Name, string? Key, DateTimeOffset TouchedAt, long? SizeBytes);
