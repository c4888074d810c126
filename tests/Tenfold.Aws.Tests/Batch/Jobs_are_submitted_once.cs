using System.Text.Json.Nodes;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;
using Tenfold.Targets.Tests.Conformance;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Jobs_are_submitted_once(S3Server server) : IClassFixture<S3Server>
{
    private static readonly AwsDoubleOptions Imagined = new() { RunsProcesses = false };

    [Fact]
    public async Task Two_hundred_repeats_are_one_array_and_eight_calls_at_most()
    {
        await using var bench = new BatchBench(server, Imagined);
        var assignments = await bench.AssignAsync("true", 200);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Calls!.Value.ShouldBeLessThanOrEqualTo(8);
        var job = Submitted(bench).ShouldHaveSingleItem();
        job["arrayProperties"]!["size"]!.GetValue<int>().ShouldBe(200);
        job["retryStrategy"]!["attempts"]!.GetValue<int>().ShouldBe(1);
        job["containerOverrides"]!.ToJsonString().Length.ShouldBeLessThan(8192 - 1024);
        job["tags"]!["tenfold:ledger"]!.GetValue<string>().ShouldBe(Work.Ledger);
        job["tags"]!["tenfold:stack"]!.GetValue<string>().ShouldBe("tenfold");
    }

    [Fact]
    public async Task Runs_that_request_the_same_share_a_definition_and_others_do_not()
    {
        await using var bench = new BatchBench(server, Imagined);
        foreach (var cpus in (double[])[1, 2, 1])
        {
            var work = await bench.AssignAsync("true", 1, spec => spec with { Resources = new ResourceSpec { Cpus = cpus } });
            (await bench.Target.StartAsync(work, default))[0].ShouldBe(StartOutcome.Started);
        }

        // Another process finds the definition.
        (await bench.Reopen().StartAsync(await bench.AssignAsync("true"), default))[0].ShouldBe(StartOutcome.Started);
        bench.Aws.Calls.Count("batch", "RegisterJobDefinition").ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_lost_answer_does_not_submit_a_second_job(int repeat)
    {
        await using var bench = new BatchBench(server, Imagined);
        var assignments = await bench.AssignAsync("true", repeat);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.LostAnswer);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        Submitted(bench).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_answer_of_a_job_that_is_not_visible_yet_does_not_submit_a_second_job()
    {
        await using var bench = new BatchBench(server, Imagined with { HiddenCalls = 2 });
        var assignments = await bench.AssignAsync("true", 3);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.LostAnswer);
        var outcomes = await bench.Target.StartAsync(assignments, default);
        outcomes.ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
        outcomes[0].Reason!.ToString().ShouldContain("looks for the job before it submits again");
        // Another process, after this one was killed.
        var other = bench.Open();
        (await other.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
        (await bench.Open().StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        Submitted(bench).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_never_arrived_is_submitted_again_in_a_while()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        var assignments = await bench.AssignAsync("true", 2);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.LostRequest);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
        time.Shift = TimeSpan.FromSeconds(90);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.JobsOf(assignments[0].Attempt).Count.ShouldBe(1);
    }

    // Batch refused this process, so this process left no job. Another process may have left one since.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_submission_is_repeated_at_once_unless_another_process_submitted_since(bool isSubmitted)
    {
        var (time, later) = (new ShiftedClock(), new ShiftedClock { Shift = TimeSpan.FromSeconds(70) });
        await using var bench = new BatchBench(server, Imagined with { HiddenCalls = 20 }, time);
        var assignments = await bench.AssignAsync("true", 2);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.Answers(400, "ClientException", "JobDefinition tenfold:1 not found"));
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity);
        if (isSubmitted)
        {
            (await bench.Open(time: later).StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
            // The store tells whole seconds, and this test does not wait for one.
            var attempts = $"{server.Data}/{bench.Prefix}/attempts";
            foreach (var path in Directory.GetFiles(attempts, "assignment.json*", SearchOption.AllDirectories))
                File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(5));
        }

        time.Shift = TimeSpan.FromSeconds(20);
        var outcomes = await bench.Target.StartAsync(assignments, default);
        outcomes.ShouldAllBe(outcome => outcome.Kind == (isSubmitted ? StartKind.NoCapacity : StartKind.Started));
        bench.JobsOf(assignments[0].Attempt).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_delay_the_next_submission()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        var assignments = await bench.AssignAsync("true");
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.Answers(400, "ClientException", "JobDefinition tenfold:1 not found"));
        (await bench.Target.StartAsync(assignments, default))[0].Kind.ShouldBe(StartKind.NoCapacity);
        (time.Shift, time.SetBack) = (TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(3));
        (await bench.Target.StartAsync(assignments, default))[0].ShouldBe(StartOutcome.Started);
    }

    [Fact]
    public async Task Throttled_calls_are_repeated()
    {
        await using var bench = new BatchBench(server, Imagined);
        foreach (var operation in (string[])["ListJobs", "SubmitJob", "DescribeJobQueues", "RegisterJobDefinition"])
            bench.Aws.Faults.Add("batch", operation, Fault.Throttled, times: 2);
        var outcomes = await bench.Target.StartAsync(await bench.AssignAsync("true", 5), default);
        outcomes.ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.Batch.JobIds.Count.ShouldBe(6, "an array with its five jobs");
    }

    [Fact]
    public async Task Expired_credentials_submit_nothing_and_conclude_nothing()
    {
        await using var bench = new BatchBench(server, Imagined);
        var assignments = await bench.AssignAsync("true", 2);
        bench.Aws.ExpireUser();
        var fault = await Should.ThrowAsync<TargetException>(() => bench.Target.StartAsync(assignments, default));
        fault.Message.ShouldContain("expired");
        fault.Message.ShouldContain("aws sso login");
        bench.Aws.ExpireUser(expired: false);
        (await bench.Target.StartAsync(assignments, default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        bench.Aws.ExpireUser();
        await Should.ThrowAsync<TargetException>(() => bench.Reopen().ObserveAsync([assignments[0].Attempt], default));
    }

    [Fact]
    public async Task A_missing_permission_fails_the_run_and_names_it()
    {
        await using var bench = new BatchBench(server, Imagined);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.Denied, times: null);
        var outcome = (await bench.Target.StartAsync(await bench.AssignAsync("true"), default)).Single();
        outcome.Kind.ShouldBe(StartKind.Denied);
        outcome.Reason!.ToString().ShouldContain("batch:SubmitJob");
    }

    [Fact]
    public async Task A_disabled_queue_is_waited_for_and_named()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        bench.Aws.Batch.Disable(BatchBench.Queue);
        var assignments = await bench.AssignAsync("true");
        var outcome = (await bench.Target.StartAsync(assignments, default)).Single();
        outcome.Kind.ShouldBe(StartKind.NoCapacity);
        outcome.Reason!.ToString().ShouldContain("update-job-queue");
        bench.Aws.Batch.Disable(BatchBench.Queue, disabled: false);
        // Such an answer is not asked for again at once, and the queue is described again after ten minutes.
        var calls = bench.Calls;
        (await bench.Target.StartAsync(assignments, default))[0].ShouldBe(outcome);
        bench.Calls.ShouldBe(calls);
        time.Shift = TimeSpan.FromMinutes(11);
        (await bench.Target.StartAsync(assignments, default))[0].ShouldBe(StartOutcome.Started);
    }

    // Batch has one code for all wrong requests. A refusal is final unless the queue or the definition has changed since it was described.
    [Theory]
    [InlineData("JobDefinition arn:aws:batch:eu-west-1:1:job-definition/tenfold:1 not found", StartKind.NoCapacity)]
    [InlineData("Timeout must be at least 60 seconds", StartKind.Invalid)]
    [InlineData("The statement of the job is not in a form that Batch accepts", StartKind.Invalid)]
    public async Task A_refused_request_is_repeated_only_if_its_definition_was_not_found(string said, StartKind kind)
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        bench.Aws.Faults.Add("batch", "SubmitJob", Fault.Answers(400, "ClientException", said));
        var assignments = await bench.AssignAsync("true");
        var outcome = (await bench.Target.StartAsync(assignments, default)).Single();
        outcome.Kind.ShouldBe(kind, outcome.Reason?.ToString());
        var reason = outcome.Reason.ShouldBeOfType<Core.Reasons.Reason.OfBackend>();
        (reason.Fact, reason.State, reason.Answer).ShouldBe(("submission-refused", "ClientException", said));
        time.Shift = TimeSpan.FromSeconds(90);
        if (kind == StartKind.NoCapacity) (await bench.Target.StartAsync(assignments, default))[0].ShouldBe(StartOutcome.Started);
    }

    [Fact]
    public async Task A_queue_that_was_disabled_meanwhile_is_waited_for()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        await bench.Target.StartAsync(await bench.AssignAsync("true"), default);
        bench.Aws.Batch.Disable(BatchBench.Queue);
        var assignments = await bench.AssignAsync("true");
        (await bench.Target.StartAsync(assignments, default)).Single().Kind.ShouldBe(StartKind.NoCapacity);
        bench.Aws.Batch.Disable(BatchBench.Queue, disabled: false);
        time.Shift = TimeSpan.FromMinutes(11);
        (await bench.Target.StartAsync(assignments, default))[0].ShouldBe(StartOutcome.Started);
    }

    [Fact]
    public async Task A_limit_on_parallel_runs_is_kept()
    {
        var time = new ShiftedClock();
        await using var bench = new BatchBench(server, Imagined, time);
        var assignments = await bench.AssignAsync("true", 5, spec => spec with { Parallel = 2 });
        (await bench.Target.StartAsync(assignments, default)).Select(outcome => outcome.Kind).ShouldBe(
            [StartKind.Started, StartKind.Started, StartKind.NoCapacity, StartKind.NoCapacity, StartKind.NoCapacity]);
        await Eventually.ShouldBeAsync(
            () => bench.Aws.Batch.StatusOf(bench.JobOf(assignments[0].Attempt)) == "RUNNING", "the first job runs");
        bench.Aws.Batch.End(bench.JobOf(assignments[0].Attempt));
        await bench.UntilAsync(assignments[0], state => state.Kind == BackendKind.Gone);
        time.Shift = TimeSpan.FromMinutes(1);
        (await bench.Target.StartAsync([.. assignments.Skip(2)], default)).Count(outcome => outcome == StartOutcome.Started).ShouldBe(1);
    }

    [Theory]
    [InlineData("k7m2xqab-3-1")]
    [InlineData("k7m2xqab-t12-1-2")]
    [InlineData("k7m2xqab-c1-10-1")]
    public void A_jobs_name_says_what_it_is(string attempt)
    {
        var name = new BatchJobName(attempt, "ledgerxx", 200, new string('a', 64));
        BatchJobName.Read(name.ToString()).ShouldBe(name);
        name.ToString().Length.ShouldBeLessThanOrEqualTo(128);
        name.ToString().ShouldMatch("^[0-9A-Za-z][0-9A-Za-z_-]*$");
        attempt.ShouldStartWith(BatchJobName.RootOf(attempt));
        BatchJobName.Read(attempt).ShouldBeNull();
    }

    private static IReadOnlyList<JsonObject> Submitted(BatchBench bench) =>
        [.. bench.Aws.Calls.All.Where(call => call.Operation == "SubmitJob").Select(call => call.Input)];
}

/// <summary>The system's clock, some time later.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Shift { get; set; }

    /// <summary>By how much somebody set the time of day back. Elapsed times don't change by that.</summary>
    public TimeSpan SetBack { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift - SetBack;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Shift.TotalSeconds * TimestampFrequency);
}
