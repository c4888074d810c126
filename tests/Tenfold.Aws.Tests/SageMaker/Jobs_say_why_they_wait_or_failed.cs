using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.Observe;
using Tenfold.Aws.Tests.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.SageMaker;

public sealed class Jobs_say_why_they_wait_or_failed(S3Server server) : IClassFixture<S3Server>
{
    // The words are those of AWS, from the programs and issues that meet them.
    [Theory]
    [InlineData("CapacityError: Unable to provision requested ML compute capacity.", "no-capacity", Ending.Lost, "another `instance_type`")]
    [InlineData("InternalServerError: We encountered an internal error. Please try again.", "service-failed", Ending.Lost, "failed")]
    [InlineData("ClientError: Data download failed:No S3 objects found under S3 URL", "input-missing", Ending.NotStarted, "tenfold retry")]
    [InlineData("ClientError: Data download failed:Failed to download data. Cannot read", "input-missing", Ending.NotStarted, "role")]
    [InlineData("ClientError: AccessDenied when calling ecr", "role-denied", Ending.NotStarted, "permission")]
    [InlineData("ClientError: Cannot assume role arn:aws:iam::1:role/x", "role-denied", Ending.NotStarted, "assume it")]
    [InlineData("ClientError: Unable to pull image 1.dkr.ecr", "image-refused", Ending.NotStarted, "correct the target's `image`")]
    [InlineData("ClientError: Please use an instance type with more memory", "job-invalid", Ending.NotStarted, "can't execute")]
    [InlineData("AlgorithmError: , exit code: 137", "agent-killed", Ending.Lost, "raise `memory`")]
    [InlineData("AlgorithmError: , exit code: 143", "agent-killed", Ending.Lost, "from outside")]
    [InlineData("AlgorithmError: x, exit code: 3", "end-not-reported", null, "exit code 3")]
    [InlineData("Something new of a later year", "end-not-reported", null, "never reported")]
    public void Each_failure_has_its_fact_and_its_next_step(string said, string fact, Ending? end, string words) =>
        Check(Ended("Failed", "Failed", said), fact, end, words);

    [Theory]
    [InlineData("Stopped", "stopped-outside", Ending.Cancelled, "outside Tenfold")]
    [InlineData("MaxRuntimeExceeded", "time-limit", Ending.TimeLimit, "raise `max_runtime`")]
    [InlineData("MaxWaitTimeExceeded", "no-spot-in-time", Ending.NotStarted, "raise `max_wait`")]
    public void A_stopped_job_is_no_failed_one(string secondary, string fact, Ending end, string words) =>
        Check(Ended("Stopped", secondary), fact, end, words);

    [Fact]
    public void A_spot_job_that_ran_and_then_waited_for_too_long_is_lost() => Check(
        Ended("Stopped", "MaxWaitTimeExceeded") with { SecondaryStatusTransitions = [new StatusTransition { Status = "Interrupted" }] },
        "no-spot-in-time", Ending.Lost, "max_wait");

    [Theory]
    [InlineData("Starting", "Insufficient capacity error from EC2 while launching instances, retrying!", "waiting-for-machine")]
    [InlineData("Pending", "Training job waiting for capacity", "waiting-for-machine")]
    [InlineData("Starting", "Preparing the instances for training", "machine-starting")]
    [InlineData("Downloading", "Downloading input data", "downloading")]
    [InlineData("Training", "Training image download completed.", "agent-starting")]
    [InlineData("Interrupted", "Training job interrupted", "spot-interrupted")]
    public void A_waiting_job_says_why(string secondary, string said, string fact)
    {
        var state = TrainingStates.OfWaiting(Ended("InProgress", secondary) with
        {
            SecondaryStatusTransitions = [new StatusTransition { Status = secondary, StatusMessage = said }],
        });
        state.Kind.ShouldBe(BackendKind.Waiting);
        state.Reason.ShouldBeOfType<Reason.OfBackend>().Fact.ShouldBe(fact);
        state.Reason.Words()!.ShouldNotContain("()");
    }

    [Fact]
    public async Task Ends_without_a_report_are_explained_once_and_reported_ends_are_not_described()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignments = await bench.AssignAsync("true", 3);
        await bench.Target.StartAsync(assignments, default);
        foreach (var one in assignments) await bench.TrainsAsync(one);
        foreach (var one in assignments)
        {
            await bench.Store.WriteAsync(AttemptKeys.Claim(one.Attempt), "{}"u8.ToArray(), default);
            (await bench.UntilAsync(one, state => state.Kind == BackendKind.Running)).Reason.ShouldBeNull();
        }

        await new AttemptReports(bench.Store).WriteAsync(
            assignments[0].Attempt, new AttemptReport { State = Core.Runs.AttemptState.Failed, Ending = Ending.Exited }, default);
        var before = bench.Aws.Calls.Count("sagemaker", "DescribeTrainingJob");
        bench.Aws.SageMaker.Fail(SageMakerBench.JobOf(assignments[0]), "AlgorithmError: , exit code: 1");
        bench.Aws.SageMaker.Fail(SageMakerBench.JobOf(assignments[1]), "InternalServerError: x");
        bench.Aws.SageMaker.StopNow(SageMakerBench.JobOf(assignments[2]), "MaxRuntimeExceeded");
        string[] names = [.. assignments.Select(one => one.Attempt)];
        IReadOnlyList<BackendState> states = [];
        await Eventually.ShouldBeAsync(
            () => (states = bench.Target.ObserveAsync(names, default).GetAwaiter().GetResult()).All(one => one.Kind == BackendKind.Gone),
            "all have ended");
        states.Select(state => state.End).ShouldBe([null, Ending.Lost, Ending.TimeLimit]);
        for (var i = 0; i < 3; i++)
        {
            await Task.Delay(40);
            (await bench.Target.ObserveAsync(names, default)).ShouldBe(states);
        }

