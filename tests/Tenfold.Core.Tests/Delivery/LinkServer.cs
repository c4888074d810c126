using System.Net;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Delivery;

internal sealed class LinkServer : IStore, IStoreLinks, IDisposable
{
    private readonly FolderStore _inner;
    private readonly HttpListener _listener = new();
    private readonly int _port;

    public LinkServer(string folder)
    {
        _inner = new FolderStore(folder);
        _port = FreePort.Find();
        _listener.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public int Refusals { get; set; }

    public int Status { get; init; } = 200;

    public int Asked { get; private set; }

    public int Served { get; private set; }

    public string Url => "s3://bucket/prefix";

    public Uri LinkTo(string key, TimeSpan valid) => new($"http://127.0.0.1:{_port}/{key}?X-Amz-Signature=a%2Fb&x=1");

    public void Dispose() => _listener.Close();

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) => _inner.ReadAsync(key, cancellationToken);

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _inner.WriteAsync(key, content, cancellationToken);

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _inner.TryCreateAsync(key, content, cancellationToken);

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        _inner.OpenReadAsync(key, cancellationToken);

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        _inner.PutFileAsync(key, path, move, cancellationToken);

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) => _inner.ExistsAsync(key, cancellationToken);

    public IAsyncEnumerable<StoreEntry> ListAsync(string folder, CancellationToken cancellationToken) =>
        _inner.ListAsync(folder, cancellationToken);

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) => _inner.DeleteAsync(folder, cancellationToken);

    public ISegmentWriter AppendSegments(string folder) => _inner.AppendSegments(folder);

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        _inner.OpenSegmentsAsync(folder, offset, cancellationToken);

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                var url = context.Request.Url!;
                var content = Refusals-- > 0 || url.Query != "?X-Amz-Signature=a%2Fb&x=1"
                    ? null
                    : await _inner.ReadAsync(url.AbsolutePath[1..], CancellationToken.None);
                Asked++;
                context.Response.StatusCode = content is null ? 503 : Status;
                if (content is not null && Status == 200)
                {
                    Served++;
                    await context.Response.OutputStream.WriteAsync(content);
                }

                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
