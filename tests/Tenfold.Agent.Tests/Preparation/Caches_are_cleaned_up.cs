using Tenfold.Agent.Preparation;
using Tenfold.Core.Hosts;
using Tenfold.Core.Platform;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Tests.Preparation;

[Collection(nameof(Alone))]
public sealed class Caches_are_cleaned_up : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, int> _made = [];
    private double _free = 1;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unused_entries_are_removed_with_everything_beside_them()
    {
        await UseAsync("environments/new", days: 13);
        await UseAsync("environments/old", days: 15);
        await UseAsync("data/old", days: 15);
        using var inUse = await TakeAsync("snapshots/used");
        Age("snapshots/used", 15);
        await UseAsync("builds/made", days: 15);
        using var making = FileLock.TryAcquire(_folder["builds/made.lock"]);
        // Of an earlier release, and of removals and fetches that were killed.
        _folder.Write("agents/old/tenfold", "x");
        Directory.SetLastWriteTimeUtc(_folder["agents/old"], Days(15));
        _folder.Write("environments/x.gone/part", "x");
        File.SetLastWriteTimeUtc(_folder.Write("data/forgotten.lock", ""), Days(15));
        _folder.Write("data/waited-for.lock", "");

        Clean().ShouldBe(3);

        Names().ShouldBe([
            "builds/made", "builds/made.lock", "builds/made.use", "data/waited-for.lock", "environments/new", "environments/new.lock",
            "environments/new.use",
            "snapshots/used", "snapshots/used.lock", "snapshots/used.use"]);
    }

    [Fact]
    public async Task The_oldest_entries_are_removed_when_the_disk_is_nearly_full()
    {
        foreach (var (name, days) in new[] { ("a", 2), ("b", 4), ("c", 3), ("d", 0) }) await UseAsync($"data/{name}", days);
        _free = 0.04;
        Clean(freed: 0.025).ShouldBe(2);
        Directory.GetDirectories(_folder["data"]).Select(Path.GetFileName).Order().ShouldBe(["a", "d"]);
    }

    [Fact]
    public async Task One_process_an_hour_cleans_up()
    {
        await UseAsync("data/old", days: 15);
        using (FileLock.TryAcquire(_folder["cleaning.lock"])) Clean().ShouldBe(0);
        Clean().ShouldBe(1);
        await UseAsync("data/old", days: 15);
        Clean().ShouldBe(0);
        File.SetLastWriteTimeUtc(_folder["cleaned"], DateTime.UtcNow.AddHours(-2));
        Clean().ShouldBe(1);
    }

    [Fact]
    public void Files_that_could_not_be_uploaded_stay_for_a_month_and_the_locks_of_attempts_go_with_them()
    {
        foreach (var (attempt, days) in new[] { ("a-1-1", 29), ("b-1-1", 31) })
        {
            _folder.Write($"work/node1/{attempt}/model/m", "x");
            _folder.Write($"work/node1/{attempt}.lock", "");
            File.SetLastWriteTimeUtc(_folder.Write($"work/node1/{attempt}.left", ""), Days(days));
        }

        _folder.Write("work/node2/c-1-1/model/m", "x");
        foreach (var attempt in new[] { "c-1-1", "d-1-1" })
            File.SetLastWriteTimeUtc(_folder.Write($"work/node2/{attempt}.lock", ""), Days(100));
        Clean();
        Directory.GetFileSystemEntries(_folder["work"], "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(_folder["work"], path))
            .Where(path => path.Count(c => c == '/') == 1).Order(StringComparer.Ordinal)
            .ShouldBe(["node1/a-1-1", "node1/a-1-1.left", "node1/a-1-1.lock", "node2/c-1-1", "node2/c-1-1.lock"]);
    }

    [Fact]
    public async Task A_job_cleans_up_before_it_begins()
    {
        await UseAsync("environments/old", days: 15);
        var settings = new AgentSettings
        {
            Home = _folder.Path,
            Store = new FolderStore(_folder["store"]),
            Machine = Environment.MachineName,
            Variables = ProcessVariables.Read(),
            Host = new PlainHost(new Dictionary<string, string>()),
        };
        await new JobAgent(settings, "no-1-1").RunAsync(None);
        Directory.Exists(_folder["environments/old"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_removed_lock_is_still_held_by_one_process_at_a_time()
    {
        int inside = 0, most = 0, turns = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            while (Volatile.Read(ref turns) < 400)
            {
                if (FileLock.TryAcquire(_folder["x.lock"]) is not { } held) continue;
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                Interlocked.Increment(ref turns);
                Interlocked.Decrement(ref inside);
                held.Remove();
            }
        })));
        most.ShouldBe(1);
        File.Exists(_folder["x.lock"]).ShouldBeFalse();
    }

    [Fact]
    public async Task One_process_makes_an_entry_while_others_wait_and_then_all_share_it()
    {
        var takers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => TakeAsync("data/shared"))));
        _made["shared"].ShouldBe(1);
        foreach (var taken in takers[1..]) taken.Dispose();
        CacheEntry.TryRemove(_folder["data/shared"], DateTimeOffset.MaxValue).ShouldBeFalse();
        takers[0].Dispose();
        CacheEntry.TryRemove(_folder["data/shared"], DateTimeOffset.MaxValue).ShouldBeTrue();
    }

    [Fact]
    public void Removed_files_are_noticed_and_the_others_get_a_new_time()
    {
        var module = _folder.Write("e/lib/module.py", "x");
        _folder.Write("e/lib/__pycache__/module.pyc", "x");
        File.CreateSymbolicLink(_folder["e/lib64"], "lib");
        CacheFiles.Record(_folder["e"]);
        var written = DateTime.UnixEpoch.AddDays(1000);
        File.SetLastWriteTimeUtc(module, written);
        File.SetLastAccessTimeUtc(module, written);
        Directory.Delete(_folder["e/lib/__pycache__"], recursive: true);

        Old().ShouldBeTrue();
        File.GetLastWriteTimeUtc(module).ShouldBe(written, "Python would compile it again");
        File.GetLastAccessTimeUtc(module).ShouldBeGreaterThan(written);
        File.GetLastWriteTimeUtc(_folder["e/.ready"]).ShouldBeGreaterThan(Days(1));

        File.Delete(_folder["e/lib64"]);
        Old().ShouldBeFalse();
        File.CreateSymbolicLink(_folder["e/lib64"], "lib");
        Old().ShouldBeTrue();
        File.Delete(module);
        Old().ShouldBeFalse();

        bool Old()
        {
            File.SetLastWriteTimeUtc(_folder["e/.ready"], Days(2));
            return CacheFiles.IsWhole(_folder["e"], TimeProvider.System);
        }
    }

    private static DateTime Days(int ago) => DateTime.UtcNow.AddDays(-ago);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private int Clean(double freed = 0) => new CacheCleaner(_folder.Path, TimeProvider.System)
    {
        // Each look finds more room, as after a removal.
        FreePart = () =>
        {
            var now = _free;
            _free += freed;
            return now;
        },
    }.Run();

    private async Task<CacheEntry> TakeAsync(string path)
    {
        var cache = new CacheFolder(_folder[Path.GetDirectoryName(path)!], new BuildLocks(Eventually.Deadline, TimeProvider.System));
        var taken = await cache.AcquireAsync(Path.GetFileName(path), "a thing", _ => Task.FromResult(true), MakeAsync, _ => { }, None);
        return taken.Value.ShouldNotBeNull(taken.Refusal);

        Task<string?> MakeAsync(string place)
        {
            Directory.CreateDirectory(place);
            lock (_made) _made[Path.GetFileName(place)] = _made.GetValueOrDefault(Path.GetFileName(place)) + 1;
            return Task.FromResult<string?>(null);
        }
    }

    private async Task UseAsync(string path, int days)
    {
        (await TakeAsync(path)).Dispose();
        Age(path, days);
    }

    private void Age(string path, int days) => File.SetLastWriteTimeUtc(_folder[$"{path}.use"], Days(days));

    private string[] Names() =>
        [.. new[] { "agents", "builds", "data", "environments", "snapshots" }.SelectMany(
            folder => Directory.GetFileSystemEntries(_folder[folder]))
            .Select(path => Path.GetRelativePath(_folder.Path, path)).Order(StringComparer.Ordinal)];
}
