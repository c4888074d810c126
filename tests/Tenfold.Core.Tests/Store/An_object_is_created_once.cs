using System.Diagnostics;
using System.Text;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

public sealed class An_object_is_created_once : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public An_object_is_created_once() => _store = new FolderStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    private static CancellationToken None => CancellationToken.None;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task The_second_creation_fails_and_changes_nothing()
    {
        (await _store.TryCreateAsync("attempts/x/claim", Bytes("first"), None)).ShouldBeTrue();
        (await _store.TryCreateAsync("attempts/x/claim", Bytes("second"), None)).ShouldBeFalse();
        (await _store.TryCreateAsync("attempts/x/claim", Bytes("first"), None)).ShouldBeFalse();
        (await _store.ReadAsync("attempts/x/claim", None)).ShouldBe(Bytes("first"));
        _folder.Files().ShouldBe(["store/attempts/x/claim"]);
    }

    [Fact]
    public async Task A_removed_object_can_be_created_again()
    {
        (await _store.TryCreateAsync("a/b", Bytes(""), None)).ShouldBeTrue();
        await _store.DeleteAsync("a/", None);
        (await _store.TryCreateAsync("a/b", Bytes("new"), None)).ShouldBeTrue();
        await _store.WriteAsync("a/b", Bytes("replaced"), None);
        (await _store.ReadAsync("a/b", None)).ShouldBe(Bytes("replaced"));
    }

    [Fact]
    public async Task One_of_many_threads_creates_the_object()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = $"claims/{round}/claim";
            using var start = new Barrier(8);
            var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait();
                    return await _store.TryCreateAsync(key, Bytes($"{i}"), None);
                },
                None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));
            made.Count(one => one).ShouldBe(1);
            (await _store.ReadAsync(key, None)).ShouldBe(Bytes($"{Array.IndexOf(made, true)}"));
        }
    }

    [Fact]
    public async Task One_of_many_processes_creates_the_object()
    {
        Process[] processes = [.. Enumerable.Range(0, 5).Select(_ => OtherProcess.Start(_folder["store"]))];
        _folder.Write("store.go", "");
        var makers = new Dictionary<string, int>();
        foreach (var process in processes)
        {
            var keys = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            foreach (var key in keys) makers.TryAdd(key, process.Id).ShouldBeTrue($"{key} was made twice");
        }
        makers.Count.ShouldBe(OtherProcess.Keys);
        foreach ((var key, var maker) in makers)
        {
            var content = (await _store.ReadAsync($"claims/{key}/claim", None))!;
            content.Length.ShouldBe(40_000);
            content.AsSpan().ContainsAnyExcept((byte)maker).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_disk_without_room_creates_nothing()
    {
        var store = new FolderStore(_folder["full"], () => "next");
        await store.WriteAsync("other", Bytes("x"), None);
        File.CreateSymbolicLink(_folder["full/.tmp/next"], "/dev/full");
        var e = await Should.ThrowAsync<StoreException>(() => store.TryCreateAsync("claim", Bytes("mine"), None));
        e.IsFull.ShouldBeTrue();
        (await store.ExistsAsync("claim", None)).ShouldBeFalse();
    }

    [Fact]
    public void A_disk_without_hard_links_uses_rename()
    {
        string from = _folder.Write("from", "new"), taken = _folder.Write("taken", "old");
        Posix.RenameToNew(from, taken).ShouldBe(Posix.Eexist);
        File.ReadAllText(taken).ShouldBe("old");
        Posix.RenameToNew(from, _folder["free"]).ShouldBe(0);
        File.ReadAllText(_folder["free"]).ShouldBe("new");
    }
}
