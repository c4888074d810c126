using Tenfold.Aws.Batch;
using Tenfold.Aws.Tests.Scripted;

namespace Tenfold.Aws.Tests.Wire;

public sealed class Batch_calls : IDisposable
{
    private readonly AwsServer _aws = new();
    private readonly BatchClient _batch;

    public Batch_calls() => _batch = new(_aws.Options);

    public void Dispose()
    {
        _batch.Dispose();
        _aws.Dispose();
    }

    internal static SubmitJobRequest Job { get; } = new() { JobName = "tenfold-r1", JobQueue = "tenfold", JobDefinition = "tenfold:3" };

    internal static object Submitted { get; } = new { jobName = "tenfold-r1", jobId = "876da822", jobArn = "arn:job/876da822" };

    [Fact]
    public async Task A_job_is_submitted_with_everything_that_a_request_can_have()
    {
        _aws.On("SubmitJob", AwsReply.Ok(Submitted));
        var answer = await _batch.SubmitJobAsync(Job with
        {
            ArrayProperties = new(200),
            DependsOn = [new("first", "N_TO_N")],
            Parameters = new Dictionary<string, string> { ["seed"] = "1" },
            ContainerOverrides = new()
            {
                Command = ["sh", "-c", "echo ü & '\"<>"],
                Environment = [new("TENFOLD_RUN", "r1")],
                ResourceRequirements = [new("VCPU", "4"), new("GPU", "1")],
            },
            RetryStrategy = new() { Attempts = 1, EvaluateOnExit = [new("EXIT") { OnReason = "*" }] },
            Timeout = new(3600),
            Tags = new Dictionary<string, string> { ["tenfold"] = "1" },
            PropagateTags = true,
            ShareIdentifier = "a",
            SchedulingPriorityOverride = 5,
        }, default);
        answer.JobId.ShouldBe("876da822");
        answer.RequestId.ShouldBe("request-1");
        var call = _aws.Calls.ShouldHaveSingleItem();
        (call.Path, call.Region).ShouldBe(("/v1/submitjob", "eu-west-1"));
        call.Headers["x-amz-security-token"].ShouldBe("the token");
        call.Input.GetProperty("containerOverrides").GetProperty("command")[2].GetString().ShouldBe("echo ü & '\"<>");
    }

    [Fact]
    public async Task Jobs_are_described()
    {
        _aws.On("DescribeJobs", AwsReply.Ok(new
        {
            jobs = new object[]
            {
                new
                {
                    jobId = "a", jobName = "n", jobQueue = "q", status = "FAILED", statusReason = "Host EC2 (instance i-1) terminated.",
                    createdAt = 1764343320123, jobDefinition = "d", isTerminated = true, startedAt = 1764343321000,
                    attempts = new[] { new { container = new { reason = "OutOfMemoryError", exitCode = 137 }, statusReason = "x" } },
                    arrayProperties = new { statusSummary = new { FAILED = 2 }, size = 2, statusSummaryLastUpdatedAt = 1764343322000 },
                    // Members that no record has are skipped.
                    container = new { logStreamName = "d/default/1", vcpus = 2, networkInterfaces = Array.Empty<object>() },
                },
            },
        }));
        var job = (await _batch.DescribeJobsAsync(new(["a", "b"]), default)).Jobs.ShouldHaveSingleItem();
        job.CreatedAt.ShouldBe(new DateTimeOffset(2025, 11, 28, 15, 22, 0, 123, TimeSpan.Zero));
        (job.IsTerminated, job.IsCancelled, job.StoppedAt).ShouldBe((true, null, null));
        job.Attempts[0].Container!.ExitCode.ShouldBe(137);
        job.ArrayProperties!.StatusSummary!["FAILED"].ShouldBe(2);
        job.Container!.LogStreamName.ShouldBe("d/default/1");
    }

