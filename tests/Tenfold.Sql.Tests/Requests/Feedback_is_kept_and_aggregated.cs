using Tenfold.Core.Requests;

namespace Tenfold.Sql.Tests.Requests;

public abstract class Feedback_is_kept_and_aggregated(Engine engine) : IDisposable
{
    private readonly TestRequestLog _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task The_latest_value_counts_and_the_history_keeps_all()
    {
        var request = TestRequestLog.Request();
        await _test.LoadAsync(request);
        (await AddAsync(Value(request, 1, 10))).ShouldBe(FeedbackCounts.None with { Added = 1 });
        (await AddAsync(Value(request, 1, 11), Value(request, 1, 11))).ShouldBe(FeedbackCounts.None with { Repeated = 2 });
        (await AddAsync(Value(request, 2, 20), Value(request, 3, 20))).ShouldBe(FeedbackCounts.None with { Corrected = 2 });
        (await AddAsync(Value(request, 0, 15))).ShouldBe(FeedbackCounts.None with { Superseded = 1 });
        (await AddAsync(Value(request, 0, 15))).ShouldBe(FeedbackCounts.None with { Superseded = 1 });
        (await _test.Log.ListFeedbackAsync(request.Id, CancellationToken.None)).Select(one => one.Value).ShouldBe([1, 0, 2, 3]);
        var outcome = (await AggregateAsync()).ShouldHaveSingleItem();
        (outcome.Requests, outcome.Values, outcome.Sum).ShouldBe((1, 1, 3));
    }

    [Fact]
    public async Task Feedback_before_its_request_counts_once_the_request_is_loaded()
    {
        var (first, late) = (TestRequestLog.Request(), TestRequestLog.Request(1));
        await _test.LoadAsync(first);
        (await AddAsync(Value(late, 5, 1))).ShouldBe(FeedbackCounts.None with { Added = 1, Unknown = 1 });
        (await AggregateAsync()).Sum(one => one.Sum).ShouldBe(0);
        await _test.LoadAsync(late);
        (await AggregateAsync()).Sum(one => one.Sum).ShouldBe(5);
    }

    [Fact]
    public async Task Feedback_is_loaded_from_a_spool()
    {
        var request = TestRequestLog.Request();
        var batch = new RequestBatch
        {
            Spool = "f",
            From = null,
            To = new(1, 1),
            Requests = [request],
            Feedback = [Value(request, 1, 1), Value(request, 4, 2)],
        };
        await _test.Log.LoadAsync(batch, CancellationToken.None);
        await _test.Log.LoadAsync(batch, CancellationToken.None);
        (await AggregateAsync()).ShouldHaveSingleItem().Sum.ShouldBe(4);
        (await _test.Log.ListFeedbackAsync(request.Id, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Many_values_are_added_at_once()
    {
        LoggedRequest[] requests = [.. Enumerable.Range(0, 1200).Select(i => TestRequestLog.Request(i))];
        await _test.LoadAsync(requests);
        (await AddAsync([.. requests.Select((one, i) => Value(one, i, i))])).ShouldBe(FeedbackCounts.None with { Added = 1200 });
        (await AggregateAsync()).Sum(one => one.Sum).ShouldBe(1200 * 1199 / 2);
    }

    [Fact]
    public async Task Outcomes_are_aggregated_by_arm_version_and_key()
    {
        var base0 = TestRequestLog.Request() with { Arm = "a", RouteRevision = 3, Key = "u1" };
        LoggedRequest[] requests =
        [
            base0, base0 with { Id = Guid.CreateVersion7(), At = base0.At.AddSeconds(9), RouteRevision = 4 },
            TestRequestLog.Request(2) with { Arm = "b", Version = "1.1", Key = "u2", Status = 500 },
            TestRequestLog.Request(3) with { Arm = "b", Version = "1.1", Outcome = RequestOutcome.TimedOut },
            TestRequestLog.Request(4) with { Arm = "b", Version = "1.1", Kind = RequestKind.Shadow, Key = "u9" },
            TestRequestLog.Request(5),
        ];
        await _test.LoadAsync(requests);
        await AddAsync(Value(requests[0], 1, 1), Value(requests[1], 2, 1), Value(requests[3], 7, 1));
        var outcomes = await AggregateAsync("a", "b");
        outcomes.Select(one => (one.Arm, one.Version, one.IsKeyed, one.Requests, one.Values, one.Sum, one.RouteRevision)).ShouldBe(
            [("a", "1.0", true, 2, 2, 3, 3), ("b", "1.1", true, 1, 0, 0, 0), ("b", "1.1", false, 1, 1, 7, 0)]);
        (outcomes[0].Key, outcomes[1].Key, outcomes[2].Key).ShouldBe(("u1", "u2", requests[3].Id.ToString()));
        (outcomes[0].Mean, outcomes[1].Mean, outcomes[0].FirstAt).ShouldBe((1.5, null, base0.At));
        (await AggregateAsync()).Count.ShouldBe(4);
        var errors = await _test.Log.AggregateAsync(
            new OutcomeQuery { Model = "iris", Measure = Measure.ServerError, Arms = ["b"] }, CancellationToken.None);
        errors.Select(one => one.Mean).ShouldBe([1, 1]);
        var since = base0.At.AddSeconds(5);
        var latencies = await _test.Log.AggregateAsync(
            new OutcomeQuery { Model = "iris", Measure = Measure.LatencyMilliseconds, Since = since }, CancellationToken.None);
        latencies.Select(one => one.Sum).ShouldBe([5, 5]);
    }

    private Task<FeedbackCounts> AddAsync(params Feedback[] feedback) => _test.Log.AddFeedbackAsync(feedback, CancellationToken.None);

    private Task<IReadOnlyList<KeyOutcome>> AggregateAsync(params string[] arms) => _test.Log.AggregateAsync(
        new OutcomeQuery { Model = "iris", Metric = "reward", Arms = arms }, CancellationToken.None);

    private static Feedback Value(LoggedRequest request, double value, int second) =>
        new() { RequestId = request.Id, Metric = "reward", Value = value, At = TestRequestLog.Start.AddSeconds(second) };

    public sealed class On_SQLite() : Feedback_is_kept_and_aggregated(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Feedback_is_kept_and_aggregated(Engine.Postgres);
}
