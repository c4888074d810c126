using Npgsql;
using Tenfold.Core.Requests;

namespace Tenfold.Sql.Tests.Requests;

/// <summary>A trigger stops the transaction of a batch at a point, and there its process is killed.</summary>
public sealed class A_loader_is_killed_on_PostgreSQL : IDisposable
{
    private const int Batches = 6, RequestsInBatch = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestRequestLog _test = new(Engine.Postgres);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("before its requests", "BEFORE INSERT ON requests FOR EACH STATEMENT", "")]
    [InlineData("after its requests", "AFTER INSERT ON requests FOR EACH STATEMENT", "")]
    [InlineData("after its feedback", "AFTER INSERT ON feedback_history FOR EACH STATEMENT", "")]
    [InlineData("at its position", "BEFORE INSERT OR UPDATE ON request_spools FOR EACH STATEMENT", "")]
    [InlineData("at its commit", "AFTER INSERT OR UPDATE ON request_spools DEFERRABLE INITIALLY DEFERRED FOR EACH ROW", "CONSTRAINT")]
    public async Task Each_batch_is_loaded_exactly_once(string point, string when, string kind)
    {
        await _test.Log.LoadAsync(BatchAfter(null)!, CancellationToken.None);
        var key = Random.Shared.Next();
        await _test.ExecuteAsync(
            $"CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock({key}); "
            + "RETURN NEW; END $$");
        await _test.ExecuteAsync($"CREATE {kind} TRIGGER wait_here {when} EXECUTE FUNCTION wait_here()");
        await using (var holder = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={SharedCluster.Cluster.Port};Username=postgres;Database=postgres"))
        {
            await holder.OpenAsync(TestContext.Current.CancellationToken);
            await RunAsync(holder, $"SELECT pg_advisory_lock({key})");
            using var loader = OtherProcess.Start("load", _test.Url!, "");
            await Eventually.ShouldBeAsync(() => Locks("AND NOT granted") == 1, $"the loader waits {point}");
            loader.Kill();
            await loader.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
            await RunAsync(holder, $"SELECT pg_advisory_unlock({key})");
            // The server notices only now that nobody waits for the reply. Whatever was sent to it before is carried out.
            await Eventually.ShouldBeAsync(() => Locks("") == 0, "the transaction of the killed loader has ended");

            long Locks(string which) => (long)SharedCluster.Cluster.Scalar(
                "postgres", $"SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {key} {which}")!;
        }

        await _test.ExecuteAsync($"DROP FUNCTION wait_here() CASCADE");
        using var next = OtherProcess.Start("load", _test.Url!, "");
        await next.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience, TestContext.Current.CancellationToken);
        next.ExitCode.ShouldBe(0, await next.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        var loaded = (await _test.ReadAsync(new RequestQuery { Model = "iris" })).Select(one => one.Id).ToList();
        loaded.ShouldBe(Enumerable.Range(0, Batches).SelectMany(IdsOf), ignoreOrder: true);
        (await _test.QueryAsync("SELECT COUNT(*) FROM feedback_history", row => row.GetInt64(0))).ShouldBe(Batches);
        (await _test.Log.ReadPositionAsync("s", CancellationToken.None)).ShouldBe(new SpoolPosition(1, Batches));
    }

    /// <summary>The batch that follows a position; null after the last one.</summary>
    internal static RequestBatch? BatchAfter(SpoolPosition? from)
    {
        var number = (int)(from?.Offset ?? 0);
        if (number == Batches) return null;
        var ids = IdsOf(number);
        return new RequestBatch
        {
            Spool = "s",
            From = from,
            To = new SpoolPosition(1, number + 1),
            // Lists of .NET: the compiler's own would be code of this assembly, for which other threads of the other process wait.
            Requests = ids.Select(id => TestRequestLog.Request(number) with { Id = id }).ToList(),
            Feedback = new List<Feedback>
            {
                new() { RequestId = ids[0], Metric = "reward", Value = number, At = TestRequestLog.Start },
            },
        };
    }

    private static List<Guid> IdsOf(int batch) =>
        [.. Enumerable.Range(0, RequestsInBatch).Select(number => new Guid(batch, (short)number, 7, new byte[8]))];

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
