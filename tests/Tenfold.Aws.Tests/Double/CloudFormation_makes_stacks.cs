using Tenfold.Aws.Batch;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Double;

public sealed class CloudFormation_makes_stacks : IDisposable
{
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly StacksClient _client;

    public CloudFormation_makes_stacks()
    {
        _aws = new AwsDouble(new AwsDoubleOptions { S3Endpoint = _s3.Endpoint });
        _client = new StacksClient(BatchFixture.OptionsOf(_aws));
    }

    public void Dispose()
    {
        _client.Dispose();
        _aws.Dispose();
        _s3.Dispose();
    }

    private static string Template() => File.ReadAllText($"{Repository()}/infra/aws.yaml");

    private static string Repository([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath($"{Path.GetDirectoryName(here)}/../../..");

    private async Task<ChangeSet> PlanAsync(string kind, string name = "one", params StackParameter[] parameters)
    {
        await _client.CreateChangeSetAsync(new("tenfold", name)
        {
            ChangeSetType = kind,
            TemplateBody = Template(),
            Capabilities = ["CAPABILITY_NAMED_IAM"],
            Parameters = parameters,
        }, default);
        var request = new ChangeSetRequest(name) { StackName = "tenfold" };
        var set = await _client.DescribeChangeSetAsync(request, default);
        set.Status.ShouldBe("CREATE_IN_PROGRESS");
        return await _client.DescribeChangeSetAsync(request, default);
    }

    private async Task ApplyAsync(string status, string name = "one")
    {
        await _client.ExecuteChangeSetAsync(new(name) { StackName = "tenfold" }, default);
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("tenfold") == status, $"the stack is {status}");
    }

    [Fact]
    public async Task Our_template_becomes_queues_and_outputs_and_leaves_the_bucket()
    {
        var set = await PlanAsync("CREATE");
        set.Changes.ShouldAllBe(change => change.ResourceChange!.Action == "Add");
        (await _client.DescribeStacksAsync(new() { StackName = "tenfold" }, default)
            .SingleAsync()).StackStatus.ShouldBe("REVIEW_IN_PROGRESS");
        await ApplyAsync("CREATE_COMPLETE");
        using var batch = new BatchClient(BatchFixture.OptionsOf(_aws));
        var queues = await batch.DescribeJobQueuesAsync(new(), default).Select(queue => queue.JobQueueName).ToListAsync();
        queues.ShouldContain(_aws.Stacks.OutputOf("tenfold", "QueueOnDemand"));
        queues.Count.ShouldBe(4);
        _aws.Stacks.OutputOf("tenfold", "JobRole").ShouldStartWith("arn:aws:iam::123456789012:role/tenfold-JobRole-");
        _aws.Stacks.OutputOf("tenfold", "Subnets").Split(',').ShouldAllBe(subnet => subnet.StartsWith("subnet-"));
        var events = await _client.DescribeStackEventsAsync(new() { StackName = "tenfold" }, default).ToListAsync();
        (events[0].ResourceStatus, events[^1].ResourceStatus).ShouldBe(("CREATE_COMPLETE", "CREATE_IN_PROGRESS"));

        // Nothing has changed.
        var same = await PlanAsync("UPDATE", "two");
        (same.Status, same.StatusReason)
            .ShouldBe(("FAILED", "The submitted information didn't contain changes. Submit different information to create a change set."));
        var larger = await PlanAsync("UPDATE", "three", new StackParameter("MaxVcpus") { ParameterValue = "128" });
        larger.Changes.Select(change => change.ResourceChange!.LogicalResourceId).ShouldBe(["OnDemand", "SpotMachines"], ignoreOrder: true);
        await ApplyAsync("UPDATE_COMPLETE", "three");
        (await batch.DescribeComputeEnvironmentsAsync(new(), default).ToListAsync()).Count(e => e.ComputeResources!.MaxvCpus == 128)
            .ShouldBe(2);

        var bucket = _aws.Stacks.OutputOf("tenfold", "Bucket");
        await _client.DeleteStackAsync(new("tenfold"), default);
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("tenfold") is null, "the stack is gone");
        Directory.Exists($"{Path.GetDirectoryName(_s3.Data)}/{bucket}").ShouldBeTrue();
        (await batch.DescribeJobQueuesAsync(new(), default).CountAsync()).ShouldBe(0);
        (await Should.ThrowAsync<AwsException>(async () =>
            await _client.DescribeStacksAsync(new() { StackName = "tenfold" }, default).CountAsync()))
            .Fault.ShouldBe(AwsFault.NotFound);
    }

