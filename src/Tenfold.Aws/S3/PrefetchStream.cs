using System.Buffers;

namespace Tenfold.Aws.S3;

/// <summary>Bytes in a rented buffer.</summary>
internal readonly record struct Piece(byte[] Buffer, int Length)
{
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);
}

/// <summary>Reads pieces in order while it downloads the next ones. Only a few pieces are in memory at a time.</summary>
internal sealed class PrefetchStream : Stream
{
    private const int CopyBytes = 1 << 18;
    private readonly IEnumerator<Func<CancellationToken, Task<Piece>>> _pieces;
    private readonly int _ahead;
    private readonly long _length;
    private readonly Action? _check;
    private readonly Queue<Task<Piece>> _pending = new();
    private readonly CancellationTokenSource _stop = new();
    private Piece? _piece;
    private int _taken;
    private bool _allStarted;

    /// <summary>Creates a stream over pieces and starts the first downloads.</summary>
    /// <param name="pieces">The downloads, one for each piece. They are started in order.</param>
    /// <param name="ahead">The maximum number of parallel downloads.</param>
    /// <param name="length">The length of all pieces together, in bytes.</param>
    /// <param name="check">
    /// Called when all pieces have arrived, before the last piece is returned. Throws when the checksum is wrong.
    /// </param>
    public PrefetchStream(IEnumerable<Func<CancellationToken, Task<Piece>>> pieces, int ahead, long length, Action? check)
    {
        (_pieces, _ahead, _length, _check) = (pieces.GetEnumerator(), ahead, length, check);
        // Start the first downloads while the caller prepares.
        StartDownloads();
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => _length;
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || !await NextAsync(cancellationToken)) return 0;
        var rest = _piece!.Value.Bytes[_taken..];
        var read = Math.Min(rest.Length, buffer.Length);
        rest[..read].CopyTo(buffer);
        _taken += read;
        return read;
    }

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken))
        {
            // Write moderate portions. For long writes Linux allocates large contiguous memory, which on a virtual machine costs more than
            // additional calls.
            var rest = _piece!.Value.Bytes[_taken..];
            rest = rest[..Math.Min(rest.Length, CopyBytes)];
            await destination.WriteAsync(rest, cancellationToken);
            _taken += rest.Length;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // For callers that can't be asynchronous, such as archives. Downloads need no thread of the caller, so waiting can't deadlock.
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()) return 0;
        var rest = _piece!.Value.Bytes.Span[_taken..];
        var read = Math.Min(rest.Length, buffer.Length);
        rest[..read].CopyTo(buffer);
        _taken += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_stop.IsCancellationRequested)
        {
            _allStarted = true;
            _stop.Cancel();
            ReturnBuffer();
            // Pending downloads end soon and return their buffers.
            while (_pending.TryDequeue(out var download)) _ = DiscardAsync(download);
            _pieces.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Makes sure that the current piece has unread bytes; false at the end.</summary>
    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_stop.IsCancellationRequested, this);
        while (_piece is not { } piece || _taken == piece.Length)
        {
            ReturnBuffer();
            StartDownloads();
            if (!_pending.TryPeek(out var download)) return false;
            _piece = await download.WaitAsync(cancellationToken);
            _ = _pending.Dequeue();
            _taken = 0;
            if (_allStarted && _pending.Count == 0) _check?.Invoke();
        }
        return true;
    }

    private void StartDownloads()
    {
        while (!_allStarted && _pending.Count < _ahead)
        {
            if (!_pieces.MoveNext()) _allStarted = true;
            else _pending.Enqueue(_pieces.Current(_stop.Token));
        }
    }

    private void ReturnBuffer()
    {
        if (_piece is { } piece) ArrayPool<byte>.Shared.Return(piece.Buffer);
        _piece = null;
        _taken = 0;
    }

    private static async Task DiscardAsync(Task<Piece> download)
    {
        await ((Task)download).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (download.IsCompletedSuccessfully) ArrayPool<byte>.Shared.Return((await download).Buffer);
    }
}
