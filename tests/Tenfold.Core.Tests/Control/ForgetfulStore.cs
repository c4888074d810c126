using System.Runtime.CompilerServices;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Control;

/// <summary>Says that one object is not there until its folder is listed, as NFS may.</summary>
internal sealed class ForgetfulStore(IStore inner, string hidden) : IStore
{
    private bool _isListed;

    public string Url => inner.Url;

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        key == hidden && !_isListed ? Task.FromResult<byte[]?>(null) : inner.ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => inner.OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        inner.PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => inner.ExistsAsync(key, cancellationToken);

    public async IAsyncEnumerable<StoreEntry> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _isListed |= hidden.StartsWith(folder, StringComparison.Ordinal);
        await foreach (var entry in inner.ListAsync(folder, cancellationToken)) yield return entry;
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => inner.DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        inner.OpenSegmentsAsync(folder, offset, cancellationToken);
}
