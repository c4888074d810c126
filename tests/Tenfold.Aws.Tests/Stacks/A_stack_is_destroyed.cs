using Amazon.S3;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Stacks;

public sealed class A_stack_is_destroyed : StackFixture
{
    private readonly S3Server _s3 = new();
    private readonly AwsStack _stack;
    private int _images;

    public A_stack_is_destroyed()
    {
        _stack = new AwsStack(FakeStacks.Name, Aws.Options)
        {
            Pace = TimeSpan.FromMilliseconds(1),
            StorageEndpoint = _s3.Endpoint,
        };
        Stacks.Template.Add(("Repository", "AWS::ECR::Repository"));
        Stacks.Template.Add(("Queue", "AWS::Batch::JobQueue"));
        var made = Stacks.Make("CREATE_COMPLETE");
        made.Resources.Single(resource => resource.Name == "Bucket").PhysicalId = S3Server.Bucket;
        Aws.On("ListJobs", AwsReply.Ok(new { jobSummaryList = Array.Empty<object>() }));
        Aws.Handle("ListImages", _ => AwsReply.Ok(new
        {
            imageIds = Enumerable.Range(0, _images).Select(i => new { imageDigest = $"sha256:{i}" }),
        }));
        Aws.On("DescribeRepositories", AwsReply.Ok(new { repositories = Array.Empty<object>() }));
        Aws.On("DeleteRepository", AwsReply.Ok(new { }));
    }

    private StackDestroyer Destroyer => new(_stack);

    public override void Dispose()
    {
        _stack.Dispose();
        _s3.Dispose();
        base.Dispose();
    }