        (bench.Aws.Calls.Count("sagemaker", "DescribeTrainingJob") - before).ShouldBe(2);
    }

    [Fact]
    public async Task A_type_without_capacity_is_retried_as_lost()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Aws.SageMaker.RunOutOf("ml.m5.large");
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        var state = await EndsAsync(bench, assignment);
        state.End.ShouldBe(Ending.Lost);
        state.Reason.ShouldBeOfType<Reason.OfBackend>().Fact.ShouldBe("no-capacity");
    }

    [Fact]
    public async Task Setup_that_fails_before_the_agent_starts_quotes_its_log()
    {
        await using var bench = new SageMakerBench(server);
        var assignment = await bench.AssignAsync("true", """{"setup": "echo no licence server >&2; false"}""");
        await bench.Target.StartAsync([assignment], default);
        var state = await EndsAsync(bench, assignment);
        state.End.ShouldBe(Ending.Lost);
        state.Reason.Words()!.ShouldContain("no licence server");
        state.Reason.Words()!.ShouldContain($"{SageMakerBench.JobOf(assignment)}/algo-1-");
        state.Reason.Words()!.ShouldContain("/aws/sagemaker/TrainingJobs");
        // A second attempt that fails alike is not followed by a third.
        var next = RetryPolicy.Next(assignment, Ending.Lost)!;
        await bench.Target.StartAsync([next], default);
        (await EndsAsync(bench, next)).End.ShouldBe(Ending.NotStarted);
    }

    [Fact]
    public async Task A_start_script_that_someone_changed_is_not_executed()
    {
        await using var bench = new SageMakerBench(server);
        bench.Hold(true);
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        var folder = $"attempts/{assignment.Attempt}/";
        await foreach (var entry in bench.Store.ListAsync(folder, default))
            if (entry.Key.EndsWith(".sh", StringComparison.Ordinal))
                await bench.Store.WriteAsync(entry.Key, "touch /tmp/never\n"u8.ToArray(), default);
        bench.Hold(false);
        var state = await EndsAsync(bench, assignment);
        state.End.ShouldBe(Ending.NotStarted);
        state.Reason.Words()!.ShouldContain("the start script was changed");
    }

    [Fact]
    public async Task Throttled_listings_leave_the_last_states()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        bench.Hold(true);
        var assignments = await bench.AssignAsync("true", 2);
        await bench.Target.StartAsync(assignments, default);
        bench.Aws.Faults.Add("sagemaker", "ListTrainingJobs", Fault.Throttled, times: null);
        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(60);
            (await bench.Target.ObserveAsync([.. assignments.Select(one => one.Attempt)], default))
                .ShouldAllBe(state => state.Kind == BackendKind.Waiting);
        }
    }

    [Fact]
    public async Task A_job_that_someone_stops_in_the_console_is_left_once_it_has_stopped()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([assignment], default);
        await bench.TrainsAsync(assignment);
        using var client = new SageMakerClient(BatchFixture.OptionsOf(bench.Aws));
        await client.StopTrainingJobAsync(new(SageMakerBench.JobOf(assignment)), default);
        (await EndsAsync(bench, assignment)).End.ShouldBe(Ending.Cancelled);
        // An ended job can't be stopped. It is not tried for ever, and it is no fault.
        await StopMarks.WriteAsync(bench.Store, [assignment.Attempt], TimeProvider.System, default);
        for (var i = 0; i < 3; i++) await bench.Target.StopAsync([assignment.Attempt], default);
        await bench.Reopen().StopAsync([assignment.Attempt], default);
        bench.Aws.Calls.Count("sagemaker", "StopTrainingJob").ShouldBe(1);
    }

    [Fact]
    public void The_names_of_facts_never_change() => Enum.GetValues<SageMakerFact>()
        .Select(fact => SageMakerReason.Of(fact, "words").Fact).ShouldBe(
        [
            "refused", "agent-not-delivered", "secrets-not-passed", "request-refused", "denied", "quota-reached", "name-taken",
            "submission-unanswered", "submissions-throttled",
            "machine-starting", "waiting-for-machine", "downloading", "agent-starting", "spot-interrupted", "stopping", "no-capacity",
            "no-spot-in-time", "time-limit", "stopped-outside", "agent-never-started", "agent-killed", "end-not-reported", "role-denied",
            "image-refused", "input-missing", "job-invalid", "service-failed", "not-listed",
        ]);

    private static Task<BackendState> EndsAsync(SageMakerBench bench, Assignment assignment) =>
        bench.UntilAsync(assignment, state => state.Kind == BackendKind.Gone);

    private static TrainingJob Ended(string status, string secondary, string? said = null) => new()
    {
        TrainingJobName = "tenfold-ledgerxx-k7m2xqab-1-1",
        TrainingJobArn = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x",
        TrainingJobStatus = status,
        SecondaryStatus = secondary,
        FailureReason = said,
    };

    private static void Check(TrainingJob job, string fact, Ending? end, string words)
    {
        var state = TrainingStates.OfEnded(job);
        (state.Kind, state.End).ShouldBe((BackendKind.Gone, end));
        var reason = state.Reason.ShouldBeOfType<Reason.OfBackend>();
        reason.Fact.ShouldBe(fact);
        reason.Words.ShouldContain(words);
        reason.Answer.ShouldBe(job.FailureReason);
        reason.About!["job"].ShouldBe(job.TrainingJobName);
    }
}
