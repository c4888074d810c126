using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Wire;

public sealed class CloudFormation_calls : IDisposable
{
    private readonly AwsServer _aws = new();
    private readonly StacksClient _stacks;

    public CloudFormation_calls() => _stacks = new(_aws.Options);

    public void Dispose()
    {
        _stacks.Dispose();
        _aws.Dispose();
    }

    [Fact]
    public async Task A_change_set_is_created_described_executed_and_deleted()
    {
        const string Id = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/c/1";
        _aws.On("CreateChangeSet", AwsReply.Ok(new { Id, StackId = "arn:stack" }));
        _aws.On("ExecuteChangeSet", AwsReply.Ok(new { }));
        _aws.On("DeleteChangeSet", AwsReply.Ok(new { }));
        _aws.On(
            "DescribeChangeSet",
            AwsReply.Ok(new { ChangeSetId = Id, Status = "CREATE_COMPLETE", ExecutionStatus = "AVAILABLE", NextToken = "2" }),
            AwsReply.Ok(new
            {
                ChangeSetId = Id,
                Status = "CREATE_COMPLETE",
                Changes = new[]
                {
                    new
                    {
                        Type = "Resource",
                        ResourceChange = new
                        {
                            Action = "Modify", LogicalResourceId = "Bucket", ResourceType = "AWS::S3::Bucket", Replacement = "True",
                            Scope = new[] { "Properties", "Tags" },
                            Details = new[] { new { Target = new { Attribute = "Properties", Name = "BucketName" } } },
                        },
                    },
                },
            }));
        await _stacks.CreateChangeSetAsync(new("tenfold", "c")
        {
            ChangeSetType = "CREATE",
            TemplateBody = "a: b & c = d + é %\n",
            Parameters = [new("MaxVcpus") { ParameterValue = "64" }, new("Old") { UsePreviousValue = true }],
            Capabilities = ["CAPABILITY_NAMED_IAM"],
            Tags = [new("tenfold", "1")],
            ClientToken = "t",
        }, default);
        var change = await _stacks.ListChangesAsync(new(Id), default).SingleAsync();
        change.ResourceChange!.Scope.ShouldBe(["Properties", "Tags"]);
        change.ResourceChange.Details[0].Target!.Name.ShouldBe("BucketName");
        await _stacks.ExecuteChangeSetAsync(
            new(Id) { ClientRequestToken = "t", RetainExceptOnCreate = true, DisableRollback = false }, default);
        await _stacks.DeleteChangeSetAsync(new("c") { StackName = "tenfold" }, default);
        var sent = _aws.Calls[0].Input;
        sent.GetProperty("TemplateBody").GetString().ShouldBe("a: b & c = d + é %\n");
        sent.GetProperty("Parameters")[1].GetProperty("UsePreviousValue").GetString().ShouldBe("true");
    }

    [Fact]
    public async Task Stacks_events_and_resources_are_listed()
    {
        var time = "2026-11-28T15:22:00.123Z";
        _aws.On("DescribeStacks", AwsReply.Ok(new
        {
            Stacks = new[]
            {
                new
                {
                    StackName = "tenfold", StackStatus = "UPDATE_ROLLBACK_FAILED", CreationTime = time, EnableTerminationProtection = true,
                    Outputs = new[] { new { OutputKey = "Bucket", OutputValue = "b" } },
                    DriftInformation = new { StackDriftStatus = "NOT_CHECKED" },
                },
            },
        }));
        var item = new { EventId = "e", StackId = "s", StackName = "tenfold", Timestamp = time, ResourceStatus = "CREATE_FAILED" };
        _aws.On(
            "DescribeStackEvents", AwsReply.Ok(new { StackEvents = new[] { item, item }, NextToken = "2" }),
            AwsReply.Ok(new { StackEvents = new[] { item } }));
        _aws.On("ListStackResources", AwsReply.Ok(new
        {
            StackResourceSummaries = new[]
            {
                new
                {
                    LogicalResourceId = "Bucket", ResourceType = "AWS::S3::Bucket", ResourceStatus = "CREATE_COMPLETE",
                    LastUpdatedTimestamp = time,
                },
            },
        }));
        var stack = await _stacks.DescribeStacksAsync(new() { StackName = "tenfold" }, default).SingleAsync();
        (stack.EnableTerminationProtection, stack.Outputs[0].OutputValue).ShouldBe((true, "b"));
        stack.CreationTime!.Value.Millisecond.ShouldBe(123);
        (await _stacks.DescribeStackEventsAsync(new() { StackName = "tenfold" }, default).CountAsync()).ShouldBe(3);
        (await _stacks.ListStackResourcesAsync(new() { StackName = "tenfold" }, default).SingleAsync()).PhysicalResourceId.ShouldBeNull();
    }

