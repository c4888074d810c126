using System.Runtime.InteropServices;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

/// <summary>A hostile teammate (nobody, where the tests run as root) puts links, pipes and devices into a store.</summary>
public sealed class Nothing_leads_out_of_a_shared_store : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public Nothing_leads_out_of_a_shared_store()
    {
        Directory.CreateDirectory(_folder["store"]);
        AsNobody.SetMode(_folder["store"], 0b111_111_111);
        AsNobody.SetMode(_folder.Path, 0b111_101_101);
        _store = new FolderStore(_folder["store"]);
        _folder.Write("mine/deep/file", "precious");
        _folder.Write("mine/file", "precious");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("attempts")]
    [InlineData("attempts/deep")]
    public async Task Another_users_link_to_a_folder_is_never_followed(string key)
    {
        Plant("attempts", _folder["mine"]);

        await Refused(() => _store.DeleteAsync($"{key}/file", None));
        await Refused(() => _store.WriteAsync($"{key}/file", "x"u8.ToArray(), None));
        await Refused(() => _store.TryCreateAsync($"{key}/new", "x"u8.ToArray(), None));
        await Refused(() => _store.PutFileAsync($"{key}/file", _folder.Write("upload", "x"), move: true, None));
        await Refused(() => _store.ReadAsync($"{key}/file", None));
        await Refused(async () => await _store.ListAsync(key, None).ToListAsync());
        await Refused(async () =>
        {
            await using var writer = _store.AppendSegments($"{key}/log");
            await writer.AppendAsync("x"u8.ToArray(), None);
            await writer.FlushAsync(None);
        });
        (await _store.ListAsync("", None).ToListAsync()).ShouldBeEmpty();

        FilesOf("mine").ShouldBe(["deep/file", "file"]);
        File.ReadAllText(_folder["mine/file"]).ShouldBe("precious");
    }

    [Fact]
    public async Task Another_users_link_to_a_file_is_neither_read_nor_written()
    {
        await _store.WriteAsync("log/other", "x"u8.ToArray(), None);
        AsNobody.SetMode(_folder["store/log"], 0b111_111_111);
        Plant("log/000001.seg", _folder["mine/file"]);
        Plant("log/state", _folder["mine/file"]);

        await Refused(() => _store.ReadAsync("log/state", None));
        var writer = _store.AppendSegments("log");
        await writer.AppendAsync("x"u8.ToArray(), None);
        await Refused(async () => await writer.FlushAsync(None));
        await Refused(async () => await writer.DisposeAsync());
        // A write replaces the link and not its target; removing it leaves the target.
        await _store.WriteAsync("log/state", "new"u8.ToArray(), None);
        await _store.DeleteAsync("log", None);
        File.ReadAllText(_folder["mine/file"]).ShouldBe("precious");
        Directory.Exists(_folder["store/log"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_removal_stays_in_the_folder_that_it_removes()
    {
        await _store.WriteAsync("attempts/a/file", "x"u8.ToArray(), None);
        AsNobody.SetMode(_folder["store/attempts/a"], 0b111_111_111);
        Plant("attempts/a/link", _folder["mine"]);
        Plant("attempts/a/file-link", _folder["mine/file"]);
        await _store.DeleteAsync("attempts", None);
        FilesOf("mine").ShouldBe(["deep/file", "file"]);
        Directory.GetFileSystemEntries(_folder["store"]).Select(Path.GetFileName).ShouldBe([".tmp"]);
        Directory.GetFileSystemEntries(_folder["store/.tmp"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_incomplete_write_that_is_a_link_is_removed_without_its_target()
    {
        await _store.WriteAsync("a", "x"u8.ToArray(), None);
        AsNobody.SetMode(_folder["store/.tmp"], 0b111_111_111);
        Plant(".tmp/link", _folder["mine"]);
        var left = await _store.ListIncompleteAsync(DateTimeOffset.MaxValue, None).ToListAsync();
        left.Select(write => write.Name).ShouldBe(["link"]);
        await _store.RemoveIncompleteAsync(left[0], None);
        FilesOf("mine").ShouldBe(["deep/file", "file"]);
        Directory.GetFileSystemEntries(_folder["store/.tmp"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_of_ones_own_may_lead_to_a_larger_disk()
    {
        Directory.CreateDirectory(_folder["large"]);
        File.CreateSymbolicLink(_folder["store/data"], _folder["large"]);
        await _store.WriteAsync("data/a/b", "x"u8.ToArray(), None);
        File.Exists(_folder["large/a/b"]).ShouldBeTrue();
        (await _store.ReadAsync("data/a/b", None)).ShouldBe("x"u8.ToArray());
        await _store.DeleteAsync("data/a", None);
        FilesOf("large").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pipe_or_a_device_is_no_object_and_keeps_nobody_waiting()
    {
        MakePipe(_folder["store/pipe"], 0b110_110_110).ShouldBe(0);
        File.CreateSymbolicLink(_folder["store/zero"], "/dev/zero");
        var e = await Should.ThrowAsync<StoreException>(() => _store.ReadAsync("pipe", None));
        e.Message.ShouldContain("pipe is a pipe or a device, and not a file");
        await Should.ThrowAsync<StoreException>(() => _store.OpenReadAsync("pipe", None));
        (await Should.ThrowAsync<StoreException>(() => _store.ReadAsync("zero", None))).Message.ShouldContain("zero");
        (await _store.ListAsync("", None).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_new_store_is_closed_to_other_users()
    {
        var store = new FolderStore(_folder["new/store"]);
        await store.WriteAsync("snapshots/a", ".env"u8.ToArray(), None);
        File.GetUnixFileMode(_folder["new/store"])
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AsNobody.RunAsOther(() => File.Exists(_folder["new/store/snapshots/a"])).ShouldBeFalse();
    }

    private string[] FilesOf(string folder) =>
    [
        .. _folder.Files().Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal))
            .Select(file => file[(folder.Length + 1)..]),
    ];

    private static async Task Refused(Func<Task> action) =>
        (await Should.ThrowAsync<StoreException>(action)).Message.ShouldContain("belongs to another user");

    private void Plant(string key, string target) => AsNobody.Link(_folder[$"store/{key}"], target);

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe(string path, uint mode);
}
