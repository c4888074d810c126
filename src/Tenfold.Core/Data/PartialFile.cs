using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Data;

/// <summary>A file that comes in pieces, in any order. It gets its name when all are there and its MD5, where one is known, is right.</summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _part, _path;
    private readonly SafeFileHandle _handle;
    private long _left;

    /// <summary>Makes it, empty.</summary>
    /// <param name="file">What it is to become.</param>
    /// <param name="part">Where it lies until it is whole.</param>
    /// <param name="path">Its name then.</param>
    public PartialFile(DataFile file, string part, string path)
    {
        (File, _part, _path, _left) = (file, part, path, file.SizeBytes);
        _handle = System.IO.File.OpenHandle(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
    }

    public DataFile File { get; }

    public bool IsClosed => _handle.IsClosed;

    /// <summary>Adds a piece. With the last one it gets its name, or is left to be fetched again when it was damaged.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, long at, string? md5, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(_handle, piece, at, cancellationToken);
        if (Interlocked.Add(ref _left, -piece.Length) > 0) return;
        var isWhole = piece.Length == File.SizeBytes;
        var isRight = md5 is null || md5 == (isWhole ? Convert.ToHexStringLower(Md5(piece.Span)) : await Md5Async(cancellationToken));
        // Several runs read it: none of them is to write to it.
        if (isRight) System.IO.File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        _handle.Dispose();
        if (!isRight) return;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        System.IO.File.Move(_part, _path, overwrite: true);
    }

    public void Dispose() => _handle.Dispose();

#pragma warning disable CA5351 // It is what origins have; what it guards against here is chance.
    private static byte[] Md5(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);

    // The pieces came in no order, so it is read back, from memory mostly.
    private async Task<string> Md5Async(CancellationToken cancellationToken)
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
