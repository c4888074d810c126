using Tenfold.Core.Store;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>A folder that calls itself a bucket, for parts that only need a bucket's name.</summary>
internal sealed class BucketInFolder(FolderStore folder) : IStore
{
    public string Url => "s3://tenfold-bucket/tenfold";

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => folder.ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        folder.WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        folder.TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) => folder.OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        folder.PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => folder.ExistsAsync(key, cancellationToken);

    public IAsyncEnumerable<StoreEntry> ListAsync(string folderKey, CancellationToken cancellationToken) =>
        folder.ListAsync(folderKey, cancellationToken);

    public Task DeleteAsync(string folderKey, CancellationToken cancellationToken) => folder.DeleteAsync(folderKey, cancellationToken);

    public ISegmentWriter AppendSegments(string folderKey) => folder.AppendSegments(folderKey);

    public Task<Stream> OpenSegmentsAsync(string folderKey, long offset, CancellationToken cancellationToken) =>
        folder.OpenSegmentsAsync(folderKey, offset, cancellationToken);
}
