using System.Runtime.CompilerServices;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A store whose clock object was written some time later than it was: for its readers, that time has passed.</summary>
internal sealed class LaterStore(IStore inner, TimeSpan later) : IStore
{
    public string Url => inner.Url;

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => inner.ReadAsync(key, cancellationToken);

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
        var isClock = folder.Contains("/clock/", StringComparison.Ordinal);
        await foreach (var entry in inner.ListAsync(folder, cancellationToken))
            yield return isClock ? entry with { ModifiedAt = entry.ModifiedAt + later } : entry;
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => inner.DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        inner.OpenSegmentsAsync(folder, offset, cancellationToken);
}
