using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Tenfold.Core.Platform;

namespace Tenfold.Core.Snapshots;

/// <summary>Computes the SHA-256 of files in constant memory, and notices when a file changes meanwhile.</summary>
internal static class FileHasher
{
    /// <summary>How often a changing file is read before it is a fault.</summary>
    public const int Tries = 3;
    private const int BufferBytes = 1 << 17;

    /// <summary>Hashes a file.</summary>
    /// <param name="path">The file; links are followed.</param>
    /// <param name="name">The file's name in a fault.</param>
    /// <param name="sha256">The hash.</param>
    /// <param name="stat">The file's metadata when the hashed content was read.</param>
    /// <returns>Null, or why the file can't be hashed.</returns>
    public static FileFault? Hash(string path, string name, out byte[] sha256, out FileStat stat)
    {
        sha256 = [];
        stat = default;
        try
        {
            for (var attempt = 0; attempt < Tries; attempt++)
            {
                using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                var error = Posix.Stat(file, out var before);
                if (error != 0) throw new IOException(Posix.Describe(error));
                sha256 = HashContent(file, before.SizeBytes, out var read);
                error = Posix.Stat(path, follow: true, out stat);
                if (error == 0 && stat == before && read == stat.SizeBytes) return null;
            }
            return new FileFault(name, $"{name} changed while it was read, three times in a row: wait until it is written, or exclude it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unreadable(e, name);
        }
    }

    /// <summary>The fault of a file or folder that can't be read.</summary>
    public static FileFault Unreadable(Exception exception, string name) => exception switch
    {
        UnauthorizedAccessException =>
            new FileFault(name, $"{name} can't be read: permission denied. Give read permission ('chmod u+r'), or exclude it"),
        FileNotFoundException or DirectoryNotFoundException =>
            new FileFault(name, $"{name} was removed while the files were read: run again when no other program removes files"),
        _ => new FileFault(name, $"{name} can't be read: {exception.Message.TrimEnd('.')}. Fix that, or exclude it"),
    };

    /// <summary>The fault of a file or folder that can't be read, from an <c>errno</c>.</summary>
    public static FileFault Unreadable(int error, string name) => Unreadable(
        error switch
        {
            Posix.Eacces or Posix.Eperm => new UnauthorizedAccessException(),
            Posix.Enoent => new FileNotFoundException(),
            _ => new IOException(Posix.Describe(error)),
        },
        name);

    /// <summary>
    /// Hashes to the end of the file, or to just above the expected size: a file that grows for ever must not be read for ever.
    /// </summary>
    private static byte[] HashContent(SafeFileHandle file, long expected, out long size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            size = RandomAccess.Read(file, buffer, 0);
            if (size < buffer.Length && RandomAccess.Read(file, buffer.AsSpan((int)size), size) == 0)
                return SHA256.HashData(buffer.AsSpan(0, (int)size));
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            size = 0;
            for (int read; size <= expected && (read = RandomAccess.Read(file, buffer, size)) > 0; size += read)
                hash.AppendData(buffer, 0, read);
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
