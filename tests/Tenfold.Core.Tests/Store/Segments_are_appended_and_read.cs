using System.Runtime.InteropServices;
using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

public sealed class Segments_are_appended_and_read : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public Segments_are_appended_and_read() => _store = new FolderStore(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_log_reads_as_empty() => (await Read("log", 0)).ShouldBeEmpty();

    [Fact]
    public async Task A_later_writer_appends_to_the_segments_of_an_earlier_one()
    {
        for (var i = 0; i < 3; i++)
        {
            await using var writer = _store.AppendSegments("log/");
            await writer.AppendAsync(Encoding.UTF8.GetBytes($"line {i}\n"), CancellationToken.None);
        }
        Encoding.UTF8.GetString(await Read("log/", 0)).ShouldBe("line 0\nline 1\nline 2\n");
        Encoding.UTF8.GetString(await Read("log/", 7)).ShouldBe("line 1\nline 2\n");
        (await Read("log/", 21)).ShouldBeEmpty();
        (await Read("log/", 1000)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_are_visible_after_a_flush()
    {
        await using var writer = _store.AppendSegments("log");
        await writer.AppendAsync("x"u8.ToArray(), CancellationToken.None);
        (await Read("log", 0)).ShouldBeEmpty();
        await writer.FlushAsync(CancellationToken.None);
        (await Read("log", 0)).ShouldBe("x"u8.ToArray());
    }

    [Fact]
    public async Task Segments_are_rolled_at_sixteen_mebibytes_and_read_as_one()
    {
        var all = new byte[40_000_000];
        new Random(1).NextBytes(all);
        await using (var writer = _store.AppendSegments("log"))
        {
            for (var at = 0; at < all.Length; at += 999_983)
                await writer.AppendAsync(all.AsMemory(at, Math.Min(999_983, all.Length - at)), CancellationToken.None);
        }
        _folder.Files().ShouldBe(["log/000001.seg", "log/000002.seg", "log/000003.seg"]);
        new FileInfo(_folder["log/000001.seg"]).Length.ShouldBe(16L << 20);
        (await Read("log", 0)).AsSpan().SequenceEqual(all).ShouldBeTrue();
        var offset = (16 << 20) - 3;
        (await Read("log", offset)).AsSpan().SequenceEqual(all.AsSpan(offset)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_full_disk_is_an_error_at_the_flush_and_again_at_the_end()
    {
        var writer = _store.AppendSegments("log");
        await writer.AppendAsync("kept"u8.ToArray(), CancellationToken.None);
        await writer.FlushAsync(CancellationToken.None);
        FillDiskUnder(_folder["log/000001.seg"]);
        await writer.AppendAsync("more"u8.ToArray(), CancellationToken.None);
        var e = await Should.ThrowAsync<StoreException>(async () => await writer.FlushAsync(CancellationToken.None));
        e.Message.ShouldContain("is full");
        await Should.ThrowAsync<StoreException>(async () => await writer.DisposeAsync());
        (await Read("log", 0)).ShouldBe("kept"u8.ToArray());
    }

    // What this process writes to the open file has no room from now on.
    private static void FillDiskUnder(string path)
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var open = Directory.EnumerateFiles("/proc/self/fd").Where(link => Target(link) == path).ToList();
        dup2((int)full.DangerousGetHandle(), int.Parse(Path.GetFileName(open.ShouldHaveSingleItem()))).ShouldBeGreaterThan(0);
    }

    // Other tests of this process close their files meanwhile.
    private static string? Target(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [DllImport("libc")]
    private static extern int dup2(int from, int to);

    private async Task<byte[]> Read(string folder, long offset)
    {
        await using var stream = await _store.OpenSegmentsAsync(folder, offset, CancellationToken.None);
        var memory = new MemoryStream();
        await stream.CopyToAsync(memory);
        return memory.ToArray();
    }
}
