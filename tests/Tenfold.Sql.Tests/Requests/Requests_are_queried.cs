using Tenfold.Core.Requests;

namespace Tenfold.Sql.Tests.Requests;

public abstract class Requests_are_queried(Engine engine) : IDisposable
{
    private readonly TestRequestLog _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Pages_of_requests_of_one_millisecond_are_complete_and_in_order()
    {
        LoggedRequest[] requests = [.. Enumerable.Range(0, 300).Select(i => TestRequestLog.Request(i / 100))];
        await _test.LoadAsync(requests);
        foreach (var isNewestFirst in (bool[])[false, true])
        {
            var read = await _test.ReadAsync(new RequestQuery { Model = "iris", IsNewestFirst = isNewestFirst });
            read.Select(one => one.Id).ShouldBe(requests.Select(one => one.Id), ignoreOrder: true);
            (isNewestFirst ? Enumerable.Reverse(read) : read).Select(one => one.At).ShouldBeInOrder();
        }

        (await _test.ReadAsync(new RequestQuery { Model = "iris", Limit = 50 })).Count.ShouldBe(50);
        (await _test.ReadAsync(new RequestQuery { Model = "other" })).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_part_of_a_query_restricts_it()
    {
        var request = TestRequestLog.Request(1) with
        {
            Version = "2.0",
            Status = 500,
            Outcome = RequestOutcome.Broken,
            Kind = RequestKind.Shadow,
            Arm = "b",
            Key = "k",
            ClientId = "c",
            ClientTime = "t",
        };
        await _test.LoadAsync(TestRequestLog.Request(), request, TestRequestLog.Request(2), TestRequestLog.Request(1) with { Model = "m" });
        var all = new RequestQuery { Model = "iris" };
        RequestQuery[] queries =
        [
            all with { Version = "2.0" }, all with { MinStatus = 500 }, all with { MinStatus = 201, MaxStatus = 500 },
            all with { Outcome = RequestOutcome.Broken }, all with { Kind = RequestKind.Shadow }, all with { Arm = "b" },
            all with { Key = "k" }, all with { ClientId = "c" }, all with { ClientTime = "t" },
            all with { Since = request.At, Until = request.At.AddMilliseconds(1) },
        ];
        foreach (var query in queries)
            (await _test.ReadAsync(query)).Select(one => one.Id).ShouldBe([request.Id], query.ToString());
        (await _test.ReadAsync(all with { WithBodies = false })).ShouldAllBe(one => one.RequestBody.IsEmpty && one.ReplyBody.IsEmpty);
        (await _test.ReadAsync(all)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_traffic_of_versions_is_summarized()
    {
        await _test.LoadAsync(
            TestRequestLog.Request(), TestRequestLog.Request(1) with { Status = 404 }, TestRequestLog.Request(2) with { Status = 500 },
            TestRequestLog.Request(3) with { Outcome = RequestOutcome.Broken },
            TestRequestLog.Request(4) with { Kind = RequestKind.Shadow },
            TestRequestLog.Request(5) with { Version = null, Status = 503, Outcome = RequestOutcome.Unavailable });
        var traffic = await _test.Log.SummarizeAsync("iris", null, null, CancellationToken.None);
        var version = traffic.Single(one => one.Version == "1.0");
        (version.Requests, version.Shadows, version.ClientErrors, version.ServerErrors).ShouldBe((4, 1, 1, 2));
        version.MeanLatencyMilliseconds.ShouldBe(5);
        (version.FirstAt, version.LastAt).ShouldBe((TestRequestLog.Start, TestRequestLog.Start.AddSeconds(4)));
        traffic.Single(one => one.Version is null).ServerErrors.ShouldBe(1);
        (await _test.Log.SummarizeAsync("iris", TestRequestLog.Start.AddSeconds(5), null, CancellationToken.None))
            .ShouldHaveSingleItem().Version.ShouldBeNull();
        (await _test.Log.SummarizeAsync("other", null, null, CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Views_give_the_inputs_and_outputs_of_a_version_whatever_its_name()
    {
        var longName = string.Concat(Enumerable.Repeat("ü", 80));
        (string Model, string Version)[] names =
        [
            ("iris", "1.0"), ("iris", "1.1"), ("a\"b;'c", "1'; DROP TABLE requests; --\""), (longName, longName),
            (longName, longName + "x"), ("pg_iris", "1"), ("sqlite_iris", "1"), ("iris", "RC"), ("iris", "rc"),
            ("iris.inputs_1", "0"), ("select", "\\"),
        ];
        var loaded = await _test.LoadAsync(
            [.. names.Select(name => TestRequestLog.Request() with { Model = name.Model, Version = name.Version })]);
        loaded.ViewFault.ShouldBeNull();
        foreach (var (i, (model, version)) in names.Index())
        {
            var condition = $"WHERE model = '{model.Replace("'", "''")}' AND version = '{version.Replace("'", "''")}'";
            var views = await _test.QueryAsync(
                $"SELECT inputs, outputs FROM request_versions {condition}", row => (Inputs: row.GetString(0), Outputs: row.GetString(1)));
            var input = await _test.QueryAsync(
                $"SELECT COUNT(*), MIN(CAST(body AS TEXT)) FROM {views.Inputs}", row => (row.GetInt64(0), row.GetString(1)));
            input.ShouldBe((1, """{"x": 1}"""), $"{i}: {views.Inputs}");
            (await _test.QueryAsync($"SELECT CAST(body AS TEXT) FROM {views.Outputs}", row => row.GetString(0))).ShouldBe("""{"y": 2}""");
        }
    }

    [Fact]
    public async Task The_views_of_a_model_are_named_after_it()
    {
        var model = $"m{Guid.NewGuid():N}";
        await _test.LoadAsync(TestRequestLog.Request() with { Model = model });
        var plain = _test.IsPostgres ? $"\"{model}\".\"inputs_1.0\"" : $"\"{model}.inputs_1.0\"";
        (await _test.QueryAsync($"SELECT COUNT(*) FROM {plain}", row => row.GetInt64(0))).ShouldBe(1);
    }

    [Fact]
    public async Task Views_that_cant_be_made_dont_stop_the_loading()
    {
        await _test.LoadAsync(TestRequestLog.Request());
        await _test.ExecuteAsync("ALTER TABLE request_versions RENAME TO hidden");
        var loaded = await _test.LoadAsync(TestRequestLog.Request(1) with { Version = "2.0" });
        (loaded.IsLoaded, loaded.ViewFault is null).ShouldBe((true, false));
        await _test.ExecuteAsync("ALTER TABLE hidden RENAME TO request_versions");
        // The next attempt comes a minute later.
        (await _test.LoadAsync(TestRequestLog.Request(2) with { Version = "2.0" })).ViewFault.ShouldBe(loaded.ViewFault);
        _test.Time.Ahead = TimeSpan.FromMinutes(1);
        (await _test.LoadAsync(TestRequestLog.Request(2) with { Version = "2.0" })).ViewFault.ShouldBeNull();
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Old_requests_are_deleted_with_their_feedback()
    {
        var requests = Enumerable.Range(0, 10).Select(i => TestRequestLog.Request(i)).ToArray();
        var other = TestRequestLog.Request() with { Model = "other" };
        await _test.LoadAsync([.. requests, other]);
        await _test.Log.AddFeedbackAsync(
            [.. requests.Select(one => new Feedback { RequestId = one.Id, Metric = "reward", Value = 1, At = one.At })],
            CancellationToken.None);
        (await _test.Log.DeleteAsync("iris", requests[4].At, CancellationToken.None)).ShouldBe(4);
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Select(one => one.Id).ShouldBe(requests[4..].Select(one => one.Id));
        (await _test.Log.ListFeedbackAsync(requests[3].Id, CancellationToken.None)).ShouldBeEmpty();
        (await _test.Log.ListFeedbackAsync(requests[4].Id, CancellationToken.None)).Count.ShouldBe(1);
        (await _test.Log.ListModelsAsync(CancellationToken.None)).ShouldBe(["iris", "other"]);
        (await _test.Log.DeleteAsync(null, requests[5].At, CancellationToken.None)).ShouldBe(2);
        (await _test.Log.ListModelsAsync(CancellationToken.None)).ShouldBe(["iris"]);
    }

    [Fact]
    public async Task The_requests_of_a_version_are_deleted_with_their_feedback()
    {
        var old = Enumerable.Range(0, 3).Select(i => TestRequestLog.Request(i) with { Version = "1.0" }).ToArray();
        var kept = TestRequestLog.Request(3) with { Version = "1.1" };
        var other = TestRequestLog.Request(4) with { Version = "1.0", Model = "other" };
        await _test.LoadAsync([.. old, kept, other]);
        await _test.Log.AddFeedbackAsync(
            [.. old.Append(kept).Select(one => new Feedback { RequestId = one.Id, Metric = "reward", Value = 1, At = one.At })],
            CancellationToken.None);
        (await _test.Log.DeleteVersionAsync("iris", "1.0", CancellationToken.None)).ShouldBe(3);
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Select(one => one.Id).ShouldBe([kept.Id]);
        (await _test.ReadAsync(new RequestQuery { Model = "other" })).Select(one => one.Id).ShouldBe([other.Id]);
        (await _test.Log.ListFeedbackAsync(old[0].Id, CancellationToken.None)).ShouldBeEmpty();
        (await _test.Log.ListFeedbackAsync(kept.Id, CancellationToken.None)).Count.ShouldBe(1);
        (await _test.Log.DeleteVersionAsync("iris", "1.0", CancellationToken.None)).ShouldBe(0);
    }

    public sealed class On_SQLite() : Requests_are_queried(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Requests_are_queried(Engine.Postgres);
}
