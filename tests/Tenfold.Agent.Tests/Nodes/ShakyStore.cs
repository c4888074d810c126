using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Nodes;

/// <summary>A store that can't be reached while the test says so, or that hangs.</summary>
internal sealed class ShakyStore(IStore inner) : IStore
{
    private volatile bool _isDown;
    private int _refusals;
    private TaskCompletionSource? _hanging;

    public string Url => inner.Url;

    public bool IsDown
    {
        get => _isDown;
        set => _isDown = value;
    }

    /// <summary>Called with the key before a small object is written.</summary>
    public Action<string>? BeforeWrite { get; init; }

    /// <summary>How many calls were refused.</summary>
    public int Refusals => _refusals;

    /// <summary>Calls wait, as they do for a host that drops what it is sent, until the source completes.</summary>
    public TaskCompletionSource? Hanging
    {
        get => Volatile.Read(ref _hanging);
        set => Volatile.Write(ref _hanging, value);
    }

    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken) =>
        AskAsync(() => inner.ReadAsync(key, cancellationToken));

    public Task WriteAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => AskAsync(() =>
    {
        BeforeWrite?.Invoke(key);
        return inner.WriteAsync(key, content, cancellationToken);
    });

    /// <summary>Called with the key after an object was created, or was there; throws for an answer that is lost.</summary>
    public Action<string>? AfterCreate { get; init; }

    public Task<bool> TryCreateAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var isCreated = await inner.TryCreateAsync(key, content, cancellationToken);
        AfterCreate?.Invoke(key);
        return isCreated;
    });

    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken) =>
        AskAsync(() => inner.OpenReadAsync(key, cancellationToken));

    public Task PutFileAsync(string key, string path, bool move, CancellationToken cancellationToken) =>
        AskAsync(() => inner.PutFileAsync(key, path, move, cancellationToken));

    public Task<bool> ExistsAsync(string key, CancellationToken cancellationToken) =>
        AskAsync(() => inner.ExistsAsync(key, cancellationToken));

    public async IAsyncEnumerable<StoreEntry> ListAsync(
        string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await ShakeAsync();
        await foreach (var entry in inner.ListAsync(folder, cancellationToken)) yield return entry;
    }

    public Task DeleteAsync(string folder, CancellationToken cancellationToken) =>
        AskAsync(() => inner.DeleteAsync(folder, cancellationToken));

    public ISegmentWriter AppendSegments(string folder) => new Writer(this, inner.AppendSegments(folder));

    public Task<Stream> OpenSegmentsAsync(string folder, long offset, CancellationToken cancellationToken) =>
        AskAsync(() => inner.OpenSegmentsAsync(folder, offset, cancellationToken));

    private async Task ShakeAsync()
    {
        if (Hanging is { } hanging) await hanging.Task;
        if (!IsDown) return;
        Interlocked.Increment(ref _refusals);
        throw new StoreException($"{Url} can't be reached: connection refused");
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        await ShakeAsync();
        return await ask();
    }

    private async Task AskAsync(Func<Task> ask)
    {
        await ShakeAsync();
        await ask();
    }

    private sealed class Writer(ShakyStore store, ISegmentWriter inner) : ISegmentWriter
    {
        public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            inner.AppendAsync(bytes, cancellationToken);

        public async ValueTask FlushAsync(CancellationToken cancellationToken)
        {
            await store.ShakeAsync();
            await inner.FlushAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
