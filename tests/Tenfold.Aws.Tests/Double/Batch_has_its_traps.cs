using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Double;

public sealed class Batch_has_its_traps : IDisposable
{
    private readonly BatchFixture _batch = new(
        new AwsDoubleOptions { RunsProcesses = false, HiddenCalls = 2, Second = TimeSpan.FromTicks(1) });

    public void Dispose() => _batch.Dispose();

    [Fact]
    public async Task New_jobs_are_invisible_for_a_while()
    {
        var id = await _batch.SubmitAsync("true");
        (await _batch.Client.DescribeJobsAsync(new([id]), default)).Jobs.ShouldBeEmpty();
        (await _batch.Client.ListJobsAsync(new() { JobQueue = "q", JobStatus = "RUNNING" }, default).CountAsync()).ShouldBe(0);
        (await _batch.Client.DescribeJobsAsync(new([id]), default)).Jobs.ShouldHaveSingleItem().JobId.ShouldBe(id);
    }

    [Fact]
    public async Task A_listing_without_status_shows_running_jobs_and_a_filter_shows_every_state()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false }, maxVcpus: 1);
        var first = await batch.SubmitAsync("true", job => job with { JobName = "Job-1" });
        await batch.UntilAsync(first, "RUNNING");
        var second = await batch.SubmitAsync("true", job => job with { JobName = "job-2" });
        await batch.UntilAsync(second, "RUNNABLE");
        (await batch.Client.ListJobsAsync(new() { JobQueue = "q" }, default).Select(job => job.JobId).ToArrayAsync()).ShouldBe([first]);
        var filter = new ListJobsRequest { JobQueue = "q", JobStatus = "FAILED", Filters = [new("JOB_NAME", ["JOB-*"])] };
        (await batch.Client.ListJobsAsync(filter, default).Select(job => job.JobId).ToArrayAsync()).ShouldBe([second, first]);
    }

    [Fact]
    public async Task Only_the_head_of_the_queue_has_a_reason_and_a_rule_ends_it()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false });
        batch.Aws.Batch.Block("q", "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none");
        var first = await batch.SubmitAsync("true");
        var second = await batch.SubmitAsync("true");
        await batch.UntilAsync(second, "RUNNABLE");
        var jobs = (await batch.Client.DescribeJobsAsync(new([first, second]), default)).Jobs;
        jobs.Select(job => job.StatusReason).ShouldBe(["CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - none", null]);
        batch.Aws.Batch.Unblock("q");
        await batch.UntilAsync(second, "RUNNING");
        batch.Aws.Batch.End(first, 1);
        await batch.UntilAsync(first, "FAILED");
        // 600 of these seconds have passed long since.
        _batch.Aws.Batch.LimitWaiting("q", "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT", 600);
        var large = await _batch.SubmitAsync("true", job =>
            job with { ContainerOverrides = new() { ResourceRequirements = [new("VCPU", "64")] } });
        (await _batch.EndAsync(large))["statusReason"]!.ToString()
            .ShouldBe("Canceled by JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT");
    }

    [Fact]
    public async Task More_than_a_hundred_jobs_are_refused()
    {
        var error = await Should.ThrowAsync<AwsException>(
            () => _batch.Client.DescribeJobsAsync(new([.. Enumerable.Range(0, 101).Select(i => $"{i}")]), default));
        error.Message.ShouldContain("Maximum number of jobs supported is 100");
    }

    [Theory]
    [InlineData("a name", "Job name should match valid pattern")]
    [InlineData("-a", "Job name should match valid pattern")]
    public async Task Names_are_checked_by_the_server(string name, string expected) =>
        (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true", job => job with { JobName = name }))).Message.ShouldContain(
            expected);

    [Fact]
    public async Task Requests_have_a_limit() => (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true", job => job with
    {
        ContainerOverrides = new() { Environment = [new("X", new string('x', 30 << 10))] },
    }))).Message.ShouldContain("Job size must be less than 30 KiB");

    [Fact]
    public async Task A_job_whose_answer_is_lost_exists()
    {
        _batch.Aws.Faults.Add("batch", "SubmitJob", Fault.LostAnswer);
        (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true"))).MayHaveTakenEffect.ShouldBeTrue();
        _batch.Aws.Batch.JobIds.Count.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_have_the_services_codes(Fault fault, string code)
    {
        _batch.Aws.Faults.Add("batch", "TerminateJob", fault, first: 2, times: null);
        await _batch.Client.TerminateJobAsync(new("x", "y"), default);
        await Should.ThrowAsync<AwsException>(() => _batch.Client.TerminateJobAsync(new("x", "y"), default));
        _batch.Aws.Calls.All[^1].Error.ShouldBe(code);
        _batch.Aws.Calls.All[0].Error.ShouldBeNull();
    }

    public static TheoryData<Fault, string> Faults => new()
    {
        { Fault.Throttled, "TooManyRequestsException" },
        { Fault.ServerError, "ServerException" },
        { Fault.Denied, "AccessDeniedException" },
        { Fault.Expired, "ExpiredTokenException" },
        { Fault.LostRequest, "lost" },
    };

    [Fact]
    public async Task A_job_waits_for_another_and_fails_with_it()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false });
        var first = await batch.SubmitAsync("true");
        var second = await batch.SubmitAsync("true", job => job with { DependsOn = [new(first)] });
        await batch.UntilAsync(first, "RUNNING");
        await batch.UntilAsync(second, "PENDING");
        batch.Aws.Batch.End(first, 1);
        (await batch.EndAsync(second))["statusReason"]!.ToString().ShouldBe("Dependent Job failed");
    }

    [Fact]
    public async Task A_pending_job_that_is_cancelled_ends_after_its_dependencies()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false });
        var first = await batch.SubmitAsync("true");
        var second = await batch.SubmitAsync("true", job => job with { DependsOn = [new(first)] });
        await batch.UntilAsync(second, "PENDING");
        await batch.UntilAsync(first, "RUNNING");
        await batch.Client.CancelJobAsync(new(second, "over"), default);
        batch.Aws.Batch.StatusOf(second).ShouldBe("PENDING");
        batch.Aws.Batch.End(first);
        var job = await batch.EndAsync(second);
        (job["status"]!.ToString(), job["statusReason"]!.ToString()).ShouldBe(("FAILED", "over"));
    }

    [Fact]
    public async Task The_children_of_arrays_wait_for_each_other()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false });
        var first = await batch.SubmitAsync("true", job => job with { ArrayProperties = new(2) });
        var second = await batch.SubmitAsync(
            "true", job => job with { ArrayProperties = new(2), DependsOn = [new(first, "N_TO_N")] });
        await batch.UntilAsync($"{first}:1", "RUNNING");
        batch.Aws.Batch.End($"{first}:1");
        await batch.UntilAsync($"{second}:1", "RUNNING");
        batch.Aws.Batch.StatusOf($"{second}:0").ShouldBe("PENDING");
    }

    [Fact]
    public async Task A_container_that_can_not_be_inspected_fails_although_its_work_is_done()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false });
        var id = await batch.SubmitAsync("true");
        await batch.UntilAsync(id, "RUNNING");
        batch.Aws.Batch.FailInspection(id);
        batch.Aws.Batch.End(id);
        var job = await batch.EndAsync(id);
        job["status"]!.ToString().ShouldBe("FAILED");
        job["statusReason"]!.ToString().ShouldStartWith("Essential container in task exited - CannotInspectContainerError");
    }

    [Fact]
    public async Task A_role_that_can_not_be_assumed_is_named()
    {
        _batch.Aws.Batch.FailRole("arn:aws:iam::123456789012:role/job");
        (await _batch.EndAsync(await _batch.SubmitAsync("true")))["statusReason"]!.ToString().ShouldContain("unable to assume the role");
    }

    [Theory]
    [InlineData("Host EC2 (*", "restricted characters")]
    [InlineData("*EC2", "restricted characters")]
    public async Task Conditions_with_brackets_or_inner_stars_are_refused(string pattern, string expected) =>
        (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true", job => job with
        {
            RetryStrategy = new() { Attempts = 2, EvaluateOnExit = [new("RETRY") { OnStatusReason = pattern }] },
        }))).Message.ShouldContain(expected);

    [Fact]
    public async Task A_share_is_refused_by_a_queue_without_a_policy() =>
        (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true", job => job with { ShareIdentifier = "a" })))
            .Message.ShouldContain("shareIdentifier");

    [Fact]
    public async Task A_disabled_queue_takes_no_job()
    {
        _batch.Aws.Batch.Disable("q");
        (await Should.ThrowAsync<AwsException>(() => _batch.SubmitAsync("true"))).Message.ShouldContain("ENABLED");
    }

    [Fact]
    public async Task A_call_can_be_held_until_the_test_lets_it_go()
    {
        var gate = new TaskCompletionSource();
        _batch.Aws.Faults.Add("batch", "TerminateJob", Fault.WaitsFor(gate.Task));
        var call = _batch.Client.TerminateJobAsync(new("x", "y"), default);
        await _batch.Client.DescribeJobsAsync(new(["x"]), default);
        call.IsCompleted.ShouldBeFalse();
        gate.SetResult();
        await call;
    }

    [Fact]
    public async Task Calls_beyond_a_rate_are_throttled()
    {
        _batch.Aws.Faults.Limit("batch", "DescribeJobs", 2, TimeSpan.FromHours(1));
        for (var call = 0; call < 2; call++) await _batch.Client.DescribeJobsAsync(new(["x"]), default);
        (await Should.ThrowAsync<AwsException>(() => _batch.Client.DescribeJobsAsync(new(["x"]), default)))
            .Fault.ShouldBe(AwsFault.Throttled);
        await _batch.Client.TerminateJobAsync(new("x", "y"), default);
    }

    [Fact]
    public async Task A_thousand_live_jobs_are_described_by_ten_calls()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { RunsProcesses = false }, maxVcpus: 1000);
        var id = await batch.SubmitAsync("true", job => job with { ArrayProperties = new(1000) });
        await batch.UntilAsync($"{id}:999", "RUNNING");
        var found = 0;
        foreach (var ids in Enumerable.Range(0, 1000).Select(index => $"{id}:{index}").Chunk(100))
            found += (await batch.Client.DescribeJobsAsync(new(ids), default)).Jobs.Count;
        found.ShouldBe(1000);
        batch.Aws.Calls.Count("batch", "DescribeJobs").ShouldBe(10);
    }

    [Fact]
    public async Task An_image_that_can_not_be_pulled_is_named()
    {
        using var batch = new BatchFixture();
        batch.Aws.Batch.FailImage("public.ecr.aws/docker/library/python:3.12-slim", "Error response from daemon: manifest unknown");
        var job = await batch.EndAsync(await batch.SubmitAsync("true"));
        (job["statusReason"]!.ToString(), job["container"]!["reason"]!.ToString())
            .ShouldBe(("Task failed to start", "CannotPullContainerError: Error response from daemon: manifest unknown"));
    }
}
