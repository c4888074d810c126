using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Pools;

public sealed class Silent_machines_are_offline : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;

    public Silent_machines_are_offline() => _store = new FolderStore(_folder["store"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(600, false)]
    [InlineData(-600, true)]
    public async Task The_age_of_a_record_at_the_store_decides(int seconds, bool isOnline)
    {
        // The machine's own clock is years behind.
        await WriteAsync("ws1-a", TimeSpan.FromSeconds(seconds));
        var seen = (await new PoolRoster(_store, "lab").ReadAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (seen.IsOnline, seen.TakesWork, seen.Machine.Machine).ShouldBe((isOnline, isOnline, "ws1"));
    }

    // A newer version wrote it, or whoever can write to the store.
    [Theory]
    [InlineData("[]")]
    [InlineData("{\"idleSeconds\":1e300,")]
    [InlineData("{\"idleSeconds\":-1,")]
    [InlineData("{\"running\":[null],")]
    [InlineData("{\"running\":null,")]
    [InlineData("{\"missingSecrets\":[null],")]
    public async Task A_record_that_this_version_cannot_read_hides_no_other(string beginning)
    {
        await WriteAsync("ws1-a", TimeSpan.Zero);
        var key = PoolKeys.Machine("lab", "ws1-a");
        var whole = System.Text.Encoding.UTF8.GetString((await _store.ReadAsync(key, CancellationToken.None))!);
        var damaged = beginning == "[]" ? beginning : $"{whole.TrimEnd()[..^1]},{beginning[1..^1]}}}";
        await _store.WriteAsync(
            PoolKeys.Machine("lab", "ws2-b"), System.Text.Encoding.UTF8.GetBytes(damaged), CancellationToken.None);
        (await new PoolRoster(_store, "lab").ReadAsync(CancellationToken.None)).ShouldHaveSingleItem().Machine.Machine.ShouldBe("ws1");
        (await new PoolRoster(_store, "lab").ListAsync(CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Only_records_of_a_week_are_removed()
    {
        await WriteAsync("ws1-a", TimeSpan.FromDays(8));
        await WriteAsync("ws2-b", TimeSpan.FromDays(6));
        var roster = new PoolRoster(_store, "lab");
        await roster.ForgetOldAsync(CancellationToken.None);
        (await roster.ListAsync(CancellationToken.None)).Keys.ShouldBe(["ws2-b"]);
    }

    [Theory]
    [InlineData("lab", true)]
    [InlineData("Lab-2_x.y", true)]
    [InlineData("", false)]
    [InlineData("-lab", false)]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("lä", false)]
    public void A_name_is_a_segment_of_a_key(string name, bool isName) => (PoolKeys.NameFault(name) is null).ShouldBe(isName);

    [Fact]
    public void Entries_are_ordered_by_age_then_by_repeat()
    {
        var entries = new[] { (1, 10), (1, 2), (1, 100), (0, 7), (1_000_000_000, 1) }.Select(pair => Entry(pair.Item1, pair.Item2));
        entries.Order(StringComparer.Ordinal).Select(PoolKeys.AttemptOf)
            .ShouldBe(["k7m2xqab-t3-7-1", "k7m2xqab-t3-2-1", "k7m2xqab-t3-10-1", "k7m2xqab-t3-100-1", "k7m2xqab-t3-1-1"]);
    }

    private static string Entry(int seconds, int repeat) => PoolKeys.Entry("lab", new Assignment
    {
        Group = "k7m2xqab-t3",
        CreatedAt = DateTimeOffset.FromUnixTimeSeconds(seconds),
        Repeat = repeat,
        Seed = 0,
        Spec = null!,
    });

    private async Task WriteAsync(string session, TimeSpan age)
    {
        var machine = new PoolMachine
        {
            Session = session,
            Machine = session.Split('-')[0],
            StartedAt = DateTimeOffset.UnixEpoch,
            Cpus = 4,
            MemoryBytes = 1L << 30,
        };
        var key = PoolKeys.Machine("lab", session);
        await _store.WriteAsync(key, JsonSerializer.SerializeToUtf8Bytes(machine, PoolJson.Default.PoolMachine), CancellationToken.None);
        var path = _folder[$"store/{key}"];
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path) - age);
    }
}
