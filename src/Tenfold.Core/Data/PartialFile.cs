using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Data;

/// <summary>
/// A file that is written in pieces, in any order. It gets its name once all pieces are written and its MD5, if known, is right.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _part, _path;
    private readonly SafeFileHandle _handle;
    private long _left;

    /// <summary>Makes an empty file.</summary>
    /// <param name="file">The file of the manifest.</param>
    /// <param name="part">Its path until it is complete.</param>
    /// <param name="path">Its path once it is complete.</param>
    public PartialFile(DataFile file, string part, string path)
    {
        (File, _part, _path, _left) = (file, part, path, file.SizeBytes);
        _handle = System.IO.File.OpenHandle(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
    }

    public DataFile File { get; }

    public bool IsClosed => _handle.IsClosed;

    /// <summary>Writes a piece. After the last piece the file gets its name; a damaged file doesn't, and is fetched again.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, long at, string? md5, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_handle, piece, at, cancellationToken);
        if (Interlocked.Add(ref _left, -piece.Length) > 0) return;
        var isWhole = piece.Length == File.SizeBytes;
        var isRight = md5 is null || md5 == (isWhole
            ? Convert.ToHexStringLower(Md5(piece.Span))
            : await ComputeMd5Async(cancellationToken));
        // Several runs read the file, so no run may write to it.
        if (isRight) System.IO.File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        _handle.Dispose();
        if (!isRight) return;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        System.IO.File.Move(_part, _path, overwrite: true);
    }

    public void Dispose() => _handle.Dispose();

#pragma warning disable CA5351 // MD5 is the checksum that origins have. It guards against damage here, not against attacks.
    private static byte[] Md5(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);

    // The pieces came in any order, so the file is read back, mostly from the page cache.
    private async Task<string> ComputeMd5Async(CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var buffer = new byte[1 << 18];
        long at = 0;
        for (int read; (read = await RandomAccess.ReadAsync(_handle, buffer, at, cancellationToken)) > 0; at += read)
            hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
#pragma warning restore CA5351
}
