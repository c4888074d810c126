using Microsoft.Win32.SafeHandles;

namespace Tenfold.Gateway.RequestLog;

/// <summary>A segment that is being written. The boundary to the disk, which may fail at each call.</summary>
internal interface ISegmentFile : IDisposable
{
    /// <summary>Writes bytes at an offset.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Forces everything to the disk.</summary>
    void Flush();

    /// <summary>Removes everything from an offset on.</summary>
    void Truncate(long length);
}

/// <summary>A segment in a file.</summary>
/// <remarks>Bytes are written at explicit offsets: .NET's append mode is none of the operating system's.</remarks>
internal sealed class SegmentFile : ISegmentFile
{
    private readonly SafeFileHandle _file;

    private SegmentFile(string path) => _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite);

    /// <summary>Creates the file, which must not exist.</summary>
    public static ISegmentFile Create(string path) => new SegmentFile(path);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(_file, bytes, offset);

    /// <inheritdoc/>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <inheritdoc/>
    public void Truncate(long length) => RandomAccess.SetLength(_file, length);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
