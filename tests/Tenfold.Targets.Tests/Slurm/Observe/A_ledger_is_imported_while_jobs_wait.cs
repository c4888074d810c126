using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Observe;

/// <summary>Jobs keep the id of the ledger that submitted them, even after another ledger has imported their runs.</summary>
public sealed class A_ledger_is_imported_while_jobs_wait(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _bench = new(fixture.Cluster);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task The_new_ledger_observes_and_stops_the_jobs_that_only_the_old_one_lists()
    {
        _bench.Hold(true);
        var old = await _bench.AssignAsync("true", 2);
        await _bench.Target.StartAsync(old, Cancel);
        var now = old.Select(assignment => assignment with { Ledger = "newledger" }).ToList();
        string[] names = [.. now.Select(assignment => assignment.Attempt)];
        // The attempts were submitted right after the import had read them as pending.
        (await _bench.Reopen().StartAsync(now, Cancel)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        fixture.Cluster.Run("squeue", "--noheader", "--array").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        (await _bench.Target.ObserveAsync(names, Cancel)).ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        (await _bench.Target.ListAsync("newledger", Cancel)).ShouldBeEmpty();
        (await _bench.Target.ListAsync(old[0].Ledger, Cancel)).ShouldBe(names, ignoreOrder: true);
        await _bench.StopAsync(names, Cancel);
        await Eventually.ShouldBeAsync(
            () => _bench.Target.ObserveAsync(names, Cancel).Result.All(state => state.End == Ending.Cancelled), "they are cancelled");
    }
}
