using System.Buffers;

namespace Tenfold.Aws.S3;

/// <summary>Bytes in a rented buffer.</summary>
internal readonly record struct Piece(byte[] Buffer, int Length)
{
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);
}

/// <summary>Reads pieces in order and downloads the next ones meanwhile. Only a few pieces are in memory.</summary>
internal sealed class AheadStream : Stream
{
    private const int CopyBytes = 1 << 18;
    private readonly IEnumerator<Func<CancellationToken, Task<Piece>>> _pieces;
    private readonly int _ahead;
    private readonly long _length;
    private readonly Action? _check;
    private readonly Queue<Task<Piece>> _coming = new();
    private readonly CancellationTokenSource _stop = new();
    private Piece? _piece;
    private int _taken;
    private bool _allAsked;

    /// <summary>A stream over pieces.</summary>
    /// <param name="pieces">Each downloads one piece; they are started in order.</param>
    /// <param name="ahead">How many downloads may run at once.</param>
    /// <param name="length">The length of all pieces together, in bytes.</param>
    /// <param name="check">Called once all pieces have arrived, before the last one is returned; throws when their checksum is
    /// wrong.</param>
    public AheadStream(IEnumerable<Func<CancellationToken, Task<Piece>>> pieces, int ahead, long length, Action? check)
    {
        (_pieces, _ahead, _length, _check) = (pieces.GetEnumerator(), ahead, length, check);
        // Start the first downloads while the caller prepares.
        Ask();
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
            // Return moderate portions. For long writes Linux takes long runs of fresh memory, which costs more than the calls on a
            // virtual machine.
            var rest = _piece!.Value.Bytes[_taken..];
            rest = rest[..Math.Min(rest.Length, CopyBytes)];
            await destination.WriteAsync(rest, cancellationToken);
            _taken += rest.Length;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // For callers without an asynchronous way (archives). The downloads need no thread of the caller, so waiting can't deadlock.
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
            _allAsked = true;
            _stop.Cancel();
            Return();
            // Pending downloads end soon and return their buffers.
            while (_coming.TryDequeue(out var coming)) _ = ForgetAsync(coming);
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
            Return();
            Ask();
            if (!_coming.TryPeek(out var coming)) return false;
            _piece = await coming.WaitAsync(cancellationToken);
            _ = _coming.Dequeue();
            _taken = 0;
            if (_allAsked && _coming.Count == 0) _check?.Invoke();
        }
        return true;
    }

    private void Ask()
    {
        while (!_allAsked && _coming.Count < _ahead)
        {
            if (!_pieces.MoveNext()) _allAsked = true;
            else _coming.Enqueue(_pieces.Current(_stop.Token));
        }
    }

    private void Return()
    {
        if (_piece is { } piece) ArrayPool<byte>.Shared.Return(piece.Buffer);
        _piece = null;
        _taken = 0;
    }

    private static async Task ForgetAsync(Task<Piece> coming)
    {
        await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (coming.IsCompletedSuccessfully) ArrayPool<byte>.Shared.Return((await coming).Buffer);
    }
}
