using System.Buffers;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Tenfold.Agent.Preparation;

/// <summary>
/// Reads an object from the store ahead of its reader, and computes its SHA-256. So a download, its check and its use take place at the
/// same time. What was read must not be used before <see cref="FinishAsync"/> has said that it is right.
/// </summary>
internal sealed class CheckedDownload : Stream
{
    private const int BlockBytes = 1 << 18, BlocksAhead = 16;

    private readonly Channel<ArraySegment<byte>> _blocks = Channel.CreateBounded<ArraySegment<byte>>(BlocksAhead);
    private readonly CancellationTokenSource _ending;
    private readonly Task<string?> _reading;
    private ArraySegment<byte> _block;
    private int _given;

    /// <summary>Begins to read.</summary>
    /// <param name="content">The object, which may be hostile.</param>
    /// <param name="sizeBytes">The size that it must have.</param>
    /// <param name="sha256">The SHA-256 that it must have, lower hexadecimal.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public CheckedDownload(Stream content, long sizeBytes, string sha256, CancellationToken cancellationToken)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _reading = Task.Run(() => ReadAheadAsync(content, sizeBytes, sha256, _ending.Token), CancellationToken.None);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads what nobody has read, and checks all of it.</summary>
    /// <returns>Why the object must not be used; null when it is the one.</returns>
    /// <exception cref="Core.Store.StoreException">The store can't be read.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task<string?> FinishAsync(CancellationToken cancellationToken)
    {
        await foreach (var block in _blocks.Reader.ReadAllAsync(cancellationToken)) ArrayPool<byte>.Shared.Return(block.Array!);
        return await _reading;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (_given == _block.Count)
        {
            if (_block.Array is { } used) ArrayPool<byte>.Shared.Return(used);
            (_block, _given) = (default, 0);
            if (!_blocks.Reader.TryRead(out _block))
            {
                if (!await _blocks.Reader.WaitToReadAsync(cancellationToken) || !_blocks.Reader.TryRead(out _block)) return 0;
            }
        }

        var count = Math.Min(buffer.Length, _block.Count - _given);
        _block.AsMemory(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        await base.DisposeAsync();
    }

    // A reader sees the end after a fault. FinishAsync says which one it was.
    private async Task<string?> ReadAheadAsync(Stream content, long sizeBytes, string sha256, CancellationToken cancellationToken)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var size = 0L;
            while (size <= sizeBytes)
            {
                var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
                var read = await content.ReadAtLeastAsync(block, block.Length, throwOnEndOfStream: false, cancellationToken);
                if (read == 0) break;
                size += read;
                hash.AppendData(block, 0, read);
                await _blocks.Writer.WriteAsync(new ArraySegment<byte>(block, 0, read), cancellationToken);
            }

            return size == sizeBytes && Convert.ToHexStringLower(hash.GetHashAndReset()) == sha256
                ? null : "the archive is not the one that was stored: its SHA-256 differs";
        }
        finally
        {
            _blocks.Writer.Complete();
        }
    }
}
