using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Tests.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class SafeArchiveTests : IDisposable
{
    private static readonly ArchiveLimits Limits = new(100, 10_000);
    private readonly TemporaryFolder _folder = new();

    public SafeArchiveTests() => Directory.CreateDirectory(_folder["in"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("a/..")]
    [InlineData("/etc/evil")]
    [InlineData("//evil")]
    [InlineData("a//b")]
    [InlineData(".//evil")]
    public async Task A_path_that_leads_out_is_refused(string path)
    {
        await Refused(File(path, "x"));
        await Refused(Folder(path));
        await Refused(Link(path, "x"));
    }

    [Theory]
    [InlineData("l", "/etc/passwd")]
    [InlineData("l", "..")]
    [InlineData("l", "../x")]
    [InlineData("a/l", "../../x")]
    [InlineData("a/l", "b/../../../x")]
    [InlineData("a/l", "b/../c")]
    public async Task A_link_that_could_lead_out_is_refused(string path, string target) => await Refused(Link(path, target));

    [Fact]
    public async Task Nothing_is_written_through_a_link()
    {
        await Refused(Link("a", "b"), File("a/x", "x"));
        await Refused(File("a/x", "x"), Link("a", "b"));
        await Refused(Link("a", "."), Link("a/b", "x"));
        await Refused(Link("a", "b"), File("a", "x"));
        await Refused(File("a", "x"), File("a/b", "x"));
    }

    [Fact]
    public async Task A_chain_of_links_stays_inside()
    {
        // Each link is safe alone, but "top/.." would lead out through the other link.
        await Refused(Link("top", "."), Link("out", "top/../secret"));
    }

    [Fact]
    public async Task A_hard_link_is_a_copy_of_an_earlier_file_and_nothing_else()
    {
        await Refused(Hard("h", "/etc/passwd"));
        await Refused(Hard("h", "../x"));
        await Refused(Hard("h", "later"), File("later", "x"));
        await Refused(Link("l", "x"), Hard("h", "l"));
        await Extracted(File("a", "hello"), Hard("b/h", "a"));
        System.IO.File.ReadAllText(_folder["in/b/h"]).ShouldBe("hello");
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task Devices_and_pipes_are_refused(TarEntryType type) => await Refused(new PaxTarEntry(type, "device"));

    [Fact]
    public async Task Two_entries_of_one_name_are_refused()
    {
        await Refused(File("a", "1"), File("a", "2"));
        await Refused(File("a", "1"), File("./a", "2"));
        await Refused(Folder("a"), File("a", "2"));
        await Extracted(Folder("a/"), Folder("a/"), File("a/b", "2"));
    }

    [Fact]
    public async Task An_archive_above_the_limits_is_refused()
    {
        await Refused(File("a", new string('x', 10_001)));
        await Refused(File("a", new string('x', 9_000)), File("b", new string('x', 1_001)));
        await Refused([.. Enumerable.Range(0, 101).Select(i => File($"f{i}", ""))]);
    }

    [Fact]
    public async Task A_header_that_promises_more_than_there_is_is_damaged_and_takes_no_memory()
    {
        var tar = Tar(File("a", "x"));
        // Sets the size field of a ustar header to 4 GiB, which the archive doesn't have, and its checksum.
        using var content = new MemoryStream(Pack("a", "40000000000"));
        var outcome = await SafeArchive.ExtractAsync(content, _folder["in"], new ArchiveLimits(10, long.MaxValue), CancellationToken.None);
        outcome.ShouldBeOfType<ArchiveOutcome.Refused>();
        tar.Length.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_archive_that_ends_too_early_is_damaged(bool compressed)
    {
        var bytes = Tar(File("a", new string('a', 5_000)), File("b", "b"));
        if (compressed) bytes = Gzip(bytes);
        foreach (var length in new[] { bytes.Length / 4, bytes.Length / 3, 1000, 20, 3 }.Where(n => n < bytes.Length / 2))
        {
            Directory.Delete(_folder["in"], recursive: true);
            Directory.CreateDirectory(_folder["in"]);
            using var cut = new MemoryStream(bytes, 0, length);
            var outcome = await SafeArchive.ExtractAsync(cut, _folder["in"], Limits, CancellationToken.None);
            outcome.ShouldBeOfType<ArchiveOutcome.Refused>($"{length}");
        }
    }

    [Fact]
    public async Task Random_bytes_are_extracted_or_refused_and_never_lead_out()
    {
        var random = new Random(3);
        var good = Tar(File("a", "hello"), Folder("b"), Link("c", "a"));
        for (var i = 0; i < 300; i++)
        {
            byte[] bad = [.. good];
            for (var n = random.Next(1, 8); n > 0; n--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            var into = _folder[$"random/r{i}/into"];
            Directory.CreateDirectory(into);
            using var content = new MemoryStream(bad);
            var outcome = await SafeArchive.ExtractAsync(content, into, Limits, CancellationToken.None);
            (outcome is ArchiveOutcome.Extracted or ArchiveOutcome.Refused).ShouldBeTrue($"{i}: {outcome}");
            Directory.GetFileSystemEntries(_folder[$"random/r{i}"]).ShouldBe([into], $"{i}");
            foreach (var entry in new DirectoryInfo(into).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
                if (entry.LinkTarget is { } target)
                    Path.GetFullPath(target, Path.GetDirectoryName(entry.FullName)!).ShouldStartWith(into + "/");
        }

        Directory.GetDirectories(_folder["random"]).Length.ShouldBe(300);
        Directory.GetFileSystemEntries(_folder["in"]).ShouldBeEmpty();
        Directory.GetFileSystemEntries(_folder["."]).Length.ShouldBe(2);
    }

    [Fact]
    public async Task An_archive_made_by_tar_is_extracted()
    {
        _folder.Write("src/a/b.txt", "hello");
        _folder.Write("src/run.sh", "#!/bin/sh\n");
        AsNobody.SetMode(_folder["src/run.sh"], 0x1FD);
        System.IO.File.CreateSymbolicLink(_folder["src/a/l"], "../run.sh");
        foreach (var format in new[] { "gnu", "pax", "ustar", "v7" })
        {
            var into = _folder[format];
            Directory.CreateDirectory(into);
            var archive = _folder[format + ".tgz"];
            System.Diagnostics.Process.Start("tar", ["-czf", archive, "--format=" + format, "-C", _folder["src"], "."]).WaitForExit();
            using var content = System.IO.File.OpenRead(archive);
            var outcome = await SafeArchive.ExtractAsync(content, into, Limits, CancellationToken.None);
            var extracted = outcome.ShouldBeOfType<ArchiveOutcome.Extracted>(format);
            extracted.Entries.Count.ShouldBe(3);
            System.IO.File.ReadAllText(into + "/a/b.txt").ShouldBe("hello");
            System.IO.File.ReadAllText(into + "/a/l").ShouldBe("#!/bin/sh\n");
            extracted.Entries.Single(entry => entry.Path == "run.sh").Executable.ShouldBeTrue();
        }
    }

    private async Task Refused(params TarEntry[] entries)
    {
        var before = _folder.Files().Where(file => !file.StartsWith("in/", StringComparison.Ordinal)).ToArray();
        (await Extract(entries)).ShouldBeOfType<ArchiveOutcome.Refused>();
        _folder.Files().Where(file => !file.StartsWith("in/", StringComparison.Ordinal)).ShouldBe(before);
    }

    private async Task Extracted(params TarEntry[] entries) => (await Extract(entries)).ShouldBeOfType<ArchiveOutcome.Extracted>();

    private async Task<ArchiveOutcome> Extract(TarEntry[] entries)
    {
        Directory.Delete(_folder["in"], recursive: true);
        Directory.CreateDirectory(_folder["in"]);
        using var content = new MemoryStream(Gzip(Tar(entries)));
        return await SafeArchive.ExtractAsync(content, _folder["in"], Limits, CancellationToken.None);
    }

    private static byte[] Tar(params TarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
            foreach (var entry in entries) tar.WriteEntry(entry);
        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest)) gzip.Write(bytes);
        return stream.ToArray();
    }

    private static byte[] Pack(string name, string octalSize)
    {
        var header = new byte[1024];
        Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
        Encoding.ASCII.GetBytes("0000644").CopyTo(header, 100);
        Encoding.ASCII.GetBytes(octalSize).CopyTo(header, 124);
        Encoding.ASCII.GetBytes("00000000000").CopyTo(header, 136);
        header[156] = (byte)'0';
        Encoding.ASCII.GetBytes("ustar\000").CopyTo(header, 257);
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = header.Take(512).Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    private static PaxTarEntry File(string path, string content) =>
        new(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static PaxTarEntry Folder(string path) => new(TarEntryType.Directory, path);

    private static PaxTarEntry Link(string path, string target) => new(TarEntryType.SymbolicLink, path) { LinkName = target };

    private static PaxTarEntry Hard(string path, string target) => new(TarEntryType.HardLink, path) { LinkName = target };
}
