using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.Book;

namespace Tenfold.Sql.Tests;

/// <summary>Counted in round trips to the server, which are what a distant one costs, and the same on every machine.</summary>
public sealed class A_thousand_at_once : IDisposable
{
    private readonly Book _book = new(Engine.Postgres);
    private readonly Wire _wire = new(SharedCluster.Cluster.Port);
    private readonly Database _database;
    private readonly SqlLedger _ledger;

    public A_thousand_at_once()
    {
        _database = Databases.Open(
            _book.Url.Replace($":{SharedCluster.Cluster.Port}/", $":{_wire.Port}/", StringComparison.Ordinal), "", TimeProvider.System);
        _ledger = new SqlLedger(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _wire.Dispose();
        _book.Dispose();
    }

    [Fact]
    public async Task Are_recorded_changed_cancelled_and_read_in_few_round_trips()
    {
        await _ledger.LiveAsync(CancellationToken.None);
        (await TripsAsync(() => _ledger.AddGroupAsync(Group("k7m2xqab", 1000), Runs("k7m2xqab", 1000), CancellationToken.None)))
            .ShouldBeInRange(3, 12);
        AttemptChange[] changes =
            [.. Enumerable.Range(1, 1000)
                .Select(i =>
                    Change(AttemptState.Running,
                        $"k7m2xqab-{i}-1") with { Metrics = [Metric("loss", 1, 0.5), Metric("accuracy", 1, 0.5)] })];
        (await TripsAsync(async () => (await _ledger.ApplyAsync(changes, null, CancellationToken.None)).ShouldBe(1000)))
            .ShouldBeInRange(3, 20);
        var lost = changes.Select(change => change with { State = AttemptState.Lost, IsRetried = true, StartedAt = Start, EndedAt = Start })
            .ToArray();
        (await TripsAsync(async () => (await _ledger.ApplyAsync(lost, null, CancellationToken.None)).ShouldBe(1000)))
            .ShouldBeInRange(3, 20);
        // The attempts, their groups, and what the pool makes of the connection between two uses.
        (await TripsAsync(async () => (await _ledger.LiveAsync(CancellationToken.None)).Count.ShouldBe(1000))).ShouldBeInRange(2, 4);
        (await TripsAsync(
            async () =>
                (await _ledger.RequestCancelAsync(
                    [.. Enumerable.Range(1, 1000).Select(i => $"k7m2xqab-{i}")], Start, null, CancellationToken.None)).Count.ShouldBe(
                        1000)))
            .ShouldBeInRange(3, 15);
    }

    [Fact]
    public async Task And_what_is_live_is_read_with_each_spec_once()
    {
        await _book.AddAsync(repeat: 300);
        var live = await _ledger.LiveAsync(CancellationToken.None);
        live.Count.ShouldBe(300);
        live.ShouldAllBe(attempt => ReferenceEquals(attempt.Group, live[0].Group));
    }

    private async Task<int> TripsAsync(Func<Task> act)
    {
        _wire.Answers = 0;
        await act();
        return _wire.Answers;
    }
}
