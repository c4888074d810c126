namespace Tenfold.Core.Store;

/// <summary>
/// Where bytes are stored: a folder, or an S3 bucket. Keys are relative paths with <c>/</c>, for instance
/// <c>attempts/k7m2xqab-3-1/state.json</c>. A key never starts with <c>/</c> and never has a segment <c>..</c>.
/// </summary>
/// <remarks>
/// Controllers and agents meet in the store, so every write is atomic: a reader never sees half an object. A full disk, a refused
/// permission or a broken connection throws <see cref="StoreException"/>, whose message says what to do.
/// </remarks>
public interface IStore : IStoreReader
{
    /// <summary>Writes a small object. It replaces the old object in one step.</summary>
    Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a small object only if there is none under the key. Of several callers at once, in this process or on other machines,
    /// exactly one creates it.
    /// </summary>
    /// <returns>True when this call created it; false when there was one, which is unchanged.</returns>
    Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Uploads a file of this machine. It replaces the old object in one step.</summary>
    /// <param name="key">The object's key.</param>
    /// <param name="path">The file.</param>
    /// <param name="move">
    /// True when the caller no longer needs the file: a store on the same disk may rename it instead of copying.
    /// </param>
    /// <param name="cancellationToken">Stops the upload; the old object is then unchanged.</param>
    Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken);

    /// <summary>True when there is an object under the key.</summary>
    Task<bool> ExistsAsync(string key, CancellationToken cancellationToken);

    /// <summary>Lists every object below a folder of keys (<c>attempts/x/</c>), in the order of the keys.</summary>
    IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken);

    /// <summary>Removes the object under a key, and every object below the key as a folder; nothing happens when there is none.</summary>
    Task DeleteAsync(string folder, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a sequence of bytes for appending. It is stored as numbered segments below a folder of keys, so that a long log is never
    /// rewritten. New bytes follow those of earlier writers. One writer at a time.
    /// </summary>
    ISegmentWriter AppendSegments(string folder);

    /// <summary>
    /// Opens a sequence of segments as one stream, from a byte offset to the current end; an empty stream when there are no segments.
    /// </summary>
    Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken);
}

/// <summary>The part of a store that reads single objects. A server gives a user no more of its stores than that.</summary>
public interface IStoreReader
{
    /// <summary>The store's address as a user writes it: a folder's path, or <c>s3://bucket/prefix</c>.</summary>
    string Url { get; }

    /// <summary>Reads a small object into memory; null when there is none.</summary>
    Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading; null when there is none.</summary>
    Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken);
}

/// <summary>An object in a store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="ModifiedAt">When it was last written, by the store's clock.</param>
public sealed record StoreEntry(string Key, long SizeBytes, DateTimeOffset ModifiedAt);

/// <summary>Writes a sequence of segments. Not safe for several threads at once.</summary>
public interface ISegmentWriter : IAsyncDisposable
{
    /// <summary>Appends bytes. They may stay in memory until <see cref="FlushAsync"/>.</summary>
    ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes all appended bytes visible to readers. When it fails, call it again: no byte is lost or written twice.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);

    /// <summary>
    /// How long a caller should wait between flushes. Zero, the default, for a store in which a flush is cheap. If each flush creates an
    /// object, the time grows with the number of objects, so that a long log doesn't become too many of them.
    /// </summary>
    TimeSpan FlushEvery => TimeSpan.Zero;
}

/// <summary>The store failed for a reason outside the program, for instance a full disk or a missing permission.</summary>
/// <param name="message">What failed, why, and what to do.</param>
/// <param name="inner">The cause.</param>
/// <param name="isDamaged">True when the store's content is the reason: it is not what was written.</param>
public sealed class StoreException(string message, Exception? inner = null, bool isDamaged = false) : Exception(message, inner)
{
    /// <summary>
    /// True when the store's content is the reason, and another try won't help. False when the store can't be connected to, read or
    /// written.
    /// </summary>
    public bool IsDamaged { get; } = isDamaged;

    /// <summary>True when the disk or quota is full: another try may succeed later.</summary>
    public bool IsFull { get; init; }
}
