using Tenfold.Aws.Batch;
using Tenfold.Aws.Batch.Observe;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Jobs_say_why_they_wait_or_failed(S3Server server) : IClassFixture<S3Server>
{
    private static readonly AwsDoubleOptions Imagined = new() { RunsProcesses = false };

    [Theory]
    [InlineData("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity", "no machine of the queue's types", "instance types")]
    [InlineData("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE maxvCpus", "maximum of vCPUs", "lower `cpus`")]
    [InlineData("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - Job needs more", "starting", "lower `resources`")]
    [InlineData("MISCONFIGURATION:EC2_INSTANCE_CONFIGURATION_UNSUPPORTED - x", "can't be started in its subnets", "infra apply")]
    [InlineData("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - x", "Batch's own role", "service role")]
    [InlineData("UNDETERMINED - Batch job is blocked", "AWS says", "blocked")]
    public async Task A_blocked_queue_gives_its_reason_in_plain_words(string reason, string words, string advice)
    {
        await using var bench = new BatchBench(server, Imagined);
        bench.Aws.Batch.Block(BatchBench.Queue, reason);
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        var state = await bench.UntilAsync(assignment, state => state.Reason?.ToString().Contains(words) == true);
        state.Kind.ShouldBe(BackendKind.Waiting);
        state.Reason!.ToString().ShouldContain(advice);
    }

    [Fact]
    public async Task A_job_that_waits_for_long_without_a_reason_gets_one()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        bench.Hold(true);
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        (await bench.UntilAsync(assignment, state => state.Reason == WaitingReasons.Plain)).Kind.ShouldBe(BackendKind.Waiting);
        time.Shift = TimeSpan.FromMinutes(20);
        var quota = await bench.UntilAsync(assignment, state => state.Reason != WaitingReasons.Plain);
        quota.Reason!.ToString().ShouldContain("quota of vCPUs");
        bench.Aws.Batch.Disable(BatchBench.Queue);
        time.Shift = TimeSpan.FromMinutes(40);
        (await bench.UntilAsync(assignment, state => state != quota)).Reason!.ToString().ShouldContain("update-job-queue");
    }

    [Theory]
    [InlineData("CannotPullContainerError: manifest for python:3.99 not found: manifest unknown", "no such image", Ending.NotStarted)]
    [InlineData("CannotPullContainerError: toomanyrequests: Rate exceeded", "limits how often", Ending.Lost)]
    [InlineData("CannotPullContainerError: Get https://public.ecr.aws/v2/: dial tcp: i/o timeout", "can't connect", Ending.Lost)]
    public async Task An_image_that_cannot_be_pulled(string said, string words, Ending ending)
    {
        await using var bench = new BatchBench(server, Imagined);
        var target = bench.Open(new BatchOptions { Stack = "tenfold" });
        bench.Aws.Batch.FailImage(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold-public/docker/library/python:3.12-slim", said);
        var assignment = (await bench.AssignAsync("true"))[0];
        await target.StartAsync([assignment], default);
        await EndsAsync(bench, assignment, ending, words);
    }

    [Fact]
    public async Task A_role_that_cannot_be_assumed()
    {
        await using var bench = new BatchBench(server, Imagined);
        bench.Aws.Batch.FailRole("arn:aws:iam::123456789012:role/tenfold-job");
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        await EndsAsync(bench, assignment, Ending.NotStarted, "trust policy");
    }

    [Fact]
    public async Task A_machine_that_dies_and_a_spot_machine_that_is_taken_back_are_preemption()
    {
        await using var bench = new BatchBench(server, Imagined);
        var assignments = await RunningAsync(bench, 2);
        bench.Aws.Batch.KillHosts(bench.JobOf(assignments[0].Attempt));
        bench.Aws.Batch.ReclaimSpot(bench.JobOf(assignments[1].Attempt));
        foreach (var assignment in assignments) await EndsAsync(bench, assignment, Ending.Lost, "reclaimed its machine");
    }

    [Fact]
    public async Task Memory_time_and_stops_from_outside_have_their_endings()
    {
        await using var bench = new BatchBench(server, Imagined);
        var assignments = await RunningAsync(bench, 3);
        bench.Aws.Batch.RunOutOfMemory(bench.JobOf(assignments[0].Attempt));
        bench.Aws.Batch.TimeOut(bench.JobOf(assignments[1].Attempt));
        using var batch = new BatchClient(Double.BatchFixture.OptionsOf(bench.Aws));
        await batch.TerminateJobAsync(new(bench.JobOf(assignments[2].Attempt), "too expensive"), default);
        await EndsAsync(bench, assignments[0], Ending.Signalled, "raise `memory`");
        await EndsAsync(bench, assignments[1], Ending.TimeLimit, "raise `max_runtime`");
        await EndsAsync(bench, assignments[2], Ending.Cancelled, "too expensive");
    }

    [Fact]
    public async Task A_rule_of_the_queue_ends_what_waits_for_ever()
    {
        await using var bench = new BatchBench(server, Imagined with { Second = TimeSpan.FromMilliseconds(1) });
        bench.Aws.Batch.LimitWaiting(BatchBench.Queue, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE", 600);
        bench.Aws.Batch.Block(BatchBench.Queue, "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - too large");
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        await EndsAsync(bench, assignment, Ending.NotStarted, "lower `cpus`");
    }

    [Fact]
    public async Task A_script_that_fails_before_its_agent_starts_quotes_its_log()
    {
        await using var bench = new BatchBench(server);
        var options = """{"setup": "echo no licence server >&2; false"}""";
        var assignment = (await bench.AssignAsync("true", 1, spec => spec with
        {
            Target = new TargetSpec("batch", "", System.Text.Json.JsonDocument.Parse(options).RootElement),
        }))[0];
        await bench.Target.StartAsync([assignment], default);
        var state = await EndsAsync(bench, assignment, Ending.Lost, "before its agent started");
        state.Reason!.ToString().ShouldContain("no licence server");
        state.Reason.ToString().ShouldContain("/tenfold/runs");
    }

    [Fact]
    public async Task A_job_that_is_not_visible_yet_is_not_gone()
    {
        await using var bench = new BatchBench(server, Imagined with { HiddenCalls = 3 });
        var assignments = await bench.AssignAsync("true", 2);
        bench.Hold(true);
        await bench.Target.StartAsync(assignments, default);
        var other = bench.Reopen();
        (await other.ObserveAsync([assignments[0].Attempt], default))[0].ShouldBe(new BackendState(BackendKind.Unknown));
        (await bench.UntilAsync(assignments[0], state => state.Kind != BackendKind.Unknown, other)).Kind.ShouldBe(BackendKind.Waiting);
    }

    // What no double shows: the words are those of AWS, from the programs that meet them.
    [Theory]
    [InlineData("FAILED", "Task failed to start", "CannotStartContainerError: exec: \"/bin/sh\": executable file not found in $PATH", null, Ending.NotStarted, "/bin/sh")]
    [InlineData("FAILED", "Task failed to start", "Container Overrides length must be at most 8192", null, Ending.NotStarted, "8,192")]
    [InlineData("FAILED", "Task failed to start", "ResourceInitializationError: unable to pull secrets", null, Ending.NotStarted, "execution role")]
    [InlineData("FAILED", "Essential container in task exited - CannotInspectContainerError: x", "", null, Ending.Lost, "lost sight")]
    [InlineData("FAILED", "Essential container in task exited", "OutOfMemoryError: Container killed due to memory usage", 1, Ending.Signalled, "memory")]
    [InlineData("FAILED", "Essential container in task exited", "", 137, Ending.Lost, "killed")]
    [InlineData("FAILED", "Essential container in task exited", "", 3, null, "exit code 3")]
    [InlineData("FAILED", "Your Spot Task was interrupted.", "", 137, Ending.Lost, "reclaimed its machine")]
    [InlineData("FAILED", "", "", null, Ending.Lost, "machine was lost")]
    [InlineData("SUCCEEDED", "", "", 0, null, "never reported")]
    public void Every_end_has_words_and_an_ending(
        string status, string reason, string container, int? exitCode, Ending? ending, string words)
    {
        var state = BatchStates.ToState(
            new JobFacts("j", status) { StatusReason = reason, ContainerReason = container, ExitCode = exitCode });
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, ending));
        state.Reason!.ToString().ShouldContain(words);
    }

    private static async Task<IReadOnlyList<Assignment>> RunningAsync(BatchBench bench, int count)
    {
        var assignments = await bench.AssignAsync("true", count);
        await bench.Target.StartAsync(assignments, default);
        foreach (var assignment in assignments) await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Running);
        return assignments;
    }

    private static async Task<BackendState> EndsAsync(BatchBench bench, Assignment assignment, Ending ending, string words)
    {
        var state = await bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);
        state.End.ShouldBe(ending, state.Reason?.ToString());
        state.Reason!.ToString().ShouldContain(words);
        return state;
    }
}
