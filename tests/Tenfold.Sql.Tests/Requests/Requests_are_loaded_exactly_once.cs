using System.Text;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Tests.Requests;

public abstract class Requests_are_loaded_exactly_once(Engine engine) : IDisposable
{
    private readonly TestRequestLog _test = new(engine);

    public void Dispose() => _test.Dispose();

    [Fact]
    public async Task Every_field_is_read_as_it_was_loaded()
    {
        var request = TestRequestLog.Request() with
        {
            Kind = RequestKind.Shadow,
            ShadowOf = Guid.CreateVersion7(),
            Arm = "candidate",
            RouteRevision = 7,
            Key = "ünü",
            Status = 503,
            Outcome = RequestOutcome.TimedOut,
            Latency = TimeSpan.FromMicroseconds(1_234_567),
            ModelLatency = TimeSpan.FromMicroseconds(7),
            RequestContentType = "application/json",
            RequestSizeBytes = 1 << 20,
            IsRequestCut = true,
            ReplyContentType = "text/plain",
            ReplySizeBytes = 3,
            IsReplyCut = true,
            ClientId = "42",
            ClientTime = "",
            Caller = "web",
        };
        (await _test.LoadAsync(request, TestRequestLog.Request())).ShouldBe(new LoadResult(true, new SpoolPosition(1, 10), 0));
        var read = (await _test.Log.FindAsync(request.Id, CancellationToken.None)).ShouldNotBeNull();
        read.ShouldBe(request with { RequestBody = read.RequestBody, ReplyBody = read.ReplyBody });
        read.RequestBody.ToArray().ShouldBe(request.RequestBody.ToArray());
        read.ReplyBody.ToArray().ShouldBe(request.ReplyBody.ToArray());
        (await _test.Log.FindAsync(Guid.CreateVersion7(), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_is_loaded_only_from_the_stored_position()
    {
        var batch = new RequestBatch
        {
            Spool = "s",
            From = null,
            To = new SpoolPosition(3, 100),
            Requests = [TestRequestLog.Request(), TestRequestLog.Request()],
            Losses = new SpoolLosses(1, 2, 3),
        };
        (await _test.Log.LoadAsync(batch, CancellationToken.None)).IsLoaded.ShouldBeTrue();
        (await _test.Log.LoadAsync(batch, CancellationToken.None)).ShouldBe(new LoadResult(false, batch.To, 0));
        var next = batch with { From = batch.To, To = new SpoolPosition(4, 0), Requests = [TestRequestLog.Request()] };
        (await _test.Open().LoadAsync(next, CancellationToken.None)).ShouldBe(new LoadResult(true, next.To, 0));
        (await _test.Log.LoadAsync(next with { From = new SpoolPosition(9, 9) }, CancellationToken.None))
            .ShouldBe(new LoadResult(false, next.To, 0));
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Count.ShouldBe(3);
        var spool = (await _test.Log.ListSpoolsAsync(CancellationToken.None)).ShouldHaveSingleItem();
        (spool.Id, spool.Position, spool.Losses).ShouldBe(("s", next.To, new SpoolLosses(1, 2, 3)));
        (await _test.Log.ReadPositionAsync("other", CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_request_that_is_in_the_log_already_is_skipped()
    {
        var (first, second, third) = (TestRequestLog.Request(1), TestRequestLog.Request(2), TestRequestLog.Request(3));
        await _test.LoadAsync(first, second);
        (await _test.LoadAsync(second, third, second with { Status = 500 }, third)).ShouldBe(new LoadResult(true, new(1, 20), 0));
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Select(one => (one.Id, one.Status))
            .ShouldBe([(first.Id, 200), (second.Id, 200), (third.Id, 200)]);
    }

    [Fact]
    public async Task Bodies_of_any_bytes_are_read_as_they_were_sent()
    {
        byte[][] bodies =
        [
            [],
            [0],
            Encoding.UTF8.GetBytes("""{"a":1, "b" : 2,"a":3}"""),
            Encoding.UTF8.GetBytes("""["\u0000", "\ud800", 1e400000, -0.0, 1.10]"""),
            Encoding.UTF8.GetBytes(" \r\n1\t "),
            Encoding.UTF8.GetBytes("\"\0\""),
            Encoding.UTF8.GetBytes("\uFEFF{}"),
            Encoding.UTF8.GetBytes("ünicode: \U0001F600"),
            [(byte)'"', 0xff, 0xfe, (byte)'"'],
            [(byte)'"', 0xed, 0xa0, 0x80, (byte)'"'],
            Encoding.UTF8.GetBytes(new string('[', 400) + new string(']', 400)),
            Encoding.UTF8.GetBytes(new string('[', 20_000) + new string(']', 20_000)),
            [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))],
        ];
        LoggedRequest[] requests =
            [.. bodies.Select((body, i) => TestRequestLog.Request(i) with { RequestBody = body, ReplyBody = bodies[^(i + 1)] })];
        (await _test.LoadAsync(requests)).Refused.ShouldBe(0);
        var read = await _test.ReadAsync(new RequestQuery { Model = "iris" });
        read.Select(one => Convert.ToHexString(one.RequestBody.Span)).ShouldBe(bodies.Select(Convert.ToHexString));
        read.Select(one => Convert.ToHexString(one.ReplyBody.Span)).ShouldBe(Enumerable.Reverse(bodies).Select(Convert.ToHexString));
    }

    [Fact]
    public async Task Text_that_a_database_refuses_is_loaded_with_replacement_characters()
    {
        var request = TestRequestLog.Request() with { Key = "a\0b", ClientId = "\ud800", RequestContentType = "\0" };
        (await _test.LoadAsync(request, TestRequestLog.Request())).Refused.ShouldBe(0);
        var read = (await _test.Log.FindAsync(request.Id, CancellationToken.None)).ShouldNotBeNull();
        (read.Key, read.ClientId, read.RequestContentType).ShouldBe(("a\ufffdb", "\ufffd", "\ufffd"));
    }

    [Fact]
    public async Task Rows_that_the_database_refuses_dont_stop_the_others()
    {
        await _test.LoadAsync(TestRequestLog.Request());
        await ForbidAsync();
        LoggedRequest[] requests =
            [.. Enumerable.Range(0, 50).Select(i => TestRequestLog.Request(i) with { Status = i is 7 or 8 or 49 ? 599 : 200 })];
        (await _test.LoadAsync(requests)).ShouldBe(new LoadResult(true, new(1, 20), 3));
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Count.ShouldBe(48);
        var record = await _test.QueryAsync(
            $"SELECT record, reason FROM requests_refused WHERE at = {requests[8].At.ToUnixTimeMilliseconds()}",
            row => (Bytes: row.GetFieldValue<byte[]>(0), Reason: row.GetString(1)));
        record.Reason.ShouldNotBeEmpty();
        RequestCodec.TryRead(record.Bytes, out var kept, out _).ShouldBeTrue();
        (kept!.Id, kept.Status, kept.RequestBody.Length).ShouldBe((requests[8].Id, 599, 8));
    }

    [Fact]
    public async Task A_value_too_long_for_an_index_doesnt_stop_the_others()
    {
        var letters = new Random(1);
        var longId = string.Concat(Enumerable.Range(0, 100_000).Select(_ => (char)letters.Next('0', 'z')));
        await _test.LoadAsync(TestRequestLog.Request(1), TestRequestLog.Request(2) with { ClientId = longId }, TestRequestLog.Request(3));
        (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Count.ShouldBe(_test.IsPostgres ? 2 : 3);
    }

    [Fact]
    public async Task Refused_requests_are_deleted_with_the_others()
    {
        await _test.LoadAsync(TestRequestLog.Request());
        await RefuseAsync(TestRequestLog.Request(0) with { Version = "1.0" });
        await RefuseAsync(TestRequestLog.Request(100) with { Version = "1.1" });
        for (var i = 0; i < 60; i++) await RefuseAsync(TestRequestLog.Request(100) with { Version = "1.2" });
        // Every request of this model was refused.
        await RefuseAsync(TestRequestLog.Request(0) with { Model = "rose", Version = "1.0" });
        (await _test.Log.DeleteVersionAsync("iris", "1.2", CancellationToken.None)).ShouldBe(60);
        (await _test.Log.DeleteVersionAsync("iris", "1.0", CancellationToken.None)).ShouldBe(2);
        (await RefusedAsync()).ShouldBe(2);
        (await _test.Log.DeleteAsync(null, TestRequestLog.Start.AddSeconds(50), CancellationToken.None)).ShouldBe(1);
        (await _test.Log.DeleteAsync("rose", TestRequestLog.Start.AddSeconds(500), CancellationToken.None)).ShouldBe(0);
        (await RefusedAsync()).ShouldBe(1);
        (await _test.Log.DeleteAsync("iris", TestRequestLog.Start.AddSeconds(500), CancellationToken.None)).ShouldBe(1);
        (await RefusedAsync()).ShouldBe(0);

        Task<long> RefusedAsync() => _test.QueryAsync("SELECT COUNT(*) FROM requests_refused", row => row.GetInt64(0));
    }

    private async Task RefuseAsync(LoggedRequest request)
    {
        var record = new byte[RequestCodec.SizeBound(request)];
        var hex = Convert.ToHexStringLower(record.AsSpan(0, RequestCodec.Write(request, record)));
        var bytes = _test.IsPostgres ? $"'\\x{hex}'" : $"X'{hex}'";
        await _test.ExecuteAsync(
            "INSERT INTO requests_refused (id, at, model, reason, record) VALUES "
            + $"('{request.Id}', {request.At.ToUnixTimeMilliseconds()}, '{request.Model}', 'why', {bytes})");
    }

    // The status 599 violates a rule that this test adds.
    private async Task ForbidAsync()
    {
        if (_test.IsPostgres) await _test.ExecuteAsync("ALTER TABLE requests ADD CHECK (status < 599)");
        else
            await _test.ExecuteAsync(
                """
                CREATE TRIGGER refuse BEFORE INSERT ON requests WHEN NEW.status >= 599 BEGIN SELECT RAISE(ABORT, 'no such status'); END
                """);
    }

    public sealed class On_SQLite() : Requests_are_loaded_exactly_once(Engine.Sqlite);

    public sealed class On_PostgreSQL() : Requests_are_loaded_exactly_once(Engine.Postgres);
}
