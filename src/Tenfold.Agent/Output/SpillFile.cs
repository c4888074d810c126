using System.Buffers;

namespace Tenfold.Agent.Output;

/// <summary>
/// Bytes that wait on this machine's disk while the store does not take them: first in, first out. Not safe for several threads at once.
/// </summary>
/// <param name="path">The file; made when first needed, closed to other users, and removed when it is empty again.</param>
/// <param name="maxBytes">The largest number of bytes in the file.</param>
public sealed class SpillFile(string path, long maxBytes) : IDisposable
{
    private FileStream? _file;
    private long _read, _written;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => _read == _written;

    /// <summary>Adds bytes.</summary>
    /// <returns>False, with the file unchanged, when the limit or the disk leaves no space for them.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (_written + bytes.Length > maxBytes) return false;
        try
        {
            if (_file is null)
            {
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                _file = new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.Read,
                    BufferSize = 0,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                });
            }

            RandomAccess.Write(_file.SafeFileHandle, bytes, _written);
            _written += bytes.Length;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Removes bytes from the front.</summary>
    public void Read(IBufferWriter<byte> into, int atMost)
    {
        var room = into.GetSpan(atMost)[..(int)Math.Min(atMost, _written - _read)];
        var read = 0;
        for (int part; read < room.Length && (part = RandomAccess.Read(_file!.SafeFileHandle, room[read..], _read + read)) > 0;)
            read += part;
        into.Advance(read);
        _read += read;
        if (read < room.Length) _read = _written; // Another program cut the file short, so there is no more.
        if (IsEmpty) Dispose();
    }

    /// <summary>Leaves the waiting bytes in the file, between the given ones, for people to find.</summary>
    /// <returns>True when the file was written.</returns>
    public bool TryPreserve(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            var rest = $"{path}.rest";
            using (var file = new FileStream(rest, FileMode.Create, FileAccess.Write))
            {
                file.Write(before);
                var buffer = new ArrayBufferWriter<byte>(1 << 20);
                while (!IsEmpty)
                {
                    Read(buffer, 1 << 20);
                    file.Write(buffer.WrittenSpan);
                    buffer.ResetWrittenCount();
                }

                file.Write(after);
            }

            File.Move(rest, path, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Discards the waiting bytes and removes the file.</summary>
    public void Dispose()
    {
        (_read, _written) = (0, 0);
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        File.Delete(path);
    }
}
