using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Writes the bytes since the last flush as a new object.</summary>
/// <remarks>
/// The bytes of a flush don't change until they have been written, however many tries it takes. So after a lost answer, the retry writes
/// equal bytes to an equal key. A process that is killed loses only what it has not flushed.
/// </remarks>
internal sealed class S3SegmentWriter(S3Calls calls, string folder) : ISegmentWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private (S3Body Body, long End)? _unwritten;
    private long? _end;
    private int _count;

    /// <inheritdoc/>
    /// <remarks>One second at the start, and ten seconds from the 300th object on.</remarks>
    public TimeSpan FlushEvery => TimeSpan.FromSeconds(Math.Clamp(_count / 30.0, 1, 10));

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            if (_buffer.WrittenCount == S3Segments.MaxBytes) await FlushAsync(cancellationToken);
            var taken = Math.Min(bytes.Length, S3Segments.MaxBytes - _buffer.WrittenCount);
            _buffer.Write(bytes.Span[..taken]);
            bytes = bytes[taken..];
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_unwritten is not null) await WriteAsync(cancellationToken);
        if (_buffer.WrittenCount == 0) return;
        if (_end is null)
        {
            var earlier = await S3Segments.ListAsync(calls, folder, 0, cancellationToken);
            (_count, _end) = (earlier.Count, earlier is [.., var last] ? last.End : 0);
        }
        _unwritten = (new S3Body(_buffer.WrittenSpan.ToArray()), _end.Value + _buffer.WrittenCount);
        _buffer.ResetWrittenCount();
        await WriteAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => FlushAsync(CancellationToken.None);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        (var body, var end) = _unwritten!.Value;
        await body.PutAsync(calls, folder + S3Segments.Name(end), cancellationToken);
        (_unwritten, _end, _count) = (null, end, _count + 1);
    }
}
