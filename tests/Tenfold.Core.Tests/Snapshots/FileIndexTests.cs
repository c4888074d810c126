using Tenfold.Core.Platform;
using Tenfold.Core.Snapshots;

namespace Tenfold.Core.Tests.Snapshots;

public sealed class FileIndexTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly long NowNs = (Now.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Saved_hashes_are_found_again()
    {
        PinnedFile[] files = [.. Enumerable.Range(0, 1000).Select(i => Old($"folder/é{i}.py", i))];
        Load().Save(files, Now, "summary");
        var index = Load();
        index.Count.ShouldBe(1000);
        index.Summary.ShouldBe("summary");
        foreach (var file in files)
        {
            var found = index.Find(file.Path, file.Stat);
            found.ShouldBeGreaterThanOrEqualTo(0);
            index.HashOf(found).ToArray().ShouldBe(file.Sha256);
        }
        index.Find("other", files[0].Stat).ShouldBeLessThan(0);
    }

    [Fact]
    public void A_file_whose_metadata_changed_is_not_found()
    {
        var file = Old("a", 1);
        Load().Save([file], Now, "");
        var index = Load();
        FileStat[] changed =
        [
            file.Stat with { SizeBytes = 2 }, file.Stat with { ModifiedNs = file.Stat.ModifiedNs + 1 },
            file.Stat with { ChangedNs = file.Stat.ChangedNs + 1 }, file.Stat with { Inode = 77 },
        ];
        foreach (var stat in changed) index.Find("a", stat).ShouldBeLessThan(0);
        index.Find("a", file.Stat).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Theory]
    [InlineData(-1_000_000_001, true)]
    [InlineData(-100_000_001, true)]
    [InlineData(-99_999_999, false)]
    [InlineData(0, false)]
    [InlineData(3_600_000_000_000, false)]
    public void A_file_that_changed_at_the_time_of_the_observation_is_read_again(long afterObservationNs, bool trusted)
    {
        var early = new FileStat(FileKind.File, false, 1, NowNs - 86_400_000_000_001, NowNs + afterObservationNs, 1, 1);
        FileIndex.IsSettled(early, NowNs).ShouldBe(trusted);
        FileIndex.IsSettled(early with { ModifiedNs = early.ChangedNs, ChangedNs = early.ModifiedNs }, NowNs).ShouldBe(trusted);
        Load().Save([new PinnedFile("a", early, new byte[32])], Now, "");
        (Load().Find("a", early) >= 0).ShouldBe(trusted);
    }

    [Fact]
    public void A_disk_that_stores_whole_seconds_gets_more_time()
    {
        var seconds = NowNs - 1_000_000_000;
        FileIndex.IsSettled(new FileStat(FileKind.File, false, 1, seconds, seconds, 1, 1), NowNs).ShouldBeFalse();
        var coarse = new FileStat(FileKind.File, false, 1, seconds - 2_000_000_000, seconds - 2_000_000_000, 1, 1);
        FileIndex.IsSettled(coarse, NowNs).ShouldBeTrue();
    }

    [Fact]
    public void A_damaged_index_is_an_empty_one()
    {
        Load().Save([Old("a", 1), Old("b", 2)], Now, "x");
        var path = Directory.GetFiles(_folder["cache"]).Single();
        var good = File.ReadAllBytes(path);
        for (var i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 0x40;
            File.WriteAllBytes(path, bad);
            // Bytes 12 to 15 are padding.
            Load().Count.ShouldBe(i is >= 12 and < 16 ? 2 : 0, $"byte {i}");
        }
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Load().Count.ShouldBe(0);
        }
    }

    [Fact]
    public void Two_folders_do_not_share_an_index()
    {
        Load().Save([Old("a", 1)], Now, "");
        var path = Directory.GetFiles(_folder["cache"]).Single();
        FileIndex.Load(_folder["cache"], "/other").Save([], Now, "");
        var other = Directory.GetFiles(_folder["cache"]).Single(file => file != path);
        File.Copy(path, other, overwrite: true);
        FileIndex.Load(_folder["cache"], "/other").Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_change_that_keeps_size_and_time_is_seen()
    {
        // Size and modification time are as before, so only the change time differs.
        var path = _folder.Write("p/a.py", "x = 1\n");
        DateTime time = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        var hash = new ContentHasher(_folder["cache"], ManualClock.Later);
        string Sha() => ((ContentHashOutcome.Hashed)hash.Compute(_folder["p"], CancellationToken.None)).Sha256;
        var first = Sha();
        Sha().ShouldBe(first);
        await Task.Delay(50);
        File.WriteAllText(path, "x = 2\n");
        File.SetLastWriteTimeUtc(path, time);
        Sha().ShouldNotBe(first);
    }

    private FileIndex Load() => FileIndex.Load(_folder["cache"], "/project");

    private static PinnedFile Old(string path, int i)
    {
        var hash = new byte[32];
        hash[3] = (byte)i;
        var stat = new FileStat(FileKind.File, false, i, NowNs - 86_400_000_000_001, NowNs - 86_400_000_000_000, (ulong)i, 1);
        return new PinnedFile(path, stat, hash);
    }
}
