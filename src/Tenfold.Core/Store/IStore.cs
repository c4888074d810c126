namespace Tenfold.Core.Store;

/// <summary>
/// Where bytes live: a folder, or an S3 bucket. Keys are relative paths with <c>/</c>, for instance
/// <c>attempts/k7m2xqab-3-1/state.json</c>; a key never starts with <c>/</c> and never holds <c>..</c>.
/// </summary>
/// <remarks>
/// The store is the meeting point of controllers and agents, so every write is whole or absent: a reader never sees half an object.
/// A full disk, a refused permission or a broken connection throws <see cref="StoreException"/>, whose message says what to do.
/// </remarks>
public interface IStore
{
    /// <summary>What a user would type to name this store: a folder's path, or <c>s3://bucket/prefix</c>.</summary>
    string Url { get; }

    /// <summary>Reads a small object whole; null when there is none.</summary>
    Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes a small object, replacing what was there in one step.</summary>
    Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a small object only if there is none under the key. Of many callers at once, in this process or on other machines,
    /// exactly one makes it.
    /// </summary>
    /// <returns>True when this call made it; false when there was one already, which is then as it was.</returns>
    Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading; null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Brings a file of this machine into the store under the key, replacing what was there in one step.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="path">The file.</param>
    /// <param name="move">True when the caller has no more use for the file: a store on the same disk may rename it instead of
    /// copying.</param>
    /// <param name="cancellationToken">Stops the copy; the key is then as it was.</param>
    Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken);

    /// <summary>True when there is an object under the key.</summary>
    Task<bool> ExistsAsync(string key, CancellationToken cancellationToken);

    /// <summary>Every object below a folder of keys (<c>attempts/x/</c>), in the order of the keys.</summary>
    IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Removes the object under a key, and every object below it as a folder of keys; nothing happens when there is none.</summary>
    Task DeleteAsync(string folder, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a growing sequence of bytes that is kept as numbered segments below a folder of keys, so that a long log is never
    /// rewritten. What an earlier writer left there stays; new bytes follow it. One writer at a time.
    /// </summary>
    ISegmentWriter AppendSegments(string folder);

    /// <summary>Reads a sequence of segments as one stream, from a byte offset up to what is there now (an empty stream when nothing
    /// is).</summary>
    Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken);
}

/// <summary>An object in a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ModifiedAt">When it was last written, by the store's clock.</param>
public sealed record StoreEntry(string Key, long SizeBytes, DateTimeOffset ModifiedAt);

/// <summary>The writing end of a sequence of segments. Not safe for several threads at once.</summary>
public interface ISegmentWriter : IAsyncDisposable
{
    /// <summary>Adds bytes at the end. They may stay in memory until <see cref="FlushAsync"/>.</summary>
    ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes all that was appended visible to readers. When it fails it may be called again: nothing is lost and nothing
    /// doubled.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>
    /// How long a caller should let bytes gather before the next flush. Zero, the default, where a flush costs nothing to speak of; where
    /// each
    /// flush makes an object, it grows with their number, so that a long log stays a bounded number of them.
    /// </summary>
    TimeSpan FlushEvery => TimeSpan.Zero;
}

/// <summary>The store could not do what was asked, for a reason outside the program: the disk is full, a permission is missing.</summary>
/// <param name="message">What failed, why, and what to do.</param>
/// <param name="inner">The cause.</param>
/// <param name="isDamaged">True when what the store holds is the reason: it is not what was once written.</param>
public sealed class StoreException(string message, Exception? inner = null, bool isDamaged = false) : Exception(message, inner)
{
    /// <summary>True when what the store holds is the reason; trying again will not help. False when it can't be reached, read or
    /// written.</summary>
    public bool IsDamaged { get; } = isDamaged;

    /// <summary>True when there is no room: the same may succeed later.</summary>
    public bool IsFull { get; init; }
}
