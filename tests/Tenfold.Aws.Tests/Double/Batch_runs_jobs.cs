using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

public sealed class Batch_runs_jobs : IDisposable
{
    private readonly BatchFixture _batch = new(
        new AwsDoubleOptions { Second = TimeSpan.FromMilliseconds(1), Grace = TimeSpan.FromSeconds(30) });

    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _batch.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_job_runs_in_a_fresh_folder_with_the_variables_of_Batch()
    {
        var id = await _batch.SubmitAsync(
            "pwd; ls -A | sort; echo $AWS_BATCH_JOB_ID $AWS_BATCH_JOB_ATTEMPT $AWS_BATCH_JQ_NAME $X; echo err >&2",
            job => job with { ContainerOverrides = new() { Environment = [new("X", "a 'b")] } });
        var job = await _batch.EndAsync(id);
        (job["status"]!.ToString(), job["statusReason"]!.ToString(), (int)job["container"]!["exitCode"]!)
            .ShouldBe(("SUCCEEDED", "Essential container in task exited", 0));
        _batch.LogOf(id).ShouldContain($"{id} 1 q a 'b");
        _batch.LogOf(id).ShouldContain("err");
    }

    [Fact]
    public async Task The_tools_of_a_job_have_the_keys_of_its_role()
    {
        var id = await _batch.SubmitAsync("aws sts get-caller-identity --region eu-west-1 --endpoint-url $AWS_ENDPOINT_URL");
        await _batch.EndAsync(id);
        string.Concat(_batch.LogOf(id)).ShouldContain(":assumed-role/job/");
        _batch.Aws.Calls.All.Single(call => call.Operation == "GetCallerIdentity").Caller.ShouldContain("assumed-role/job");
    }

