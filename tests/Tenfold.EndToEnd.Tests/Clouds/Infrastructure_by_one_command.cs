using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.EndToEnd.Tests.Clouds;

/// <summary><c>tenfold infra</c> as a user types it, over the double of AWS.</summary>
public sealed class Infrastructure_by_one_command : IAsyncLifetime
{
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly Sandbox _sandbox = new();

    public Infrastructure_by_one_command()
    {
        _aws = new AwsDouble(new AwsDoubleOptions { S3Endpoint = _s3.Endpoint, S3Folder = Path.GetDirectoryName(_s3.Data) });
        foreach (var (name, value) in _aws.Environment) _sandbox.Variables[name] = value;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task From_the_plan_to_nothing()
    {
        (await _sandbox.Run("infra", "status")).With(3).Error.ShouldContain("tenfold infra apply");
        var plan = await _sandbox.Json("infra", "plan", "--json");
        plan.GetProperty("state").GetString().ShouldBe("create");
        _aws.Stacks.StatusOf("tenfold").ShouldBeNull();

        var applied = (await _sandbox.Run("infra", "apply", "--max-vcpus", "128")).With(0);
        applied.Error.ShouldContain("while nothing runs, this costs nothing but what is stored");
        applied.Error.ShouldContain("created QueueOnDemand (AWS::Batch::JobQueue)");
        (await _sandbox.Run("infra", "apply")).With(0).Error.ShouldContain("nothing to change");

        var status = await _sandbox.Json("infra", "status", "--no-drift", "--json");
        status.GetProperty("isUsable").GetBoolean().ShouldBeTrue();
        status.GetProperty("parameters").GetProperty("MaxVcpus").GetString().ShouldBe("128");

        (await _sandbox.Run("infra", "destroy")).With(2).Error.ShouldContain("--yes");
        _aws.Stacks.StatusOf("tenfold").ShouldBe("CREATE_COMPLETE");
        (await _sandbox.Run("infra", "destroy", "--yes")).With(0).Error.ShouldContain("nothing is left");
        (await _sandbox.Run("infra", "destroy", "--yes")).With(0).Error.ShouldContain("nothing of it is left");
    }

    [Fact]
    public async Task Its_stack_is_that_of_the_projects_target()
    {
        _sandbox.Toy(more: "targets:\n  cloud: { kind: ec2, region: eu-central-1, stack: ours }\n");
        var plan = await _sandbox.Json("infra", "plan", "--json");
        (plan.GetProperty("stack").GetString(), plan.GetProperty("region").GetString()).ShouldBe(("ours", "eu-central-1"));
        (await _sandbox.Run("infra", "plan", "--stack", "Not_A_Name")).With(2).Error.ShouldContain("lower-case");
        (await _sandbox.Run("infra", "plan", "--on", "nowhere")).With(2).Error.ShouldContain("no such target");
        (await _sandbox.Run("infra", "plan", "--ssh-from", "anywhere", "--volume-gb", "1")).With(2).Error.ShouldContain("--ssh-from");
    }

    [Fact]
    public async Task A_failure_names_the_resource_the_reason_and_the_next_step()
    {
        _aws.Stacks.FailCreation("GpuMachines", "no permission for this (RequestToken: 1, HandlerErrorCode: AccessDenied)");
        var failed = (await _sandbox.Run("infra", "apply", "--json")).With(1);
        failed.Error.ShouldContain("GpuMachines (AWS::Batch::ComputeEnvironment) failed: no permission for this");
        failed.Json.GetProperty("failure").GetProperty("code").GetString().ShouldBe("AccessDenied");
        _aws.Stacks.FailCreation("GpuMachines", null);
        (await _sandbox.Run("infra", "apply")).With(0).Error.ShouldContain("deleting what a failed creation of the stack has left");
    }

    [Fact]
    public async Task A_killed_apply_goes_on_and_the_next_one_watches_it()
    {
        var goOn = new TaskCompletionSource();
        _aws.Stacks.HoldBefore("QueueSpot", goOn.Task);
        using (var killed = _sandbox.Start("infra", "apply"))
        {
            await Until.True(() => _aws.Stacks.ResourceOf("tenfold", "Bucket") is not null, "the bucket is made");
            killed.Kill();
        }

        using var next = _sandbox.Start("infra", "apply");
        await Until.True(() => _aws.Calls.Count("cloudformation", "DescribeStackEvents") > 2, "the next command watches");
        goOn.SetResult();
        var ended = (await next.EndAsync()).With(0);
        ended.Error.ShouldContain("waiting until that is done");
        _aws.Stacks.StatusOf("tenfold").ShouldBe("CREATE_COMPLETE");
    }

    [Fact]
    public async Task A_command_that_is_killed_before_it_executes_the_plan_leaves_nothing_after_the_next()
    {
        using (var killed = _sandbox.Start("infra", "apply"))
        {
            await Until.True(() => _aws.Calls.Count("cloudformation", "DescribeChangeSet") > 0, "the change set is made");
            killed.Kill();
        }

        await _sandbox.Json("infra", "plan", "--json");
        if (_aws.Stacks.StatusOf("tenfold") is { } status) status.ShouldNotBe("REVIEW_IN_PROGRESS");
    }

    [Fact]
    public async Task Expired_credentials_are_reported_with_what_to_do()
    {
        _aws.ExpireUser();
        (await _sandbox.Run("infra", "plan")).With(6).Error.ShouldContain("aws sso login");
    }
}
