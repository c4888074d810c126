using Microsoft.Extensions.Logging.Abstractions;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Requests;
using Tenfold.Gateway.RequestLog;

namespace Tenfold.Gateway.Tests.RequestLog;

public sealed class Requests_are_recorded_before_the_reply : IDisposable
{
    private readonly SpoolBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(Durability.Write)]
    [InlineData(Durability.Fsync)]
    [InlineData(Durability.Async)]
    public async Task Concurrent_requests_are_loaded_once_each(Durability durability)
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<Guid>();
        await using (var recorder = _bench.Open(_bench.Options with { Durability = durability, SegmentBytes = 20_000 }))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    var request = SpoolBench.Request(i * 10);
                    (await recorder.AppendAsync(request, default)).ShouldBe(AppendOutcome.Recorded);
                    ids.Add(request.Id);
                }
            })));
            await recorder.LoadAllAsync(default);
            var status = recorder.Status;
            (status.Recorded, status.Loaded, status.Losses, status.WriteFault, status.LoadFault)
                .ShouldBe((320, 320, SpoolLosses.None, null, null));
        }

        (await _bench.ReadAsync()).Select(one => one.Id).ShouldBe(ids, ignoreOrder: true);
        _bench.Segments.Length.ShouldBeLessThan(4);
    }

    [Fact]
    public async Task An_acknowledged_record_is_in_the_file()
    {
        using (var folder = _bench.OpenFolder())
        using (var writer = new SpoolWriter(folder, _bench.Options, TimeProvider.System))
        {
            foreach (var i in Enumerable.Range(0, 10))
            {
                var request = SpoolBench.Request();
                (await writer.AppendAsync(request)).ShouldBe(AppendOutcome.Recorded);
                var read = new SpoolReader(folder, 1000, 100_000).Read(null, writer.End).ShouldNotBeNull();
                read.Requests.Count.ShouldBe(i + 1);
                read.Requests[^1].Id.ShouldBe(request.Id);
            }
        }
    }

    [Fact]
    public async Task Large_and_small_records_are_read_whatever_the_size_of_a_read()
    {
        int[] lengths = [0, 100_000, 1, 3_000_000, 5, 70_000];
        using (var folder = _bench.OpenFolder())
        using (var writer = new SpoolWriter(folder, _bench.Options with { SegmentBytes = 200_000 }, TimeProvider.System))
        {
            foreach (var length in lengths) await writer.AppendAsync(SpoolBench.Request(length));
            foreach (var (records, bytes) in ((int, int)[])[(1, 1), (2, 50), (100, 1000), (100, 10_000_000)])
            {
                var reader = new SpoolReader(folder, records, bytes);
                var read = new List<int>();
                SpoolPosition? at = null;
                while (read.Count < lengths.Length)
                {
                    var part = reader.Read(at, writer.End).ShouldNotBeNull();
                    at = part.To;
                    read.AddRange(part.Requests.Select(one => one.RequestBody.Length - 2));
                    (part.Torn, part.Damaged).ShouldBe((0, 0));
                }

                read.ShouldBe(lengths);
            }
        }
    }

    [Fact]
    public async Task Feedback_and_requests_are_loaded_together()
    {
        var request = SpoolBench.Request();
        await using (var recorder = _bench.Open())
        {
            await recorder.AppendAsync(request, default);
            var feedback = new Feedback { RequestId = request.Id, Metric = "reward", Value = 1, At = request.At };
            (await recorder.AppendAsync(feedback, default)).ShouldBe(AppendOutcome.Recorded);
            await recorder.LoadAllAsync(default);
        }

        (await _bench.OpenLog().ListFeedbackAsync(request.Id, default)).ShouldHaveSingleItem().Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_spool_belongs_to_one_gateway_at_a_time()
    {
        await using var first = _bench.Open();
        var second = RequestRecorder.Open(
            _bench.Options, _bench.OpenLog(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        second.Refusal().Kind.ShouldBe(RefusalKind.Unavailable);
    }

    [Fact]
    public async Task Records_of_a_gateway_that_ended_are_loaded_by_the_next()
    {
        var away = new AwayLog(_bench.OpenLog()) { IsAway = true };
        await using (var recorder = _bench.Open(log: away)) await recorder.AppendAsync(SpoolBench.Request(), default);
        (await _bench.ReadAsync()).ShouldBeEmpty();
        await using (var recorder = _bench.Open()) await recorder.LoadAllAsync(default);
        (await _bench.ReadAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Spools_of_gateways_that_ended_for_good_are_loaded_by_another()
    {
        var away = new AwayLog(_bench.OpenLog()) { IsAway = true };
        await using (var recorder = _bench.Open(log: away)) await recorder.AppendAsync(SpoolBench.Request(), default);
        var other = _bench.Options with { Folder = Path.Combine(_bench.Folder, "spool", "other") };
        await using var running = _bench.Open(other);
        var upkeep = new RequestUpkeep(
            other, _bench.OpenLog(), TimeSpan.FromDays(1), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await upkeep.RunOnceAsync(default);
        (await _bench.ReadAsync()).Count.ShouldBe(1);
        Directory.Exists(_bench.Spool).ShouldBeFalse();
        Directory.Exists(other.Folder).ShouldBeTrue();
    }

    [Fact]
    public async Task An_idle_loader_does_not_search_the_spool()
    {
        using var spool = _bench.OpenFolder();
        using var writer = new SpoolWriter(spool, _bench.Options, TimeProvider.System);
        var loader = new SpoolLoader(spool, writer, _bench.OpenLog(), _bench.Options, TimeProvider.System, NullLogger.Instance);
        for (var record = 0; record < 3; record++)
        {
            (await writer.AppendAsync(SpoolBench.Request())).ShouldBe(AppendOutcome.Recorded);
            await loader.LoadAllAsync(TestContext.Current.CancellationToken);
            var reads = loader.Reads;
            for (var look = 0; look < 10; look++) await loader.LoadAllAsync(TestContext.Current.CancellationToken);
            loader.Reads.ShouldBe(reads);
            (await _bench.ReadAsync()).Count.ShouldBe(record + 1);
        }
    }

    [Fact]
    public async Task Requests_are_deleted_after_their_retention()
    {
        await using (var recorder = _bench.Open())
        {
            await recorder.AppendAsync(SpoolBench.Request() with { At = TimeProvider.System.GetUtcNow().AddDays(-8) }, default);
            await recorder.AppendAsync(SpoolBench.Request(), default);
            await recorder.LoadAllAsync(default);
        }

        var upkeep = new RequestUpkeep(
            _bench.Options, _bench.OpenLog(), TimeSpan.FromDays(7), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await upkeep.RunOnceAsync(default);
        (await _bench.ReadAsync()).Count.ShouldBe(1);
    }
}
