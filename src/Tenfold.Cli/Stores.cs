using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tenfold.Aws.S3;
using Tenfold.Core.Store;

namespace Tenfold.Cli;

/// <summary>Opens stores by their URLs, each once.</summary>
internal sealed class Stores(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, IStore> _open = new(StringComparer.Ordinal);

    /// <summary>The store of a URL: <c>s3://bucket/prefix</c>, <c>file:///folder</c>, or a folder's absolute path.</summary>
    /// <exception cref="StoreException">It is none; the message says why and what to write.</exception>
    public IStore Open(string url) => _open.GetOrAdd(url, Make);

    public void Dispose()
    {
        foreach (var store in _open.Values) (store as IDisposable)?.Dispose();
    }

    private IStore Make(string url)
    {
        if (url.StartsWith('/')) return new FolderStore(url);
        if (url.StartsWith("s3:", StringComparison.OrdinalIgnoreCase)) return InBucket(url);
        if (!url.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new StoreException($"'{url}' is no store: write s3://bucket/prefix, or the absolute path of a folder");
        if (Uri.TryCreate(url, UriKind.Absolute, out var file) && file.IsFile && file.Host.Length == 0 && file.LocalPath.StartsWith('/')) return new FolderStore(file.LocalPath);
        throw new StoreException($"'{url}' is no folder of this machine: write file:///folder, with three slashes, or its absolute path");
    }

    // Apart, so that programs that use no bucket don't load Amazon's SDK.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private S3Store InBucket(string url) => S3Store.Open(url, time: time);
}
