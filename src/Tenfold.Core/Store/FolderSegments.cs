using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>The files of a sequence of segments in a folder: <c>000001.seg</c>, <c>000002.seg</c>, and so on.</summary>
internal static class FolderSegments
{
    /// <summary>The largest size of a segment; further bytes start the next one.</summary>
    public const long RollBytes = 16L << 20;

    public static string PathOf(string folder, int number) => $"{folder}/{number:D6}.seg";

    /// <summary>The existing segments in order, with their current sizes.</summary>
    public static List<(string Path, long SizeBytes)> List(string folder)
    {
        var segments = new List<(string, long)>();
        for (var number = 1; ; number++)
        {
            var file = new FileInfo(PathOf(folder, number));
            if (!file.Exists) return segments;
            segments.Add((file.FullName, file.Length));
        }
    }
}

/// <summary>Appends to the last segment of a folder, and starts the next one when it is full.</summary>
/// <remarks>
/// It keeps its offset in the file. So a flush that failed half way, on a full disk for instance, can be called again, and no byte is
/// lost or written twice.
/// </remarks>
internal sealed class FolderSegmentWriter(string folder, string root) : ISegmentWriter
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
            throw DiskFault.Translate(e, folder, root, writing: true);
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
        TeamFolder.Create(folder);
        _number = Math.Max(1, FolderSegments.List(folder).Count);
        Open();
    }

    private void OpenNext()
    {
        _file!.Dispose();
        _file = null;
        _number++;
        Open();
    }

    private void Open()
    {
        var path = FolderSegments.PathOf(folder, _number);
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        _offset = RandomAccess.GetLength(_file);
        if (_offset == 0 && TeamFolder.Is(folder)) TeamFolder.LetRead(path);
    }
}

/// <summary>Reads segments one after the other, up to the sizes that they had when the stream was opened.</summary>
internal sealed class FolderSegmentStream : Stream
{
    private readonly List<(string Path, long SizeBytes)> _segments;
    private int _index;
    private long _offset;
    private FileStream? _file;

    public FolderSegmentStream(List<(string Path, long SizeBytes)> segments, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        _segments = segments;
        while (_index < segments.Count && offset >= segments[_index].SizeBytes) offset -= segments[_index++].SizeBytes;
        _offset = offset;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        while (_index < _segments.Count && !buffer.IsEmpty)
        {
            (var path, var size) = _segments[_index];
            if (_file is null)
            {
                _file = FolderStore.OpenShared(path);
                _file.Position = _offset;
            }
            var read = _file.Read(buffer[..(int)Math.Min(buffer.Length, size - _offset)]);
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
        base.Dispose(disposing);
    }
}