    [Fact]
    public async Task An_array_has_a_parent_and_children()
    {
        var id = await _batch.SubmitAsync("exit $AWS_BATCH_JOB_ARRAY_INDEX", job => job with { ArrayProperties = new(3) });
        var parent = await _batch.EndAsync(id);
        (parent["status"]!.ToString(), parent["statusReason"]!.ToString()).ShouldBe(("FAILED", "Array Child Job failed"));
        parent["arrayProperties"]!["statusSummary"]!["FAILED"]!.GetValue<int>().ShouldBe(2);
        var children = await _batch.Client.DescribeJobsAsync(new([$"{id}:0", $"{id}:1", $"{id}:2"]), default);
        children.Jobs.Select(child => child.Container!.ExitCode).ShouldBe([0, 1, 2]);
        children.Jobs.Select(child => child.ArrayProperties!.Index).ShouldBe([0, 1, 2]);
        (await _batch.Client.ListJobsAsync(new() { ArrayJobId = id, JobStatus = "FAILED" }, default).CountAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task No_more_jobs_run_than_the_environment_has_vCPUs()
    {
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add(await _batch.SubmitAsync("while [ ! -e $GO ]; do sleep 0.02; done", job => job with
        {
            ContainerOverrides = new() { Environment = [new("GO", $"{_folder.Path}/go")] },
        }));
        await Eventually.ShouldBeAsync(() => ids.Count(id => _batch.Aws.Batch.StatusOf(id) == "RUNNING") == 4, "four jobs run");
        await Eventually.ShouldBeAsync(() => ids.Count(id => _batch.Aws.Batch.StatusOf(id) == "RUNNABLE") == 2, "two jobs wait");
        _batch.Aws.Batch.Show(ids[4])!.ContainsKey("statusReason").ShouldBeFalse();
        _folder.Write("go", "");
        foreach (var id in ids) (await _batch.EndAsync(id))["status"]!.ToString().ShouldBe("SUCCEEDED");
    }

    [Theory]
    [InlineData("exit 3", null, 1, "FAILED")]
    [InlineData("exit 3", "3", 3, "FAILED")]
    // Nothing matches: Batch retries.
    [InlineData("exit 3", "4", 3, "FAILED")]
    public async Task Batch_retries_unless_a_condition_says_exit(string script, string? code, int attempts, string status)
    {
        var id = await _batch.SubmitAsync(script, job => job with
        {
            RetryStrategy = new()
            {
                Attempts = 3,
                EvaluateOnExit = code is null ? [new("EXIT") { OnReason = "*" }]
                : [new("RETRY") { OnExitCode = code }]
            },
        });
        var job = await _batch.EndAsync(id);
        (job["status"]!.ToString(), job["attempts"]!.AsArray().Count).ShouldBe((status, attempts));
    }

    [Fact]
    public async Task A_host_that_dies_leaves_no_exit_code()
    {
        var id = await _batch.SubmitAsync("sleep 1000");
        await _batch.UntilAsync(id, "RUNNING");
        _batch.Aws.Batch.KillHosts(id);
        var job = await _batch.EndAsync(id);
        job["statusReason"]!.ToString().ShouldMatch(@"^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$");
        job["container"]!.AsObject().ContainsKey("exitCode").ShouldBeFalse();
    }

    [Theory]
    [InlineData("trap 'exit 0' TERM", "SUCCEEDED", 0)]
    [InlineData("trap 'exit 143' TERM", "FAILED", 143)]
    public async Task A_spot_machine_is_reclaimed_with_notice(string trap, string status, int code)
    {
        var id = await _batch.SubmitAsync($"{trap}; echo ready; while :; do sleep 0.02; done");
        await _batch.UntilAsync(id, "RUNNING");
        await Eventually.ShouldBeAsync(() => _batch.LogOf(id).Contains("ready"), "the job is ready");
        _batch.Aws.Batch.ReclaimSpot(id);
        var job = await _batch.EndAsync(id);
        (job["status"]!.ToString(), (int)job["container"]!["exitCode"]!).ShouldBe((status, code));
    }

    [Fact]
    public async Task A_job_that_uses_too_much_memory_says_so()
    {
        var id = await _batch.SubmitAsync("sleep 1000");
        await _batch.UntilAsync(id, "RUNNING");
        _batch.Aws.Batch.RunOutOfMemory(id);
        var container = (await _batch.EndAsync(id))["container"]!;
        ((int)container["exitCode"]!, container["reason"]!.ToString())
            .ShouldBe((137, "OutOfMemoryError: Container killed due to memory usage"));
    }

    [Fact]
    public async Task A_time_limit_ends_a_job()
    {
        // A minute is sixty milliseconds here.
        var id = await _batch.SubmitAsync("trap 'exit 9' TERM; while :; do sleep 0.02; done", job => job with { Timeout = new(60) });
        var job = await _batch.EndAsync(id);
        (job["status"]!.ToString(), job["statusReason"]!.ToString()).ShouldBe(("FAILED", "Job attempt duration exceeded timeout"));
    }

    [Fact]
    public async Task A_shell_without_a_trap_ignores_SIGTERM_as_the_first_process_of_a_container()
    {
        using var batch = new BatchFixture(new AwsDoubleOptions { Grace = TimeSpan.FromMilliseconds(200) });
        var id = await batch.SubmitAsync("sleep 1000; echo never");
        await batch.UntilAsync(id, "RUNNING");
        await batch.Client.TerminateJobAsync(new(id, "stopped by tenfold"), default);
        var job = await batch.EndAsync(id);
        (job["statusReason"]!.ToString(), (int)job["container"]!["exitCode"]!, (bool)job["isTerminated"]!)
            .ShouldBe(("stopped by tenfold", 137, true));
    }

    [Fact]
    public async Task Cancelling_a_running_job_succeeds_and_does_nothing()
    {
        var id = await _batch.SubmitAsync("while [ ! -e go ]; do sleep 0.02; done", null);
        await _batch.UntilAsync(id, "RUNNING");
        await _batch.Client.CancelJobAsync(new(id, "please"), default);
        _batch.Aws.Batch.StatusOf(id).ShouldBe("RUNNING");
        await _batch.Client.TerminateJobAsync(new(id, "now"), default);
        _batch.Aws.Batch.KillHosts(id);
        (await _batch.EndAsync(id))["statusReason"]!.ToString().ShouldBe("now");
    }

    [Fact]
    public async Task Too_long_overrides_are_accepted_and_fail_the_job()
    {
        var id = await _batch.SubmitAsync("true", job => job with
        {
            ContainerOverrides = new() { Environment = [new("X", new string('x', 8192))] },
        });
        var job = await _batch.EndAsync(id);
        (job["status"]!.ToString(), job["statusReason"]!.ToString())
            .ShouldBe(("FAILED", "Container Overrides length must be at most 8192"));
    }

    [Fact]
    public async Task Processes_that_leave_the_session_end_with_their_job()
    {
        var id = await _batch.SubmitAsync("setsid sleep 987654 & sleep 0.1; env -i setsid sleep 987654 & exit 0");
        await _batch.EndAsync(id);
        Directory.GetDirectories("/proc").Count(folder => Arguments(folder).Contains("987654")).ShouldBe(0);
    }

    private static string Arguments(string folder)
    {
        try
        {
            return File.ReadAllText($"{folder}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";
        }
    }
}
