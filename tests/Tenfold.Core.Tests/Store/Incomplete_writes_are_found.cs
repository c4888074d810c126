using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Store;

public sealed class Incomplete_writes_are_found : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<List<IncompleteWrite>> List(FolderStore store, DateTimeOffset before)
    {
        var found = new List<IncompleteWrite>();
        await foreach (var write in store.ListIncompleteAsync(before, default)) found.Add(write);
        return found;
    }

    [Fact]
    public async Task Leftovers_of_killed_writers_are_listed_by_age_and_removed()
    {
        var store = new FolderStore(_folder["store"]);
        var now = DateTimeOffset.UtcNow;
        (await List(store, now)).ShouldBeEmpty();
        await store.WriteAsync("attempts/x/state", "kept"u8.ToArray(), default);
        File.SetLastWriteTimeUtc(_folder.Write("store/.tmp/half", "half"), now.AddDays(-3).UtcDateTime);
        _folder.Write("store/.tmp/doomed/run/log", "gone");
        Directory.SetLastWriteTimeUtc(_folder["store/.tmp/doomed"], now.AddDays(-2).UtcDateTime);
        _folder.Write("store/.tmp/young", "at work");
        var old = await List(store, now.AddDays(-1));
        old.Select(write => (write.Name, write.SizeBytes)).Order().ShouldBe([("doomed", null), ("half", 4L)]);
        foreach (var write in old) await store.RemoveIncompleteAsync(write, default);
        foreach (var write in old) await store.RemoveIncompleteAsync(write, default);
        _folder.Files().ShouldBe(["store/.tmp/young", "store/attempts/x/state"]);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_is_refused()
    {
        var store = new FolderStore(_folder["store"]);
        await store.WriteAsync("a", "kept"u8.ToArray(), default);
        foreach (var name in new[] { "../a", "x/y", "..", "" })
        {
            var write = new IncompleteWrite(name, null, default, null);
            await Should.ThrowAsync<ArgumentException>(() => store.RemoveIncompleteAsync(write, default));
        }

        (await store.ExistsAsync("a", default)).ShouldBeTrue();
    }
}
