using System.Text;
using Tenfold.Core.Ledger;
using Tenfold.Core.Requests;
using Tenfold.Core.Requests.Remote;
using Tenfold.Core.Store;
using Tenfold.Core.Tests.Requests;

namespace Tenfold.App.Tests.Serving;

/// <summary>A laptop and gateways that meet in a store only. The log is real, and so is the store.</summary>
public sealed class A_request_log_answers_through_a_store : IAsyncLifetime
{
    private readonly ServedModel _model = new();
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _gateways = [];
    private FolderStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = new FolderStore(_folder.Path);
        await _model.DeployAsync("1.0.0", "1.1.0");
        var route = await _model.RouteAsync();
        for (var i = 0; i < 40; i++)
        {
            var request = ServedModel.Request(route, $"user-{i % 10}", ServedModel.Start.AddSeconds(i), body: $"{{\"i\": {i}}}");
            _model.Add(request, reward: i % 2);
        }

        _model.Add(ServedModel.Request(route, "odd", ServedModel.Start.AddSeconds(50)) with
        {
            RequestBody = new byte[] { 0, 255, 1 },
            Status = 502,
            Outcome = RequestOutcome.Broken,
            ModelLatency = TimeSpan.FromMilliseconds(1.5),
            Caller = "web",
        });
        await _model.LoadAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_gateways);
        _stop.Dispose();
        _model.Dispose();
        _folder.Dispose();
    }

    private IRequestLog Log => _model.Services.Requests;

    [Fact]
    public async Task Every_question_has_the_answer_that_the_log_gives_itself()
    {
        StartGateway(Log);
        var remote = Remote();
        foreach (var query in new[]
        {
            new RequestQuery { Model = "iris" },
            new RequestQuery { Model = "iris", Version = "1.0.0", IsNewestFirst = true, Limit = 3 },
            new RequestQuery { Model = "iris", MinStatus = 500, Outcome = RequestOutcome.Broken },
            new RequestQuery { Model = "iris", Key = "user-3", Since = ServedModel.Start.AddSeconds(10), WithBodies = false },
            new RequestQuery { Model = "none" },
        })
        {
            var (expected, found) = (await ReadAsync(Log, query), await ReadAsync(remote, query));
            found.ShouldBe(expected);
        }

        (await remote.ListModelsAsync(default)).ShouldBe(await Log.ListModelsAsync(default));
        (await remote.ListSpoolsAsync(default)).ShouldBe(await Log.ListSpoolsAsync(default));
        (await remote.SummarizeAsync("iris", null, ServedModel.Start.AddSeconds(20), default))
            .ShouldBe(await Log.SummarizeAsync("iris", null, ServedModel.Start.AddSeconds(20), default));
        (await remote.SummarizeAsync("none", null, null, default)).ShouldBeEmpty();
        foreach (var measure in Enum.GetValues<Measure>())
        {
            var query = new OutcomeQuery { Model = "iris", Measure = measure, Metric = "reward", Arms = ["baseline"] };
            (await remote.AggregateAsync(query, default)).ShouldBe(await Log.AggregateAsync(query, default));
        }

        var one = (await ReadAsync(Log, new() { Model = "iris", Limit = 1 })).Single();
        var id = Guid.Parse(one.Split(' ')[0]);
        Text((await remote.FindAsync(id, default))!).ShouldBe(one);
        (await remote.FindAsync(Guid.NewGuid(), default)).ShouldBeNull();
        (await remote.ListFeedbackAsync(id, default)).ShouldBe(await Log.ListFeedbackAsync(id, default));
        NothingIsLeft();
    }

    [Fact]
    public async Task Feedback_and_deletions_take_effect()
    {
        StartGateway(Log);
        var remote = Remote();
        var first = (await ReadAsync(Log, new() { Model = "iris", Limit = 1 })).Single();
        var feedback = Enumerable.Range(0, 2500).Select(i => new Feedback
        {
            RequestId = i == 0 ? Guid.Parse(first.Split(' ')[0]) : Guid.NewGuid(),
            Metric = "clicked",
            Value = i,
            At = ServedModel.Start,
        }).ToList();
        (await remote.AddFeedbackAsync(feedback, default)).ShouldBe(new FeedbackCounts(2500, 0, 0, 0, 2499));
        (await remote.AddFeedbackAsync(feedback, default)).Repeated.ShouldBe(2500, "feedback can be sent again");
        (await remote.DeleteAsync("iris", ServedModel.Start.AddSeconds(5), default)).ShouldBe(5);
        (await remote.DeleteVersionAsync("iris", "1.0.0", default)).ShouldBe(36);
        (await Log.SummarizeAsync("iris", null, null, default)).ShouldBeEmpty();
        NothingIsLeft();
    }

    [Fact]
    public async Task A_long_answer_comes_in_parts_and_several_gateways_answer_each_call_once()
    {
        for (var i = 0; i < 3; i++) StartGateway(Log, partBytes: 1);
        var expected = await ReadAsync(Log, new() { Model = "iris" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ReadAsync(Remote(), new() { Model = "iris" })));
        foreach (var answer in answers) answer.ShouldBe(expected);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_caller_that_goes_away_leaves_nothing_and_stops_nobody()
    {
        StartGateway(Log, partBytes: 1);
        var remote = Remote();
        await foreach (var request in remote.ReadAsync(new() { Model = "iris" }, default))
        {
            request.Model.ShouldBe("iris");
            break;
        }

        (await remote.ListModelsAsync(default)).ShouldBe(["iris"]);
        await UntilAsync(() => Left().Count == 0, "the gateway withdraws its answer");
    }

    [Fact]
    public async Task A_failure_of_the_log_is_the_callers()
    {
        StartGateway(Unreachable());
        (await Should.ThrowAsync<LedgerException>(() => Remote().ListModelsAsync(default))).Message.ShouldBe("the database is unreachable");
        NothingIsLeft();
    }

    [Fact]
    public async Task Without_a_gateway_the_caller_is_told()
    {
        var client = new CallClient(_store, TimeProvider.System) { ClaimPatience = TimeSpan.Zero, Pause = TimeSpan.FromMilliseconds(1) };
        (await Should.ThrowAsync<LedgerException>(() => new RemoteRequestLog(client).ListModelsAsync(default))).Message
            .ShouldContain("no gateway answers");
        NothingIsLeft();
    }

    [Fact]
    public async Task A_call_of_another_version_is_refused_with_advice()
    {
        StartGateway(Log);
        await _store.WriteAsync(CallKeys.CallOf("a"), Encoding.UTF8.GetBytes("""{"call": "fly"}"""), default);
        await _store.WriteAsync(CallKeys.Bell, "a"u8.ToArray(), default);
        byte[]? part = null;
        await UntilAsync(() => (part = _store.ReadAsync(CallKeys.PartOf("a", 0), default).Result) is not null, "the gateway answers");
        part![0].ShouldBe((byte)PartKind.Fault);
        Encoding.UTF8.GetString(part.AsSpan(1)).ShouldContain("infra apply --serving");
    }

    [Fact]
    public async Task Leftovers_of_killed_callers_and_gateways_are_removed_and_not_answered()
    {
        foreach (var key in new[] { CallKeys.CallOf("old"), CallKeys.ClaimOf("older"), CallKeys.PartOf("older", 3) })
            await _store.WriteAsync(key, "x"u8.ToArray(), default);
        await _store.WriteAsync(CallKeys.Bell, "old"u8.ToArray(), default);
        var later = new LogResponder(_store, Unreachable(), new LaterClock(TimeSpan.FromHours(2)));
        await later.LookAsync(default);
        await later.EndAsync();
        NothingIsLeft();
    }

    private static StubRequestLog Unreachable() => new(() => new LedgerException("the database is unreachable", isUnreadable: false));

    private RemoteRequestLog Remote() => new(new CallClient(_store, TimeProvider.System) { Pause = TimeSpan.FromMilliseconds(2) });

    private void StartGateway(IRequestLog log, int partBytes = 4 << 20)
    {
        var responder = new LogResponder(_store, log, TimeProvider.System) { PartBytes = partBytes };
        _gateways.Add(Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                await responder.LookAsync(CancellationToken.None);
                await Task.Delay(2, CancellationToken.None);
            }

            await responder.EndAsync();
        }));
    }

    private static async Task<List<string>> ReadAsync(IRequestLog log, RequestQuery query)
    {
        var found = new List<string>();
        await foreach (var request in log.ReadAsync(query, default)) found.Add(Text(request));
        return found;
    }

    // The id comes first. Bodies are not equal by themselves.
    private static string Text(LoggedRequest request) =>
        $"{request.Id} {request with { RequestBody = default, ReplyBody = default }} "
        + $"{Convert.ToHexString(request.RequestBody.Span)} {Convert.ToHexString(request.ReplyBody.Span)}";

    private void NothingIsLeft()
    {
        // A gateway removes its claim after the caller has read the answer.
        UntilAsync(() => Left().Count == 0, "nothing is left").GetAwaiter().GetResult();
    }

    private List<string> Left()
    {
        var folder = Path.Combine(_folder.Path, CallKeys.Folder);
        return !Directory.Exists(folder) ? []
            : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "bell")];
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var i = 0; !condition(); i++)
        {
            i.ShouldBeLessThan(24_000, what);
            await Task.Delay(5);
        }
    }

    private sealed class LaterClock(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
