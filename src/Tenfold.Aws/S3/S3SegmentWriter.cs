using System.Buffers;
using Tenfold.Core.Store;

namespace Tenfold.Aws.S3;

/// <summary>Writes the bytes since the last flush as a new object.</summary>
/// <remarks>
/// The bytes of a flush are fixed until they have been written, however many tries that takes. So after a lost answer, equal bytes are
/// written again under an equal key. A process that is killed loses only what it had not flushed.
/// </remarks>
internal sealed class S3SegmentWriter(S3Calls calls, string folder) : ISegmentWriter
{
    private readonly ArrayBufferWriter<byte> _filling = new();
    private (S3Body Body, long End)? _begun;
    private long? _end;
    private int _count;

    /// <inheritdoc/>
    /// <remarks>One second at first, ten seconds from the 300th object on.</remarks>
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
