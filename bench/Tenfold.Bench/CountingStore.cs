using Tenfold.Core.Store;

namespace Tenfold.Bench;

/// <summary>A store that counts requests as a bucket would: a listing makes one for each 1,000 entries.</summary>
/// <param name="inner">The store.</param>
internal sealed class CountingStore(IStore inner) : IStore
{
    private const int Page = 1000;

    private long _requests;

    public string Url => inner.Url;

    public long Requests => Interlocked.Read(ref _requests);

    public void Reset() => Interlocked.Exchange(ref _requests, 0);

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => Count().ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Count().WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        Count().TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => Count().OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        Count().PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => Count().ExistsAsync(key, cancellationToken);

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        Count();
        await foreach (var entry in inner.ListAsync(folder, cancellationToken))
        {
            if (++count % Page == 0) Count();
            yield return entry;
        }
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => Count().DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        Count().OpenSegmentsAsync(folder, offset, cancellationToken);

    private IStore Count()
    {
        Interlocked.Increment(ref _requests);
        return inner;
    }
}