    [Fact]
    public async Task A_resource_that_fails_rolls_the_stack_back()
    {
        _aws.Stacks.FailCreation("QueueGpu", "Resource handler returned message: \"quota\"");
        await PlanAsync("CREATE");
        await ApplyAsync("ROLLBACK_COMPLETE");
        var events = await _client.DescribeStackEventsAsync(new() { StackName = "tenfold" }, default).ToListAsync();
        events.Single(e => e.ResourceStatus == "CREATE_FAILED").ResourceStatusReason.ShouldBe(
            "Resource handler returned message: \"quota\"");
        (await Should.ThrowAsync<AwsException>(() => PlanAsync("UPDATE", "two"))).Message.ShouldContain("ROLLBACK_COMPLETE");
    }

    [Fact]
    public async Task A_resource_that_stays_fails_the_deletion()
    {
        await PlanAsync("CREATE");
        await ApplyAsync("CREATE_COMPLETE");
        _aws.Stacks.FailDeletion("SecurityGroup", "resource sg-1 has a dependent object");
        await _client.DeleteStackAsync(new("tenfold"), default);
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("tenfold") == "DELETE_FAILED", "the deletion has failed");
        await _client.DeleteStackAsync(new("tenfold") { RetainResources = ["SecurityGroup"] }, default);
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("tenfold") is null, "the stack is gone");
    }

    [Fact]
    public async Task Changes_by_hand_are_drift()
    {
        await PlanAsync("CREATE");
        await ApplyAsync("CREATE_COMPLETE");
        _aws.Stacks.ChangeByHand("tenfold", "LogGroup", "/RetentionInDays", "7");
        _aws.Stacks.DeleteByHand("tenfold", "QueueSpot");
        var id = await _client.DetectStackDriftAsync(new() { StackName = "tenfold" }, default);
        (await _client.DescribeStackDriftDetectionStatusAsync(new(id), default)).DetectionStatus.ShouldBe("DETECTION_IN_PROGRESS");
        (await _client.DescribeStackDriftDetectionStatusAsync(new(id), default)).StackDriftStatus.ShouldBe("DRIFTED");
        var request = new DescribeStackResourceDriftsRequest("tenfold") { StackResourceDriftStatusFilters = ["MODIFIED", "DELETED"] };
        var drifts = await _client.DescribeStackResourceDriftsAsync(request, default).ToListAsync();
        drifts.Select(drift => (drift.LogicalResourceId, drift.StackResourceDriftStatus))
            .ShouldBe([("LogGroup", "MODIFIED"), ("QueueSpot", "DELETED")], ignoreOrder: true);
    }

    [Fact]
    public async Task Templates_and_parameters_are_checked()
    {
        (await Should.ThrowAsync<AwsException>(() =>
            _client.CreateChangeSetAsync(new("tenfold", "x") { TemplateBody = Template() }, default)))
            .Message.ShouldContain("does not exist");
        (await Should.ThrowAsync<AwsException>(() => PlanAsync("CREATE", "x", new StackParameter("Nope") { ParameterValue = "1" })))
            .Message.ShouldContain("Parameters: [Nope] do not exist in the template");
        (await Should.ThrowAsync<AwsException>(() => PlanAsync("CREATE", "x", new StackParameter("Vpc") { ParameterValue = "vpc-1" })))
            .Message.ShouldContain("Name the subnets too");
        (await Should.ThrowAsync<AwsException>(() => _client.CreateChangeSetAsync(
            new("tenfold", "x") { TemplateBody = Template(), ChangeSetType = "CREATE" }, default))).Message.ShouldContain(
                "Requires capabilities");
    }
}
