using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>Jobs carry the id of the ledger that handed them over, also when another one has come to look after them.</summary>
public sealed class A_ledger_was_imported_while_jobs_wait(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _bench = new(fixture.Cluster);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_new_one_sees_stops_and_never_doubles_them_and_only_the_old_ones_listing_has_them()
    {
        _bench.Hold(true);
        var old = await _bench.AssignAsync("true", 2);
        await _bench.Target.StartAsync(old, Cancel);
        var now = old.Select(assignment => assignment with { Ledger = "newledger" }).ToList();
        string[] names = [.. now.Select(assignment => assignment.Attempt)];
        // What the import saw as pending had been submitted just then.
        (await _bench.Reopen().StartAsync(now, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        fixture.Cluster.Run("squeue", "--noheader", "--array").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await _bench.Target.ObserveAsync(names, Cancel)).ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        (await _bench.Target.ListAsync("newledger", Cancel)).ShouldBeEmpty();
        (await _bench.Target.ListAsync(old[0].Ledger, Cancel)).ShouldBe(names, ignoreOrder: true);
        await _bench.StopAsync(names, Cancel);
        await Eventually.ShouldBeAsync(
            () => _bench.Target.ObserveAsync(names, Cancel).Result.All(state => state.End == Ending.Cancelled), "they are withdrawn");
    }
}
