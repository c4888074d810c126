using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Tenfold.Core.Snapshots;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class A_damaged_snapshot_is_refused : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private FolderStore _store = null!;
    private string _id = "";
    private string _archive = "";
    private string _manifest = "";

    public async ValueTask InitializeAsync()
    {
        _store = new FolderStore(_folder["store"]);
        _folder.Write("p/a.py", "a = 1\n");
        _folder.Write("p/b.py", new string('b', 100_000));
        var taker = new SnapshotTaker(_store, _folder["cache"], ManualClock.Later);
        var outcome = await taker.TakeAsync(new SnapshotRequest { Root = _folder["p"] }, CancellationToken.None);
        _id = ((SnapshotOutcome.Stored)outcome).Snapshot.Id;
        _archive = _folder[$"store/snapshots/{_id}.tar.gz"];
        _manifest = _folder[$"store/snapshots/{_id}.json"];
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_changed_manifest_is_found_by_its_id()
    {
        File.WriteAllText(_manifest, File.ReadAllText(_manifest).Replace("a.py", "c.py", StringComparison.Ordinal));
        var corrupted = await Corrupted();
        corrupted.File.ShouldBe($"snapshots/{_id}.json");
        corrupted.Message.ShouldContain($"Delete snapshots/{_id}.json there and run 'tenfold fit'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"files\":null}")]
    [InlineData("{\"files\":[null]}")]
    [InlineData("{\"files\":[{\"path\":\"../x\"}]}")]
    public async Task An_invalid_manifest_is_corrupted(string json)
    {
        File.WriteAllText(_manifest, json);
        (await Corrupted()).File.ShouldBe($"snapshots/{_id}.json");
    }

    [Fact]
    public async Task A_manifest_of_a_newer_version_says_to_update()
    {
        File.WriteAllText(_manifest, "{\"schema\":2,\"files\":[]}");
        (await Corrupted()).Message.ShouldContain("newer version of Tenfold (schema 2): update");
    }

    [Fact]
    public async Task A_truncated_archive_is_corrupted()
    {
        using (var file = File.OpenWrite(_archive)) file.SetLength(file.Length / 2);
        await Corrupted();
    }

    [Fact]
    public async Task Flipped_bytes_are_found_wherever_they_are()
    {
        var good = File.ReadAllBytes(_archive);
        var random = new Random(7);
        for (var i = 0; i < 40; i++)
        {
            byte[] bad = [.. good];
            // Skips gzip's header, the first ten bytes, and its checksum, the last eight.
            bad[random.Next(10, good.Length - 8)] ^= (byte)random.Next(1, 256);
            File.WriteAllBytes(_archive, bad);
            var outcome = await Extract();
            // The flipped bit may be in a byte without meaning.
            if (outcome is ExtractOutcome.Extracted) Directory.Delete(_folder["out"], recursive: true);
            else Directory.Exists(_folder["out"]).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_file_with_other_content_is_named()
    {
        Replace(("a.py", "a = 2\n"), ("b.py", new string('b', 100_000)));
        var corrupted = await Corrupted();
        corrupted.File.ShouldBe("a.py");
        corrupted.Message.ShouldContain("a.py does not have the SHA-256 that it was stored with");
    }

    [Fact]
    public async Task A_missing_an_extra_and_a_bigger_file_are_refused()
    {
        Replace(("b.py", new string('b', 100_000)));
        (await Corrupted()).File.ShouldBe("a.py");
        Replace(("a.py", "a = 1\n"), ("b.py", new string('b', 100_000)), ("c.py", ""));
        (await Corrupted()).Message.ShouldContain("more than 2 entries");
        Replace(("a.py", "a = 1\n"), ("b.py", new string('b', 200_000_000)));
        (await Corrupted()).Message.ShouldContain("bigger than 100006 bytes");
    }

    [Fact]
    public async Task A_folder_that_is_not_empty_is_left_unchanged()
    {
        _folder.Write("out/mine", "x");
        (await Extract()).ShouldBeOfType<ExtractOutcome.Occupied>();
        Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).ShouldBe(["mine"]);
    }

    [Fact]
    public async Task An_empty_folder_is_filled()
    {
        Directory.CreateDirectory(_folder["out"]);
        (await Extract()).ShouldBeOfType<ExtractOutcome.Extracted>();
        File.Exists(_folder["out/a.py"]).ShouldBeTrue();
    }

    private Task<ExtractOutcome> Extract() => new SnapshotReader(_store).ExtractAsync(_id, _folder["out"], CancellationToken.None);

    private async Task<ExtractOutcome.Corrupted> Corrupted()
    {
        var outcome = await Extract();
        Directory.Exists(_folder["out"]).ShouldBeFalse();
        Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order().ShouldBe(["cache", "p", "store"]);
        return outcome.ShouldBeOfType<ExtractOutcome.Corrupted>();
    }

    private void Replace(params (string Path, string Content)[] files)
    {
        using var file = File.Create(_archive);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        using var tar = new TarWriter(gzip, TarEntryFormat.Gnu);
        foreach ((var path, var content) in files)
            tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, path)
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
            });
    }
}
