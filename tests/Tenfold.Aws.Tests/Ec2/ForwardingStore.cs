using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A store that passes everything on to another one. Tests change what they need.</summary>
internal abstract class ForwardingStore(IStore inner) : IStore
{
    public virtual string Url => inner.Url;

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => inner.OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        inner.PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => inner.ExistsAsync(key, cancellationToken);

    public virtual IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken) =>
        inner.ListAsync(folder, cancellationToken);

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => inner.DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        inner.OpenSegmentsAsync(folder, offset, cancellationToken);
}
