using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Writes what was appended since the last flush as one more object.</summary>
/// <remarks>
/// What a flush has begun to write stays as it is until it is written, however often that takes: when an answer was lost, the same bytes
/// are written under the same key once more. A process that is killed loses what it had not flushed, and nothing else.
/// </remarks>
internal sealed class S3SegmentWriter(S3Calls calls, string folder) : ISegmentWriter
{
    private readonly ArrayBufferWriter<byte> _filling = new();
    private (S3Body Body, long End)? _begun;
    private long? _end;
    private int _count;

    /// <inheritdoc/>
    /// <remarks>One second at first, ten from the 300th object on.</remarks>
    public TimeSpan FlushEvery => TimeSpan.FromSeconds(Math.Clamp(_count / 30.0, 1, 10));

    public async ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            if (_filling.WrittenCount == S3Segments.LargestBytes) await FlushAsync(cancellationToken);
            var taken = Math.Min(bytes.Length, S3Segments.LargestBytes - _filling.WrittenCount);
            _filling.Write(bytes.Span[..taken]);
            bytes = bytes[taken..];
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_begun is not null) await WriteAsync(cancellationToken);
        if (_filling.WrittenCount == 0) return;
        if (_end is null)
        {
            var earlier = await S3Segments.ListAsync(calls, folder, 0, cancellationToken);
            (_count, _end) = (earlier.Count, earlier is [.., var last] ? last.End : 0);
        }
        _begun = (new S3Body(_filling.WrittenSpan.ToArray()), _end.Value + _filling.WrittenCount);
        _filling.ResetWrittenCount();
        await WriteAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => FlushAsync(CancellationToken.None);

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        (var body, var end) = _begun!.Value;
        await body.PutAsync(calls, folder + S3Segments.Name(end), cancellationToken);
        (_begun, _end, _count) = (null, end, _count + 1);
    }
}
