using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Tenfold.Core.Snapshots;

/// <summary>Writes a snapshot's archive: tar in GNU's format, compressed with gzip. Equal files give equal bytes.</summary>
internal static class SnapshotArchive
{
    // Not 1970, because some tools can't handle it: zip starts in 1980.
    private static readonly DateTimeOffset Time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the archive, and checks each file against the manifest.</summary>
    /// <returns>Null, or the file that changed; the archive is then useless.</returns>
    public static FileFault? Write(string root, SnapshotManifest manifest, string path, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Gnu);
        foreach (var entry in manifest.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Link is { } target)
            {
                tar.WriteEntry(new GnuTarEntry(TarEntryType.SymbolicLink, entry.Path) { LinkName = target, ModificationTime = Time });
                continue;
            }
            try
            {
                using var content = new CheckedContent($"{root}/{entry.Path}", entry.SizeBytes);
                tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, entry.Path)
                {
                    DataStream = content,
                    Mode = (UnixFileMode)(entry.Executable ? 0x1ED : 0x1A4), // 755, 644
                    ModificationTime = Time,
                });
                if (content.Sha256() != entry.Sha256) return Changed(entry.Path);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                return FileHasher.Unreadable(e, entry.Path);
            }
        }
        return null;
    }

    private static FileFault Changed(string path) =>
        new(path, $"{path} changed while the snapshot was taken, three times in a row: wait until it is written, or exclude it");

    /// <summary>A file's content, cut off at the expected length, and hashed while it is read.</summary>
    private sealed class CheckedContent(string path, long length) : Stream
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public string Sha256() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public override int Read(Span<byte> buffer)
        {
            if (buffer.Length > length - _position) buffer = buffer[..(int)(length - _position)];
            var read = buffer.IsEmpty ? 0 : _file.Read(buffer);
            _hash.AppendData(buffer[..read]);
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _file.Dispose();
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
