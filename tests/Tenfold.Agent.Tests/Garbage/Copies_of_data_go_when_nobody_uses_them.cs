using Tenfold.Agent.Tests.Control;
using Tenfold.Agent.Tests.Studies;
using Tenfold.Core.Garbage;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;
using Tenfold.Sql;

namespace Tenfold.Agent.Tests.Garbage;

public sealed class Copies_of_data_go_when_nobody_uses_them : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StandingClock _time = new() { Now = DateTimeOffset.UtcNow };

    public Copies_of_data_go_when_nobody_uses_them()
    {
        foreach (var name in new[] { "whole", "half" }) _folder.Write($"data/{name}/set/deep/a", "1234");
        _folder.Write("data/whole.sha256", "x");
        _folder.Write("data/whole.lock", "");
        _folder.Write("data/half.part/0", "12");
        _folder.Write("data/begun.part/0", "1");
    }

    public void Dispose() => _folder.Dispose();

    private async Task<IReadOnlyList<GarbageItem>> FindAsync()
    {
        var (store, ledger) = (new FolderStore(_folder["store"]), new SqlLedger(new SqliteDatabase(_folder["ledger.db"])));
        var finder = new GarbageFinder(ledger, new FakeReach(new FakeTarget(), store), _time) { Copies = _folder["data"] };
        return (await finder.FindAsync(await ledger.IdAsync(CancellationToken.None), [store], null, new Retention(), CancellationToken.None)).Items;
    }

    private string[] There() => [.. Directory.GetFileSystemEntries(_folder["data"]).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task After_seven_days_whole_ones_and_half_ones()
    {
        _time.Now += TimeSpan.FromDays(6);
        (await FindAsync()).ShouldBeEmpty();
        _time.Now += TimeSpan.FromDays(2);
        var items = await FindAsync();
        items.Select(item => (item.Kind, Path.GetFileName(item.Name), item.SizeBytes)).ShouldBe([(GarbageKind.Copy, "begun", 1), (GarbageKind.Copy, "half", 6), (GarbageKind.Copy, "whole", 4)]);
        foreach (var item in items) (await GarbageLook.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        There().ShouldAllBe(name => name.EndsWith(".lock"));
        (await FindAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_that_was_taken_up_after_it_was_found_stays(bool held)
    {
        _time.Now += TimeSpan.FromDays(8);
        var item = (await FindAsync()).Single(item => Path.GetFileName(item.Name) == "whole");
        using var user = held ? FileLock.TryTake(_folder["data/whole.lock"]) : null;
        if (!held) File.SetLastWriteTimeUtc(_folder["data/whole.sha256"], _time.Now.UtcDateTime);
        (await GarbageLook.RemoveAsync(item, CancellationToken.None)).ShouldBeNull();
        File.Exists(_folder["data/whole/set/deep/a"]).ShouldBeTrue();
        There().ShouldContain("whole.sha256");
    }
}
