using System.Buffers.Binary;
using Tenfold.Core.Requests;
using Tenfold.Gateway.RequestLog;

namespace Tenfold.Gateway.Tests.RequestLog;

public sealed class Nothing_acknowledged_is_lost : IDisposable
{
    private readonly SpoolBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Requests_are_loaded_once_each_when_the_database_comes_back()
    {
        var log = new AwayLog(_bench.OpenLog()) { IsAway = true };
        await using (var recorder = _bench.Open(_bench.Options with { SegmentBytes = 1000 }, log))
        {
            await log.Failed.Task;
            for (var i = 0; i < 50; i++) (await recorder.AppendAsync(SpoolBench.Request(), default)).ShouldBe(AppendOutcome.Recorded);
            log.Failed = new TaskCompletionSource();
            await log.Failed.Task;
            (recorder.Status.Loaded, recorder.Status.LoadFault).ShouldBe((0, "the database is away"));
            log.IsAway = false;
            await recorder.LoadAllAsync(default);
            (recorder.Status.Loaded, recorder.Status.LoadFault).ShouldBe((50, null));
        }

        (await _bench.ReadAsync()).Count.ShouldBe(50);
    }

    [Fact]
    public async Task Requests_are_loaded_once_each_when_confirmations_of_commits_are_lost()
    {
        var log = new AwayLog(_bench.OpenLog()) { LosesEvery = 2 };
        await using (var recorder = _bench.Open(_bench.Options with { BatchRecords = 7 }, log))
        {
            for (var i = 0; i < 100; i++) await recorder.AppendAsync(SpoolBench.Request(), default);
            await recorder.LoadAllAsync(default);
        }

        (await _bench.ReadAsync()).Count.ShouldBe(100);
        log.Loads.ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_torn_record_at_the_end_of_a_segment_is_counted_and_stops_nothing()
    {
        await AppendAsync(3);
        var whole = await File.ReadAllBytesAsync(_bench.Segments[0]);
        var last = whole.Length - ((whole.Length - SpoolFormat.Header.Length) / 3);
        // The end of the process may come after any byte.
        foreach (var length in (int[])[whole.Length - 1, last + 30, last + SpoolFormat.Prefix, last + 5, last + 1])
        {
            using var bench = new SpoolBench();
            await bench.AppendAsync(3);
            await File.WriteAllBytesAsync(bench.Segments[0], whole[..length]);
            await bench.AppendAsync(2);
            (await bench.LoadAsync()).ShouldBe(new SpoolLosses(0, 1, 0), $"{length} of {whole.Length}");
            (await bench.ReadAsync()).Count.ShouldBe(4);
            (await bench.LoadAsync()).Torn.ShouldBe(1);
            (await bench.OpenLog().ListSpoolsAsync(default)).ShouldHaveSingleItem().Losses.Torn.ShouldBe(1);
        }
    }

    [Fact]
    public async Task A_segment_without_records_is_skipped()
    {
        // Each in a spool of which the database knows no position yet.
        foreach (var bytes in (byte[][])[[], [1, 2], SpoolFormat.Header.ToArray()])
        {
            using var bench = new SpoolBench();
            await bench.AppendAsync(1);
            await File.WriteAllBytesAsync(Path.Combine(bench.Spool, "0000000000000001.seg"), bytes);
            await bench.LoadAsync();
            (await bench.ReadAsync()).Count.ShouldBe(1, $"{bytes.Length} bytes");
        }
    }

    [Fact]
    public async Task Damage_inside_a_segment_costs_only_the_damaged_records_and_is_preserved()
    {
        await AppendAsync(5);
        var file = _bench.Segments[0];
        var whole = await File.ReadAllBytesAsync(file);
        var length = (whole.Length - SpoolFormat.Header.Length) / 5;
        var second = SpoolFormat.Header.Length + length;
        // The mark, the length (too small, too large, absurd), the checksum, the content.
        Action<byte[]>[] damages =
        [
            bytes => bytes[second] ^= 1, bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(second + 4), 3),
            bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(second + 4), 100_000),
            bytes => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(second + 4), -1), bytes => bytes[second + 9] ^= 1,
            bytes => bytes[second + length - 1] ^= 1, bytes => bytes.AsSpan(second, length).Clear(),
        ];
        foreach (var damage in damages)
        {
            using var bench = new SpoolBench();
            await bench.AppendAsync(1);
            var bytes = whole.ToArray();
            damage(bytes);
            await File.WriteAllBytesAsync(bench.Segments[0], bytes);
            (await bench.LoadAsync()).ShouldBe(new SpoolLosses(0, 0, 1));
            (await bench.ReadAsync()).Count.ShouldBe(4);
            (await File.ReadAllBytesAsync(Directory.GetFiles(bench.Spool, "*.damaged").ShouldHaveSingleItem())).ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task A_segment_of_a_newer_version_is_left_alone()
    {
        await AppendAsync(1);
        var bytes = await File.ReadAllBytesAsync(_bench.Segments[0]);
        bytes[7]++;
        await File.WriteAllBytesAsync(_bench.Segments[0], bytes);
        (await Should.ThrowAsync<IOException>(() => _bench.LoadAsync())).Message.ShouldContain("upgrade");
        (await File.ReadAllBytesAsync(_bench.Segments[0])).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_spool_is_loaded_again_into_an_empty_database()
    {
        await AppendAsync(3);
        await _bench.LoadAsync();
        var other = new SpoolBench();
        await _bench.LoadAsync(other.OpenLog());
        (await other.ReadAsync()).Count.ShouldBe(3);
        other.Dispose();
    }

    private Task AppendAsync(int count) => _bench.AppendAsync(count);
}