    [Fact]
    public async Task Empty_stores_are_deleted_too()
    {
        (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>().Kept.ShouldBeEmpty();
        Stacks.Stack.ShouldBeNull();
        Directory.Exists(_s3.Data).ShouldBeFalse();
        Deleted().ShouldBe([("repository-1", false)]);
    }

    [Fact]
    public async Task Stores_with_artifacts_stay()
    {
        await WriteAsync("model.bin");
        _images = 2;
        var done = (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>();
        done.Kept.Select(kept => (kept.Kind, kept.Name, kept.Content.Count)).ShouldBe(
            [(KeptKind.Bucket, S3Server.Bucket, 1L), (KeptKind.Repository, "repository-1", 2L)], ignoreOrder: true);
        Directory.Exists(_s3.Data).ShouldBeTrue();
        Deleted().ShouldBeEmpty();
    }

    [Fact]
    public async Task Artifacts_are_deleted_when_the_user_wants_that()
    {
        await WriteAsync("model.bin");
        await WriteAsync("runs/1/log");
        _images = 2;
        (await DestroyAsync(withArtifacts: true)).ShouldBeOfType<DestroyResult.Done>().Kept.ShouldBeEmpty();
        Directory.Exists(_s3.Data).ShouldBeFalse();
        Deleted().ShouldBe([("repository-1", true)]);
    }

    [Fact]
    public async Task Stores_that_an_earlier_destruction_left_are_found_and_can_be_deleted()
    {
        await WriteAsync("model.bin");
        await DestroyAsync();
        var plan = await Destroyer.PlanAsync(default);
        (plan.Status, plan.IsNothing).ShouldBe((null, false));
        plan.Kept.Select(kept => kept.Name).ShouldContain(S3Server.Bucket);
        (await Destroyer.DestroyAsync(plan, true, Report, default)).ShouldBeOfType<DestroyResult.Done>().Kept.ShouldBeEmpty();
        Directory.Exists(_s3.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task Live_jobs_are_named_first()
    {
        Aws.Handle("ListJobs", call => AwsReply.Ok(new
        {
            jobSummaryList = call.Input.GetProperty("jobStatus").GetString() is "RUNNABLE" or "RUNNING"
                ? new[] { new { jobId = "j", jobName = $"tf-{call.Input.GetProperty("jobStatus")}" } } : [],
        }));
        var plan = await Destroyer.PlanAsync(default);
        plan.Work.ShouldBe(
            [new LiveWork("Batch job", "tf-RUNNABLE", "j", "RUNNABLE"), new LiveWork("Batch job", "tf-RUNNING", "j", "RUNNING")]);
        Aws.Calls.Where(call => call.Operation == "ListJobs").Select(call => call.Input.GetProperty("jobQueue").GetString())
            .ShouldAllBe(queue => queue == "queue-1");
    }

    [Fact]
    public async Task Training_jobs_are_stopped_because_they_would_outlive_the_stack()
    {
        Aws.On("StopTrainingJob", AwsReply.Ok(new { }));
        var plan = (await Destroyer.PlanAsync(default)) with
        {
            Work =
            [
                new LiveWork("SageMaker training job", "tenfold-l-a-1-1", "arn", "Training") { IsTraining = true },
                new LiveWork("Batch job", "tf", "j", "RUNNING"),
            ],
        };
        (await Destroyer.DestroyAsync(plan, false, Report, default)).ShouldBeOfType<DestroyResult.Done>();
        Aws.Calls.Where(call => call.Operation == "StopTrainingJob")
            .Select(call => call.Input.GetProperty("TrainingJobName").GetString()).ShouldBe(["tenfold-l-a-1-1"]);
    }

    [Fact]
    public async Task A_denied_search_for_jobs_is_reported()
    {
        Aws.On("ListJobs", AwsReply.Error(403, "AccessDeniedException", "not authorized to perform: batch:ListJobs"));
        var plan = await Destroyer.PlanAsync(default);
        plan.WorkFaults.ShouldHaveSingleItem().ShouldContain("batch:ListJobs");
        plan.Work.ShouldBeEmpty();
    }

    [Fact]
    public async Task Repositories_of_cached_images_go_too()
    {
        Aws.On("DescribeRepositories", AwsReply.Ok(new
        {
            repositories = ((string[])["tenfold-public/docker/library/python", "tenfold-publicity", "other"]).Select(name => new
            {
                repositoryName = name,
                repositoryUri = $"r/{name}",
            }),
        }));
        await DestroyAsync();
        Deleted().ShouldBe([("tenfold-public/docker/library/python", true), ("repository-1", false)]);
    }

    [Fact]
    public async Task A_resource_that_can_be_deleted_a_little_later_is()
    {
        Stacks.Undeletable["Network"] = 1;
        (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>().Retained.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resource_that_can_not_be_deleted_is_left_out_and_named()
    {
        Stacks.Undeletable["Network"] = 9;
        var left = (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>().Retained.ShouldHaveSingleItem();
        (left.Resource, left.Code).ShouldBe(("Network", "InvalidRequest"));
        Stacks.Stack.ShouldBeNull();
    }

    [Fact]
    public async Task A_half_deleted_stack_is_completed()
    {
        Stacks.Undeletable["Network"] = 9;
        Stacks.Stack!.Status = "DELETE_FAILED";
        (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>();
        Stacks.Stack.ShouldBeNull();
    }

    [Fact]
    public async Task A_stack_that_does_not_exist_is_nothing_to_do()
    {
        Stacks.Stack = null;
        (await Destroyer.PlanAsync(default)).IsNothing.ShouldBeTrue();
    }

    [Fact]
    public async Task A_protected_stack_is_recognised()
    {
        Stacks.Stack!.IsProtected = true;
        (await Destroyer.PlanAsync(default)).IsProtected.ShouldBeTrue();
    }

    [Fact]
    public async Task With_expired_credentials_AWS_goes_on_and_the_next_command_completes_it()
    {
        var plan = await Destroyer.PlanAsync(default);
        var isExpired = true;
        var stacks = Stacks;
        Aws.Handle("DescribeStackEvents", call => isExpired && stacks.Stack?.Status == "DELETE_IN_PROGRESS"
            ? AwsReply.Error(403, "ExpiredToken", "The security token included in the request is expired") : stacks.Events(call.Input));
        (await Destroyer.DestroyAsync(plan, false, Report, default)).ShouldBeOfType<DestroyResult.Unwatched>();
        isExpired = false;
        (await DestroyAsync()).ShouldBeOfType<DestroyResult.Done>();
        CallsOf("DeleteStack").ShouldBe(1);
        Stacks.Stack.ShouldBeNull();
    }

    private async Task<DestroyResult> DestroyAsync(bool withArtifacts = false) =>
        await Destroyer.DestroyAsync(await Destroyer.PlanAsync(default), withArtifacts, Report, default);

    private IEnumerable<(string, bool)> Deleted() => Aws.Calls.Where(call => call.Operation == "DeleteRepository")
        .Select(call => (call.Input.GetProperty("repositoryName").GetString()!, call.Input.GetProperty("force").GetBoolean()));

    private async Task WriteAsync(string key)
    {
        using var client = new AmazonS3Client(new AmazonS3Config { ServiceURL = _s3.Endpoint, ForcePathStyle = true });
        await client.PutObjectAsync(new() { BucketName = S3Server.Bucket, Key = key, ContentBody = "content" });
    }
}
