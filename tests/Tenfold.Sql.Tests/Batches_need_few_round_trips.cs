using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;

using static Tenfold.Sql.Tests.TestLedger;

namespace Tenfold.Sql.Tests;

/// <summary>
/// Counts round trips to the server rather than time: they are the cost of a distant server, and the same on every machine.
/// </summary>
public sealed class Batches_need_few_round_trips : IDisposable
{
    private readonly TestLedger _test = new(Engine.Postgres);
    private readonly CuttingProxy _proxy = new(SharedCluster.Cluster.Port);
    private readonly Database _database;
    private readonly SqlLedger _ledger;

    public Batches_need_few_round_trips()
    {
        _database = Databases.Open(
            _test.Url.Replace($":{SharedCluster.Cluster.Port}/", $":{_proxy.Port}/", StringComparison.Ordinal), "", TimeProvider.System);
        _ledger = new SqlLedger(_database);
    }

    public void Dispose()
    {
        _database.Dispose();
        _proxy.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task A_thousand_runs_are_recorded_changed_cancelled_and_read()
    {
        await _ledger.ListLiveAttemptsAsync(CancellationToken.None);
        (await TripsAsync(() => _ledger.AddGroupAsync(Group("k7m2xqab", 1000), Runs("k7m2xqab", 1000), CancellationToken.None)))
            .ShouldBeInRange(3, 12);
        AttemptChange[] changes = [.. Enumerable.Range(1, 1000).Select(i => Change(AttemptState.Running, $"k7m2xqab-{i}-1") with
        {
            Metrics = [Metric("loss", 1, 0.5), Metric("accuracy", 1, 0.5)],
        })];
        (await TripsAsync(async () => (await _ledger.ApplyAsync(changes, null, CancellationToken.None)).ShouldBe(1000)))
            .ShouldBeInRange(3, 20);
        var lost = changes.Select(change => change with { State = AttemptState.Lost, IsRetried = true, StartedAt = Start, EndedAt = Start })
            .ToArray();
        (await TripsAsync(async () => (await _ledger.ApplyAsync(lost, null, CancellationToken.None)).ShouldBe(1000)))
            .ShouldBeInRange(3, 20);
        // The attempts, their groups, and the pool's reset of the connection between two uses.
        (await TripsAsync(async () => (await _ledger.ListLiveAttemptsAsync(CancellationToken.None)).Count.ShouldBe(1000)))
            .ShouldBeInRange(2, 4);
        string[] runs = [.. Enumerable.Range(1, 1000).Select(i => $"k7m2xqab-{i}")];
        (await TripsAsync(async () =>
            (await _ledger.RequestCancelAsync(runs, Start, null, CancellationToken.None)).Count.ShouldBe(1000))).ShouldBeInRange(3, 15);
    }

    [Fact]
    public async Task The_live_attempts_share_the_spec_of_their_group()
    {
        await _test.AddAsync(repeat: 300);
        var live = await _ledger.ListLiveAttemptsAsync(CancellationToken.None);
        live.Count.ShouldBe(300);
        live.ShouldAllBe(attempt => ReferenceEquals(attempt.Group, live[0].Group));
    }

    private async Task<int> TripsAsync(Func<Task> act)
    {
        _proxy.Answers = 0;
        await act();
        return _proxy.Answers;
    }
}
