using System.Text;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

public sealed class FolderStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public FolderStoreTests() => _store = new FolderStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    private static CancellationToken None => CancellationToken.None;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task Written_objects_are_read_and_replaced()
    {
        (await _store.ReadAsync("a/b.json", None)).ShouldBeNull();
        (await _store.ExistsAsync("a/b.json", None)).ShouldBeFalse();
        await _store.WriteAsync("a/b.json", Bytes("one"), None);
        await _store.WriteAsync("a/b.json", Bytes("two"), None);
        (await _store.ReadAsync("a/b.json", None)).ShouldBe(Bytes("two"));
        (await _store.ExistsAsync("a/b.json", None)).ShouldBeTrue();
        await using var stream = await _store.OpenReadAsync("a/b.json", None);
        new StreamReader(stream!).ReadToEnd().ShouldBe("two");
        (await _store.OpenReadAsync("a/c.json", None)).ShouldBeNull();
        (await _store.ReadAsync("a", None)).ShouldBeNull();
        (await _store.ReadAsync("a/b.json/c", None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("../x")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a/b/")]
    [InlineData("a\0b")]
    [InlineData(".tmp/x")]
    public async Task A_key_that_could_lead_elsewhere_is_refused(string key)
    {
        await Should.ThrowAsync<ArgumentException>(() => _store.WriteAsync(key, Bytes("x"), None));
        await Should.ThrowAsync<ArgumentException>(() => _store.ReadAsync(key, None));
    }

    [Fact]
    public async Task Keys_are_listed_in_their_order_and_half_written_files_never()
    {
        foreach (var key in new[] { "a/b/2", "a/b.txt", "a/b/1", "a/a", "c/x", "a/é" }) await _store.WriteAsync(key, Bytes(key), None);
        _folder.Write("store/.tmp/leftover", "half");
        (await Keys("a/")).ShouldBe(["a/a", "a/b.txt", "a/b/1", "a/b/2", "a/é"]);
        (await Keys("a/b")).ShouldBe(["a/b/1", "a/b/2"]);
        (await Keys("")).ShouldBe(["a/a", "a/b.txt", "a/b/1", "a/b/2", "a/é", "c/x"]);
        (await Keys("none/")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_folder_of_keys_is_removed_with_all_its_objects()
    {
        await _store.WriteAsync("a/b/1", Bytes("1"), None);
        await _store.WriteAsync("ab/1", Bytes("1"), None);
        await _store.DeleteAsync("a/", None);
        await _store.DeleteAsync("a/", None);
        (await Keys("")).ShouldBe(["ab/1"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_is_moved_or_copied_into_the_store(bool move)
    {
        var file = _folder.Write("weights.bin", "weights");
        await _store.PutFileAsync("attempts/x/model/weights.bin", file, move, None);
        (await _store.ReadAsync("attempts/x/model/weights.bin", None)).ShouldBe(Bytes("weights"));
        File.Exists(file).ShouldBe(!move);
    }

    [Fact]
    public async Task A_file_of_another_disk_is_copied_when_it_is_moved()
    {
        // /dev/shm is a file system of its own on every Linux.
        var file = $"/dev/shm/tenfold-{Guid.NewGuid():N}";
        File.WriteAllText(file, "far");
        await _store.PutFileAsync("a/b", file, move: true, None);
        (await _store.ReadAsync("a/b", None)).ShouldBe(Bytes("far"));
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task A_reader_sees_the_old_object_or_the_new_one_and_never_a_part()
    {
        byte[] a = new byte[300_000], b = new byte[300_000];
        Array.Fill(b, (byte)1);
        await _store.WriteAsync("x", a, None);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) await _store.WriteAsync("x", i % 2 == 0 ? b : a, None);
            await stop.CancelAsync();
        });
        var reads = 0;
        while (!stop.IsCancellationRequested)
        {
            var seen = (await _store.ReadAsync("x", None))!;
            seen.Length.ShouldBe(300_000);
            seen.AsSpan().ContainsAnyExcept(seen[0]).ShouldBeFalse();
            reads++;
        }
        await writer;
        reads.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_the_old_object_and_says_that_the_disk_is_full()
    {
        // The test knows the temporary name, and makes it a link to a full disk. That works for every user.
        var store = new FolderStore(_folder["full"], () => "next");
        await store.WriteAsync("run/state.json", Bytes("old"), None);
        File.CreateSymbolicLink(_folder["full/.tmp/next"], "/dev/full");
        var e = await Should.ThrowAsync<StoreException>(() => store.WriteAsync("run/state.json", Bytes("new"), None));
        e.Message.ShouldContain($"the disk that holds {_folder["full"]} is full");
        e.Message.ShouldContain("TENFOLD_HOME");
        (await store.ReadAsync("run/state.json", None)).ShouldBe(Bytes("old"));

        File.CreateSymbolicLink(_folder["full/.tmp/next"], "/dev/full");
        var file = _folder.Write("big", "content");
        await Should.ThrowAsync<StoreException>(() => store.PutFileAsync("run/big", file, move: false, None));
        (await store.ExistsAsync("run/big", None)).ShouldBeFalse();
        File.ReadAllText(file).ShouldBe("content");
    }

    [Fact]
    public async Task A_missing_permission_says_what_to_do()
    {
        await _store.WriteAsync("a/b", Bytes("x"), None);
        AsNobody.SetMode(_folder.Path, 0x1ED);
        AsNobody.SetMode(_folder["store"], 0x16D);
        AsNobody.SetMode(_folder["store/.tmp"], 0x16D);
        AsNobody.SetMode(_folder["store/a/b"], 0);
        string Fails(Func<Task> action) => AsNobody.Run(() =>
        {
            try
            {
                action().GetAwaiter().GetResult();
                return "it worked";
            }
            catch (StoreException e)
            {
                return e.Message;
            }
        });
        Fails(() => _store.WriteAsync("a/c", Bytes("y"), None)).ShouldContain("permission denied. Give yourself write permission");
        Fails(() => _store.ReadAsync("a/b", None)).ShouldContain("can't be read: permission denied");
        AsNobody.SetMode(_folder["store"], 0x1ED);
    }

    [Theory]
    [InlineData(28, "is full: free space")]
    [InlineData(30, "is read-only: make it writable")]
    [InlineData(122, "quota")]
    [InlineData(5, "the disk reports a fault")]
    [InlineData(27, "can't be written: File too large. Check /home/x")]
    [InlineData(40, "belongs to another user")]
    [InlineData(-1, "can't be written: odd. Check /home/x")]
    public void Each_error_of_a_disk_has_its_own_advice(int error, string words) =>
        DiskFault.Translate(new IOException("odd.", error), "/home/x/a", "/home/x", writing: true).Message.ShouldContain(words);

    private async Task<List<string>> Keys(string folder)
    {
        var keys = new List<string>();
        await foreach (var entry in _store.ListAsync(folder, None)) keys.Add(entry.Key);
        return keys;
    }
}
