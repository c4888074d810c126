using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Slurms_queue_is_full
{
    [Fact]
    public async Task The_part_that_fits_is_submitted_and_the_rest_is_retried()
    {
        using var cluster = new SlurmCluster(
            Repository.ClusterScript, "max_jobs=12", "cpus=32", "memory=32000", "min_job_age=2", "rest=yes");
        foreach (var byRest in new[] { false, true })
        {
            await using var bench = new SlurmBench(cluster, byRest);
            bench.Hold(true);
            var assignments = await bench.AssignAsync("true", 30);
            var outcomes = await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken);
            outcomes.Count(outcome => outcome.Kind == StartKind.Started).ShouldBeInRange(1, 12);
            var refused = outcomes.Where(outcome => outcome.Kind != StartKind.Started).ToList();
            refused.ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
            refused[0].Reason.Words().ShouldNotBeNull().ShouldContain("queue is full");
            bench.Hold(false);
            // A controller's rounds submit the rest.
            await Eventually.ShouldBeAsync(
                () => bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken).GetAwaiter().GetResult()
                    .All(outcome => outcome.Kind == StartKind.Started), "all are submitted");
            await Eventually.ShouldBeAsync(
                () => assignments.All(assignment =>
                    bench.Store.ExistsAsync($"attempts/{assignment.Attempt}/claim", CancellationToken.None).Result),
                "all have run");
        }
    }
}
