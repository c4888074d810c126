using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>The files of a sequence of segments in a folder: <c>000001.seg</c>, <c>000002.seg</c>, and so on.</summary>
internal static class FolderSegments
{
    /// <summary>The largest size of a segment; further bytes start the next one.</summary>
    public const long RollBytes = 16L << 20;

    public static string NameOf(int number) => $"{number:D6}.seg";

    /// <summary>The sizes of the existing segments, the first one's first.</summary>
    public static List<long> Sizes(HeldFolder folder)
    {
        var sizes = new List<long>();
        while (folder.Stat(NameOf(sizes.Count + 1)) is { Kind: FileKind.File } stat) sizes.Add(stat.SizeBytes);
        return sizes;
    }
}

/// <summary>Appends to the last segment of a folder, and starts the next one when it is full.</summary>
/// <remarks>
/// It keeps its offset in the file. So a flush that failed half way, on a full disk for instance, can be called again, and no byte is
/// lost or written twice.
/// </remarks>
internal sealed class FolderSegmentWriter(string root, string folder) : ISegmentWriter
{
    private const int BufferBytes = 1 << 16;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _buffered;
    private SafeFileHandle? _file;
    private int _number;
    private long _offset;

    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            if (_buffered == BufferBytes) WriteBuffer();
            var taken = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes.Span[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
        }
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WriteBuffer();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            WriteBuffer();
        }
        finally
        {
            _buffered = 0;
            _file?.Dispose();
            _file = null;
        }
        return ValueTask.CompletedTask;
    }

    private void WriteBuffer()
    {
        if (_buffered == 0) return;
        try
        {
            if (_file is null) OpenLast();
            var written = 0;
            while (written < _buffered)
            {
                if (_offset >= FolderSegments.RollBytes) OpenNext();
                var part = (int)Math.Min(_buffered - written, FolderSegments.RollBytes - _offset);
                RandomAccess.Write(_file!, _buffer.AsSpan(written, part), _offset);
                _offset += part;
                written += part;
                Forget(ref written);
            }
        }
        catch (Exception e) when (DiskFault.Covers(e))
        {
            throw DiskFault.Translate(e, $"{root}/{folder}", root, writing: true);
        }
    }

    /// <summary>Removes written bytes from the buffer, so that the next flush doesn't write them again when this one fails later.</summary>
    private void Forget(ref int written)
    {
        _buffer.AsSpan(written, _buffered - written).CopyTo(_buffer);
        _buffered -= written;
        written = 0;
    }

    private void OpenLast()
    {
        using var held = HeldFolder.Make(root, folder);
        _number = Math.Max(1, FolderSegments.Sizes(held).Count);
        Open(held);
    }

    private void OpenNext()
    {
        _file!.Dispose();
        _file = null;
        _number++;
        using var held = HeldFolder.Make(root, folder);
        Open(held);
    }

    private void Open(HeldFolder held)
    {
        var name = FolderSegments.NameOf(_number);
        _file = held.CreateFile(name);
        _offset = RandomAccess.GetLength(_file);
        if (_offset == 0 && TeamFolder.Is(held.Path)) TeamFolder.LetRead(held.PathOf(name));
    }
}

/// <summary>Reads segments one after the other, up to the sizes that they had when the stream was opened.</summary>
internal sealed class FolderSegmentStream : Stream
{
    private readonly HeldFolder? _folder;
    private readonly List<long> _sizes;
    private int _index;
    private long _offset;
    private FileStream? _file;

    /// <param name="folder">The folder, which the stream closes; null for no segments.</param>
    /// <param name="offset">Where to begin, in bytes over all segments.</param>
    public FolderSegmentStream(HeldFolder? folder, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _folder = folder;
        _sizes = folder is null ? [] : FolderSegments.Sizes(folder);
        while (_index < _sizes.Count && offset >= _sizes[_index]) offset -= _sizes[_index++];
        _offset = offset;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_index < _sizes.Count && !buffer.IsEmpty)
        {
            if (_file is null)
            {
                var name = FolderSegments.NameOf(_index + 1);
                _file = FolderStore.Stream(_folder!.OpenFile(name) ?? throw new FileNotFoundException($"the segment {name} was removed"));
                _file.Position = _offset;
            }

            var read = _file.Read(buffer[..(int)Math.Min(buffer.Length, _sizes[_index] - _offset)]);
            _offset += read;
            if (read > 0) return read;
            _file.Dispose();
            _file = null;
            _index++;
            _offset = 0;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _file?.Dispose();
        _folder?.Dispose();
        base.Dispose(disposing);
    }
}