    [Fact]
    public async Task Listings_follow_all_pages_and_empty_ones()
    {
        var job = new { jobId = "a", jobName = "n" };
        _aws.On(
            "ListJobs", AwsReply.Ok(new { jobSummaryList = new[] { job }, nextToken = "2" }),
            AwsReply.Ok(new { jobSummaryList = Array.Empty<object>(), nextToken = "3" }),
            AwsReply.Ok(new { jobSummaryList = new[] { job } }));
        var request = new ListJobsRequest { JobQueue = "q", Filters = [new("JOB_NAME", ["tenfold-*"])], MaxResults = 100 };
        (await _batch.ListJobsAsync(request, default).CountAsync()).ShouldBe(2);
        _aws.Calls.Select(call => call.Input.TryGetProperty("nextToken", out var token) ? token.GetString() : null)
            .ShouldBe([null, "2", "3"]);
    }

    [Fact]
    public async Task Queues_environments_and_definitions_are_described()
    {
        _aws.On("DescribeJobQueues", AwsReply.Ok(new
        {
            jobQueues = new[]
            {
                new
                {
                    jobQueueName = "q", jobQueueArn = "arn:q", state = "ENABLED", status = "VALID", priority = 1,
                    computeEnvironmentOrder = new[] { new { order = 1, computeEnvironment = "arn:c" } },
                    jobStateTimeLimitActions = new[]
                    {
                        new { reason = "CAPACITY:X", state = "RUNNABLE", maxTimeSeconds = 600, action = "CANCEL" },
                    },
                },
            },
        }));
        _aws.On("DescribeComputeEnvironments", AwsReply.Ok(new
        {
            computeEnvironments = new[]
            {
                new
                {
                    computeEnvironmentName = "c", computeEnvironmentArn = "arn:c", ecsClusterArn = "arn:e", type = "MANAGED",
                    computeResources = new { type = "SPOT", minvCpus = 0, maxvCpus = 64, desiredvCpus = 4, subnets = new[] { "s" } },
                },
            },
        }));
        _aws.On("DescribeJobDefinitions", AwsReply.Ok(new
        {
            jobDefinitions = new[] { new { jobDefinitionName = "d", jobDefinitionArn = "arn:d:3", revision = 3, type = "container" } },
        }));
        _aws.On("RegisterJobDefinition", AwsReply.Ok(new { jobDefinitionName = "d", jobDefinitionArn = "arn:d:4", revision = 4 }));
        var queue = await _batch.DescribeJobQueuesAsync(new(), default).SingleAsync();
        queue.JobStateTimeLimitActions[0].MaxTimeSeconds.ShouldBe(600);
        var environment = await _batch.DescribeComputeEnvironmentsAsync(new() { ComputeEnvironments = ["arn:c"] }, default).SingleAsync();
        (environment.ComputeResources!.MinvCpus, environment.ComputeResources.MaxvCpus).ShouldBe((0, 64));
        (await _batch.DescribeJobDefinitionsAsync(new() { Status = "ACTIVE" }, default).SingleAsync()).Revision.ShouldBe(3);
        var registered = await _batch.RegisterJobDefinitionAsync(new()
        {
            JobDefinitionName = "d",
            Type = "container",
            ContainerProperties = new()
            {
                Image = "public.ecr.aws/docker/library/python:3.12-slim",
                Command = ["true"],
                JobRoleArn = "arn:role",
                ResourceRequirements = [new("MEMORY", "2048")],
                LinuxParameters = new(1024),
                LogConfiguration = new("awslogs") { Options = new Dictionary<string, string> { ["awslogs-group"] = "/tenfold" } },
                NetworkConfiguration = new("ENABLED"),
                EphemeralStorage = new(50),
            },
            PlatformCapabilities = ["EC2"],
        }, default);
        registered.Revision.ShouldBe(4);
    }

    [Fact]
    public async Task Jobs_are_ended()
    {
        _aws.On("TerminateJob", AwsReply.Ok(new { }));
        // Some servers answer an operation without results with an empty body.
        _aws.On("CancelJob", AwsReply.As(200, ""));
        await _batch.TerminateJobAsync(new("a", "stopped by tenfold"), default);
        await _batch.CancelJobAsync(new("a", "stopped by tenfold"), default);
        _aws.Calls.Select(call => call.Operation).ShouldBe(["TerminateJob", "CancelJob"]);
    }
}
