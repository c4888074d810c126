using Tenfold.Core.Requests;
using Tenfold.Gateway.RequestLog;

namespace Tenfold.Gateway.Tests.RequestLog;

public sealed class A_full_or_failing_disk_is_survived : IDisposable
{
    private readonly SpoolBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData(FullPolicy.Refuse)]
    [InlineData(FullPolicy.Drop)]
    public async Task A_full_spool_refuses_or_drops_and_counts(FullPolicy policy)
    {
        var log = new AwayLog(_bench.OpenLog()) { IsAway = true };
        var options = _bench.Options with { BudgetBytes = 10_000, WhenFull = policy };
        var recorded = 0;
        await using (var recorder = _bench.Open(options, log))
        {
            recorder.IsRefusing.ShouldBeFalse();
            var lost = 0;
            while (lost < 5)
            {
                var outcome = await recorder.AppendAsync(SpoolBench.Request(), default);
                if (outcome == AppendOutcome.Recorded) recorded++;
                else lost++;
                var whenFull = policy == FullPolicy.Drop ? AppendOutcome.Dropped : AppendOutcome.Refused;
                outcome.ShouldBe(lost == 0 ? AppendOutcome.Recorded : whenFull);
            }

            recorder.Status.SizeBytes.ShouldBeLessThanOrEqualTo(10_000);
            recorder.IsRefusing.ShouldBe(policy == FullPolicy.Refuse);
            recorder.Status.Losses.Dropped.ShouldBe(policy == FullPolicy.Drop ? 5 : 0);
            log.IsAway = false;
            await recorder.LoadAllAsync(default);
            recorder.IsRefusing.ShouldBeFalse();
            (await recorder.AppendAsync(SpoolBench.Request(), default)).ShouldBe(AppendOutcome.Recorded);
            await recorder.LoadAllAsync(default);
        }

        (await _bench.ReadAsync()).Count.ShouldBe(recorded + 1);
        var spool = (await _bench.OpenLog().ListSpoolsAsync(default)).ShouldHaveSingleItem();
        spool.Losses.Dropped.ShouldBe(policy == FullPolicy.Drop ? 5 : 0);
        await using var next = _bench.Open(options);
        next.Status.Losses.Dropped.ShouldBe(policy == FullPolicy.Drop ? 5 : 0);
    }

    [Fact]
    public async Task A_request_larger_than_the_budget_blocks_no_others()
    {
        await using var recorder = _bench.Open(_bench.Options with { BudgetBytes = 10_000 });
        (await recorder.AppendAsync(SpoolBench.Request(20_000), default)).ShouldBe(AppendOutcome.Refused);
        recorder.IsRefusing.ShouldBeFalse();
        (await recorder.AppendAsync(SpoolBench.Request(9_000), default)).ShouldBe(AppendOutcome.Recorded);
        // The large segment is deleted once it is loaded, and there is room again.
        await recorder.LoadAllAsync(default);
        for (var i = 0; i < 20; i++)
        {
            (await recorder.AppendAsync(SpoolBench.Request(5_000), default)).ShouldBe(AppendOutcome.Recorded);
            await recorder.LoadAllAsync(default);
        }
    }

    [Theory]
    [InlineData("create")]
    [InlineData("header")]
    [InlineData("write")]
    [InlineData("flush")]
    public async Task After_an_error_the_next_record_begins_another_segment(string failing)
    {
        var disk = new FailingDisk();
        var options = _bench.Options with { Durability = Durability.Fsync };
        var acknowledged = new List<Guid>();
        using (var folder = _bench.OpenFolder())
        using (var writer = new SpoolWriter(folder, options, TimeProvider.System, disk.Create))
        {
            await AppendAsync(writer, AppendOutcome.Recorded);
            disk.Failing = failing;
            if (failing is "create" or "header")
            {
                // Only a new segment is created.
                disk.Failing = "write";
                await AppendAsync(writer, AppendOutcome.Refused);
                disk.Failing = failing;
            }

            for (var i = 0; i < 3; i++) await AppendAsync(writer, AppendOutcome.Refused);
            writer.Fault.ShouldNotBeNull();
            writer.IsRefusing.ShouldBeTrue();
            disk.Failing = null;
            await AppendAsync(writer, AppendOutcome.Recorded);
            await AppendAsync(writer, AppendOutcome.Recorded);
            writer.Fault.ShouldBeNull();
            writer.IsRefusing.ShouldBeFalse();
            writer.TotalBytes.ShouldBe(folder.ListSegments().Sum(one => one.SizeBytes));
        }

        disk.WrittenAfterError.ShouldBe(0);
        _bench.Segments.Length.ShouldBe(2);
        await _bench.LoadAsync();
        (await _bench.ReadAsync()).Select(one => one.Id).ShouldBe(acknowledged, ignoreOrder: true);

        async Task AppendAsync(SpoolWriter writer, AppendOutcome expected)
        {
            var request = SpoolBench.Request();
            (await writer.AppendAsync(request)).ShouldBe(expected);
            if (expected == AppendOutcome.Recorded) acknowledged.Add(request.Id);
        }
    }

    [Fact]
    public async Task Requests_that_wait_for_a_failing_write_all_learn_it()
    {
        var disk = new FailingDisk { Failing = "write" };
        using var folder = _bench.OpenFolder();
        using var writer = new SpoolWriter(folder, _bench.Options with { WhenFull = FullPolicy.Drop }, TimeProvider.System, disk.Create);
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => Task.Run(async () => await writer.AppendAsync(SpoolBench.Request()))));
        outcomes.ShouldAllBe(outcome => outcome == AppendOutcome.Dropped);
        folder.Losses.Dropped.ShouldBe(200);
        _bench.Segments.ShouldBeEmpty();
    }

    /// <summary>A disk that fails, and checks that nothing is written to a file after an error.</summary>
    private sealed class FailingDisk
    {
        public string? Failing { get; set; }

        public int WrittenAfterError { get; private set; }

        public ISegmentFile Create(string path)
        {
            Fail("create");
            return new FailingFile(this, SegmentFile.Create(path));
        }

        private void Fail(string call)
        {
            if (Failing == call) throw new IOException($"Input/output error: {call}");
        }

        private sealed class FailingFile(FailingDisk disk, ISegmentFile inner) : ISegmentFile
        {
            private bool _hasFailed;

            public void Write(ReadOnlySpan<byte> bytes, long offset)
            {
                if (_hasFailed) disk.WrittenAfterError++;
                Do(offset == 0 ? "header" : "write");
                inner.Write(bytes, offset);
            }

            public void Flush()
            {
                if (_hasFailed) disk.WrittenAfterError++;
                Do("flush");
                inner.Flush();
            }

            public void Truncate(long length) => inner.Truncate(length);

            public void Dispose() => inner.Dispose();

            private void Do(string call)
            {
                try
                {
                    disk.Fail(call);
                }
                catch
                {
                    _hasFailed = true;
                    throw;
                }
            }
        }
    }
}
