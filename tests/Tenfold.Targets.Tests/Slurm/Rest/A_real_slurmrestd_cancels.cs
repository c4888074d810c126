using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Rest;

/// <summary>The numbers of Slurm's errors are those of a real Slurm.</summary>
public sealed class A_real_slurmrestd_cancels(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _bench = new(fixture.Cluster, byRest: true);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Cancelling_a_job_that_has_ended_or_does_not_exist_succeeds()
    {
        var assignments = await _bench.AssignAsync("true");
        (await _bench.Target.StartAsync(assignments, Cancel)).ShouldBe([StartOutcome.Started]);
        await Eventually.ShouldBeAsync(() => _bench.Observe(assignments[0]).Kind == BackendKind.Gone, "the job has ended");
        var slurm = _bench.Connect();
        var job = (await slurm.ListJobsAsync(Cancel)).ShouldHaveSingleItem();
        await slurm.CancelAsync([job], Cancel);
        await slurm.CancelAsync([job with { Id = 999_999 }], Cancel);
    }
}
