using System.Formats.Tar;
using System.IO.Compression;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class Malformed_archives_change_nothing_outside : IDisposable
{
    private static readonly string[] Pieces =
        ["../", "/", "\0", "ustar", "7777777", "00000000000", "-1", "././@LongLink", "path=", "30 mtime=1e999\n", "\x80", "\x1f\x8b"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_archive_is_extracted_or_refused()
    {
        var (extracted, refused) = (0, 0);
        byte[][] seeds = [await ArchiveAsync(TarEntryFormat.Pax, gzip: false), await ArchiveAsync(TarEntryFormat.Gnu, gzip: false),
            await ArchiveAsync(TarEntryFormat.Ustar, gzip: true)];
        await Mutations.CheckAsync(seeds, Pieces, 400, async input =>
        {
            Directory.CreateDirectory(_folder["box/in"]);
            var outcome = await SafeArchive.ExtractAsync(
                new MemoryStream(input), _folder["box/in"], new ArchiveLimits(100, 1 << 20), CancellationToken.None);
            if (outcome is ArchiveOutcome.Extracted) extracted++;
            else refused++;
            Directory.GetFileSystemEntries(_folder.Path).ShouldBe([_folder["box"]]);
            Directory.GetFileSystemEntries(_folder["box"]).ShouldBe([_folder["box/in"]]);
            Directory.Delete(_folder["box"], recursive: true);
        });
        extracted.ShouldBeGreaterThan(10);
        refused.ShouldBeGreaterThan(10);
    }

    private static async Task<byte[]> ArchiveAsync(TarEntryFormat format, bool gzip)
    {
        var bytes = new MemoryStream();
        await using (Stream packed = gzip ? new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true) : new MemoryStream())
        {
            await using (var tar = new TarWriter(packed, format, leaveOpen: true))
            {
                await tar.WriteEntryAsync(Entry(TarEntryType.Directory, "folder/", null));
                await tar.WriteEntryAsync(Entry(TarEntryType.RegularFile, "folder/file.txt", "content"));
                await tar.WriteEntryAsync(Entry(TarEntryType.SymbolicLink, "link", "folder/file.txt"));
                await tar.WriteEntryAsync(Entry(TarEntryType.HardLink, "copy", "folder/file.txt"));
                await tar.WriteEntryAsync(Entry(TarEntryType.RegularFile, new string('n', 90) + "/" + new string('m', 40), "x"));
            }

            if (packed is MemoryStream plain) return plain.ToArray();
        }

        return bytes.ToArray();

        TarEntry Entry(TarEntryType type, string path, string? content)
        {
            TarEntry entry = format switch
            {
                TarEntryFormat.Pax => new PaxTarEntry(type, path),
                TarEntryFormat.Gnu => new GnuTarEntry(type, path),
                _ => new UstarTarEntry(type, path),
            };
            if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content!));
            else if (content is not null) entry.LinkName = content;
            return entry;
        }
    }
}