    [Fact]
    public async Task Stacks_are_deleted_rolled_back_compared_and_validated()
    {
        _aws.On("DeleteStack", AwsReply.As(
            200, "<DeleteStackResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteStackResponse>"));
        _aws.On("ContinueUpdateRollback", AwsReply.Ok(new { }));
        _aws.On("DetectStackDrift", AwsReply.Ok(new { StackDriftDetectionId = "d" }));
        _aws.On("DescribeStackDriftDetectionStatus", AwsReply.Ok(new
        {
            StackId = "s",
            StackDriftDetectionId = "d",
            DetectionStatus = "DETECTION_COMPLETE",
            DriftedStackResourceCount = 2,
            Timestamp = "2026-11-28T15:22:00Z",
        }));
        _aws.On("DescribeStackResourceDrifts", AwsReply.Ok(new
        {
            StackResourceDrifts = new[]
            {
                new
                {
                    LogicalResourceId = "Bucket", StackResourceDriftStatus = "MODIFIED",
                    PropertyDifferences = new[] { new { PropertyPath = "/Tags", DifferenceType = "REMOVE" } },
                },
            },
        }));
        _aws.On("ValidateTemplate", AwsReply.Ok(new
        {
            Parameters = new[] { new { ParameterKey = "A", NoEcho = false } },
            Capabilities = new[] { "CAPABILITY_NAMED_IAM" },
        }));
        (await _stacks.DeleteStackAsync(new("tenfold") { RetainResources = ["Bucket"], DeletionMode = "FORCE_DELETE_STACK" }, default))
            .RequestId.ShouldBe("r");
        await _stacks.ContinueUpdateRollbackAsync(new("tenfold") { ResourcesToSkip = ["Queue"], ClientRequestToken = "t" }, default);
        (await _stacks.DetectStackDriftAsync(new() { StackName = "tenfold" }, default)).ShouldBe("d");
        const string Drift = "b78ac9b0-dec1-11e7-a451-503a3example";
        (await _stacks.DescribeStackDriftDetectionStatusAsync(new(Drift), default)).DriftedStackResourceCount.ShouldBe(2);
        var filters = new DescribeStackResourceDriftsRequest("tenfold") { StackResourceDriftStatusFilters = ["MODIFIED", "DELETED"] };
        (await _stacks.DescribeStackResourceDriftsAsync(filters, default).SingleAsync())
            .PropertyDifferences[0].DifferenceType.ShouldBe("REMOVE");
        var template = await _stacks.ValidateTemplateAsync(new() { TemplateUrl = "https://b.s3.amazonaws.com/t" }, default);
        template.Parameters[0].NoEcho.ShouldBe(false);
        _aws.Calls[^1].Input.GetProperty("TemplateURL").GetString().ShouldBe("https://b.s3.amazonaws.com/t");
    }

    [Fact]
    public async Task A_stack_that_does_not_exist_is_not_found()
    {
        _aws.On("DescribeStacks", AwsReply.Error(400, "ValidationError", "Stack with id tenfold does not exist"));
        var error = await Should.ThrowAsync<AwsException>(
            async () => await _stacks.DescribeStacksAsync(new() { StackName = "tenfold" }, default).CountAsync());
        (error.Fault, error.RequestId, error.MayHaveTakenEffect).ShouldBe((AwsFault.NotFound, "request-1", false));
    }
}
