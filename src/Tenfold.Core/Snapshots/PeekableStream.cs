namespace Tenfold.Core.Snapshots;

/// <summary>A stream that can't seek, and whose first two bytes can be checked before they are read.</summary>
internal sealed class PeekableStream : Stream
{
    private readonly Stream _inner;
    private readonly byte[] _start = new byte[2];
    private int _known;
    private int _given;

    private PeekableStream(Stream inner) => _inner = inner;

    public static async Task<PeekableStream> OpenAsync(Stream inner, CancellationToken cancellationToken)
    {
        var stream = new PeekableStream(inner);
        stream._known = await inner.ReadAtLeastAsync(stream._start, 2, throwOnEndOfStream: false, cancellationToken);
        return stream;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public bool StartsWith(ReadOnlySpan<byte> bytes) => _start.AsSpan(0, _known).SequenceEqual(bytes);

    public override int Read(Span<byte> buffer)
    {
        if (_given == _known) return _inner.Read(buffer);
        var count = Math.Min(buffer.Length, _known - _given);
        _start.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _given == _known ? _inner.ReadAsync(buffer, cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
