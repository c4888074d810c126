using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Running;

/// <summary>A store whose disk is full for some keys, as the test says.</summary>
internal sealed class FullStore(IStore inner, Func<string, ReadOnlyMemory<byte>, bool> refuses) : IStore
{
    /// <summary>False for a fault that no waiting mends.</summary>
    public bool IsFull { get; init; } = true;

    public string Url => inner.Url;

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        refuses(key, content) ? throw Full() : inner.WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        refuses(key, content) ? throw Full() : inner.TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => inner.OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        refuses(key, default) ? throw Full() : inner.PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => inner.ExistsAsync(key, cancellationToken);

    public IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken) =>
        inner.ListAsync(folder, cancellationToken);

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => inner.DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => refuses(folder, default) ? new FullWriter(Full) : inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        inner.OpenSegmentsAsync(folder, offset, cancellationToken);

    private StoreException Full() => new("the disk is full: free space") { IsFull = IsFull };

    private sealed class FullWriter(Func<StoreException> full) : ISegmentWriter
    {
        public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw full();

        public ValueTask FlushAsync(CancellationToken cancellationToken) => throw full();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
