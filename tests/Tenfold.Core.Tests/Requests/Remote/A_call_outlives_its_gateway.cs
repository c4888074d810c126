using System.Runtime.CompilerServices;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;
using Tenfold.Core.Requests.Remote;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Requests.Remote;

/// <summary>Answers that take long, and gateways that stop before they have answered.</summary>
public sealed class A_call_outlives_its_gateway : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FolderStore _store;
    private readonly FrozenClock _clock = new() { Now = DateTimeOffset.UtcNow };
    private readonly CountingClock _callersClock = new();
    private readonly CancellationTokenSource _stop = new();

    public A_call_outlives_its_gateway() => _store = new FolderStore(_folder.Path);

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(300, true)]
    [InlineData(1500, false)]
    public async Task A_call_stays_for_a_day_while_it_is_answered(int minutes, bool isOpen)
    {
        var log = new GatedLog(first: 1);
        var gateway = new LogResponder(_store, log, _clock) { PartBytes = 1 };
        var reading = ReadAllAsync();
        await UntilAsync(() => log.IsWaiting, gateway);
        var id = Path.GetFileName(Files(CallKeys.Open).ShouldHaveSingleItem());
        // Another call rings the bell.
        _clock.Pass(minutes);
        await _store.WriteAsync(CallKeys.Bell, "later"u8.ToArray(), default);
        foreach (var any in new[] { gateway, new LogResponder(_store, new GatedLog(first: 0), _clock) }) await any.LookAsync(default);
        (await _store.ExistsAsync(CallKeys.CallOf(id), default)).ShouldBe(isOpen);
        (await _store.ExistsAsync(CallKeys.ClaimOf(id), default)).ShouldBe(isOpen);
        log.Open();
        if (isOpen) (await reading).ShouldBe(GatedLog.Count);
        await gateway.EndAsync();
        if (isOpen) return;
        await UntilAsync(() =>
        {
            _callersClock.Pass(11);
            return reading.IsCompleted;
        });
        (await Should.ThrowAsync<LedgerException>(() => reading)).Message.ShouldContain("no gateway answers");
    }

    [Fact]
    public async Task Only_old_calls_without_a_claim_and_old_claims_without_a_call_are_removed()
    {
        foreach (var key in new[] { CallKeys.CallOf("a"), CallKeys.CallOf("b"), CallKeys.ClaimOf("b"), CallKeys.ClaimOf("c") })
            await _store.WriteAsync(key, "x"u8.ToArray(), default);
        await _store.WriteAsync(CallKeys.Bell, "a"u8.ToArray(), default);
        _clock.Pass(120);
        await new LogResponder(_store, new GatedLog(first: 0), _clock).LookAsync(default);
        Files(CallKeys.Open).Select(Path.GetFileName).ShouldBe(["b"]);
        Files(CallKeys.Claims).Select(Path.GetFileName).ShouldBe(["b"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_gateway_that_stops_before_its_answer_leaves_the_call_to_another(int minutes)
    {
        var (log, opened) = (new GatedLog(first: 0), new GatedLog(first: 0));
        opened.Open();
        var (first, second) = (new LogResponder(_store, log, _clock), new LogResponder(_store, opened, _clock));
        var reading = ReadAllAsync();
        await UntilAsync(() => log.IsWaiting, first);
        // It has heard the call's bell, and found it claimed.
        await second.LookAsync(default);
        _callersClock.Pass(minutes);
        await CallerLooksAsync();
        await _stop.CancelAsync();
        await first.EndAsync();
        Files(CallKeys.Claims).ShouldBeEmpty();
        await CallerLooksAsync();
        reading.IsCompleted.ShouldBeFalse("the next gateway has as much time as the first");
        for (var i = 0; !reading.IsCompleted; i++) await LookOnceAsync(second, i);
        (await reading).ShouldBe(GatedLog.Count);
        await second.EndAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_gateway_that_stops_during_its_answer_says_so(int parts)
    {
        var log = new GatedLog(parts);
        var gateway = new LogResponder(_store, log, _clock) { PartBytes = 1 };
        var reading = ReadAllAsync();
        await UntilAsync(() => log.IsWaiting, gateway);
        await _stop.CancelAsync();
        await gateway.EndAsync();
        (await Should.ThrowAsync<LedgerException>(() => reading)).Message.ShouldContain("run the command again");
        Files(CallKeys.Claims).ShouldBeEmpty();
        Files(CallKeys.Open).ShouldBeEmpty();
    }

    private string[] Files(string folder) => Directory.Exists(_folder[folder]) ? Directory.GetFiles(_folder[folder]) : [];

    private async Task<int> ReadAllAsync()
    {
        var log = new RemoteRequestLog(new CallClient(_store, _callersClock) { Pause = TimeSpan.FromMilliseconds(2) });
        return await log.ReadAsync(new RequestQuery { Model = "iris" }, default).CountAsync();
    }

    // Each look reads the clock at most three times.
    private Task CallerLooksAsync()
    {
        var before = _callersClock.Readings;
        return UntilAsync(() => _callersClock.Readings > before + 10);
    }

    private async Task UntilAsync(Func<bool> condition, LogResponder? gateway = null)
    {
        for (var i = 0; !condition(); i++) await LookOnceAsync(gateway, i, _stop.Token);
    }

    private static async Task LookOnceAsync(LogResponder? gateway, int round, CancellationToken cancellationToken = default)
    {
        round.ShouldBeLessThan(24_000);
        if (gateway is not null) await gateway.LookAsync(cancellationToken);
        await Task.Delay(5, CancellationToken.None);
    }

    /// <summary>Stands still, and counts how often it is read.</summary>
    private sealed class CountingClock : TimeProvider
    {
        private long _now, _readings;

        public long Readings => Interlocked.Read(ref _readings);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            Interlocked.Increment(ref _readings);
            return Interlocked.Read(ref _now);
        }

        public void Pass(int minutes) => Interlocked.Add(ref _now, TimeSpan.FromMinutes(minutes).Ticks);
    }

    /// <summary>A log that yields some requests, and the others once it is opened.</summary>
    private sealed class GatedLog(int first) : StubRequestLog(() => new NotSupportedException())
    {
        public const int Count = 5;

        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isWaiting;

        public bool IsWaiting => _isWaiting;

        public void Open() => _gate.SetResult();

        public override async IAsyncEnumerable<LoggedRequest> ReadAsync(
            RequestQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < Count; i++)
            {
                if (i == first)
                {
                    _isWaiting = true;
                    await _gate.Task.WaitAsync(cancellationToken);
                }

                yield return new LoggedRequest
                {
                    Id = Guid.NewGuid(),
                    At = DateTimeOffset.UnixEpoch,
                    Model = query.Model ?? "",
                    Status = 200,
                    Outcome = RequestOutcome.Answered,
                    Latency = TimeSpan.FromMilliseconds(1),
                };
            }
        }
    }
}
