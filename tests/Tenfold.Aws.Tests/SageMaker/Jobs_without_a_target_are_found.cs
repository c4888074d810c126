using Tenfold.Aws.Cleaning;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>What <c>tenfold gc --on aws</c> finds of a ledger's training jobs when no target reads them any more.</summary>
public sealed class Jobs_without_a_target_are_found(S3Server server) : IClassFixture<S3Server>
{
    [Fact]
    public async Task A_job_of_the_ledger_that_has_not_ended_is_found_and_stopped()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignments = await bench.AssignAsync("true", 3);
        await bench.Target.StartAsync(assignments, default);
        await EndAsync(bench, assignments[2]);
        var found = await FindAsync(bench, Work.Ledger);
        found.Select(one => (one.Name, one.Attempt, one.Group, one.Kind)).ShouldBe(
            assignments.Take(2).Select(one => (
                $"training job {SageMakerBench.JobOf(one)}", (string?)one.Attempt, (string?)RunNames.GroupOf(one.Attempt),
                LeftoverKind.Resource)),
            ignoreOrder: true);
        foreach (var one in found) await one.RemoveAsync(default);
        foreach (var one in found) await one.RemoveAsync(default);
        foreach (var one in assignments)
            bench.Aws.SageMaker.StatusOf(SageMakerBench.JobOf(one)).Status.ShouldBeOneOf("Stopping", "Stopped", "Completed");
        (await FindAsync(bench, Work.Ledger)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("another")]
    [InlineData("")]
    [InlineData("tenfold")]
    public async Task Jobs_of_other_ledgers_stay(string ledger)
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        await bench.Target.StartAsync(await bench.AssignAsync("true"), default);
        (await FindAsync(bench, ledger)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_that_ended_since_it_was_found_counts_as_removed()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        var found = (await FindAsync(bench, Work.Ledger)).ShouldHaveSingleItem();
        await EndAsync(bench, assignment);
        await found.RemoveAsync(default);
    }

    private static async Task EndAsync(SageMakerBench bench, Assignment assignment)
    {
        await bench.TrainsAsync(assignment);
        bench.Aws.SageMaker.End(SageMakerBench.JobOf(assignment));
        await Eventually.ShouldBeAsync(
            () => bench.Aws.SageMaker.StatusOf(SageMakerBench.JobOf(assignment)).Status == "Completed", "the job has ended");
    }

    private static async Task<IReadOnlyList<TargetLeftover>> FindAsync(SageMakerBench bench, string ledger)
    {
        using var place = new RegionLeftovers(["tenfold"], BatchFixture.OptionsOf(bench.Aws), TimeProvider.System);
        return await place.FindLeftoversAsync(ledger, default);
    }
}
