using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Double;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Stacks;

/// <summary>Tenfold's own template, from the plan to nothing, over the double of AWS.</summary>
public sealed class The_template_becomes_a_stack : IDisposable
{
    private const string Image = "ami-0a1b2c3d4e5f60701";
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly AwsStack _stack;
    private readonly List<string> _happened = [];

    public The_template_becomes_a_stack()
    {
        _aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = _s3.Endpoint,
            S3Folder = Path.GetDirectoryName(_s3.Data),
            RunsProcesses = false,
        });
        _stack = new AwsStack("tenfold", Options) { Pace = TimeSpan.FromMilliseconds(20) };
    }

    private AwsOptions Options => new()
    {
        Endpoint = _aws.Endpoint,
        Region = _aws.Options.Region,
        Credentials = new BasicAWSCredentials(_aws.Options.AccessKey, _aws.Options.Secret),
        Pause = TimeSpan.FromMilliseconds(10),
    };

    public void Dispose()
    {
        _stack.Dispose();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Fact]
    public async Task It_is_planned_made_read_changed_and_destroyed()
    {
        (await PlanAsync(new StackSettings())).IsNew.ShouldBeTrue();
        (await ApplyAsync(new())).ShouldBeOfType<ApplyResult.Done>();
        _happened.ShouldContain("QueueOnDemand CREATE_COMPLETE");
        _happened[^1].ShouldBe("tenfold CREATE_COMPLETE");

        using var reader = new StackOutputsReader("tenfold", Options);
        var outputs = (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>().Outputs;
        outputs.Subnets.Count.ShouldBe(2);
        outputs.QueueGpuSpot.ShouldBe("tenfold-gpu-spot");
        outputs.TemplateVersion.ShouldBe(StackTemplate.Version);
        outputs.Account.ShouldBe(_aws.Options.Account);

        (await new StackPlanner(_stack).PlanAsync(new StackSettings(), true, default)).ShouldBeOfType<PlanResult.NothingToChange>();
        var changed = await PlanAsync(new StackSettings { MaxVcpus = 256, SshFrom = "203.0.113.7/32" });
        changed.Changes.Select(change => change.Resource).ShouldContain("SshRule");
        (await ApplyAsync(new StackSettings { Spot = false })).ShouldBeOfType<ApplyResult.Done>();
        reader.Forget();
        (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>().Outputs.QueueSpot.ShouldBeNull();

        await WriteAsync(outputs.Bucket, "tenfold/runs/1/model.bin");
        var kept = (await DestroyAsync(withArtifacts: false)).ShouldBeOfType<DestroyResult.Done>().Kept;
        kept.ShouldHaveSingleItem().Name.ShouldBe(outputs.Bucket);
        (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>("it is cached");
        reader.Forget();
        (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Missing>();
        (await DestroyAsync(withArtifacts: true)).ShouldBeOfType<DestroyResult.Done>().Kept.ShouldBeEmpty();
        (await new StackDestroyer(_stack).PlanAsync(default)).IsNothing.ShouldBeTrue();
    }

    [Fact]
    public async Task Serving_is_made_beside_it_and_destroyed_alone()
    {
        (await ApplyAsync(new())).ShouldBeOfType<ApplyResult.Done>();
        using var reader = new StackOutputsReader("tenfold", Options);
        var outputs = (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>().Outputs;
        using var serving = _stack.OpenServing();
        (await serving.ReadServingAsync(default)).Problem.ShouldNotBeNull().ShouldContain("infra apply --serving");
        var settings = new ServingSettings
        {
            BaseName = "tenfold",
            Base = outputs,
            ProgramKey = "serving/programs/1/2.tar.gz",
            ProgramSha256 = new string('a', 64),
            ClientsFrom = "10.0.0.0/8",
        };
        settings.BaseFault().ShouldBeNull();
        (await ApplyAsync(serving, settings)).ShouldBeOfType<ApplyResult.Done>();
        var served = (await serving.ReadServingAsync(default)).Outputs.ShouldNotBeNull();
        (served.Cluster, served.Store, served.ServingVersion)
            .ShouldBe(("tenfold-serving", outputs.StoreUrl, ServingOutputs.TemplateVersion));
        served.ServingSubnets.ShouldBe(outputs.Subnets);
        served.Url.ShouldStartWith("http://internal-");

        // What is not named stays, and what is named changes.
        (await new StackPlanner(serving).PlanAsync(settings with { ClientsFrom = null }, true, default))
            .ShouldBeOfType<PlanResult.NothingToChange>();
        (await ApplyAsync(serving, settings with { ClientsFrom = null, Gateways = 2 })).ShouldBeOfType<ApplyResult.Done>();

        var destroyer = new StackDestroyer(serving);
        (await destroyer.DestroyAsync(await destroyer.PlanAsync(default), false, Report, default))
            .ShouldBeOfType<DestroyResult.Done>().Kept.ShouldBeEmpty();
        reader.Forget();
        (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>("only serving is gone");
    }

    [Fact]
    public async Task A_creation_that_fails_names_the_resource_and_leaves_no_bucket()
    {
        _aws.Stacks.FailCreation("QueueGpu", "no such quota (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)");
        var failed = (await ApplyAsync(new())).ShouldBeOfType<ApplyResult.Failed>();
        (failed.Status, failed.First?.Resource, failed.First?.Code).ShouldBe(("ROLLBACK_COMPLETE", "QueueGpu", "ServiceLimitExceeded"));
        _aws.Stacks.ResourceOf("tenfold", "Bucket").ShouldBeNull();
        _aws.Stacks.FailCreation("QueueGpu", null);
        (await new StackApplier(_stack).RemoveFailedAsync(Report, default)).ShouldBeOfType<ApplyResult.Done>();
        (await ApplyAsync(new())).ShouldBeOfType<ApplyResult.Done>();
    }

    [Fact]
    public async Task The_machine_of_a_run_is_named_before_its_stack_is_destroyed()
    {
        (await ApplyAsync(new())).ShouldBeOfType<ApplyResult.Done>();
        using var ec2 = new Ec2Client(Options);
        using var reader = new StackOutputsReader("tenfold", Options);
        var outputs = (await reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>().Outputs;
        foreach (var attempt in (string[])["1-abc", ""])
        {
            List<Tag> tags = attempt == "" ? [] : [new Tag(ResourceTags.Attempt, attempt)];
            await ec2.LaunchAsync(new RunInstancesRequest
            {
                ImageId = Image,
                InstanceType = "m7i.large",
                MinCount = 1,
                MaxCount = 1,
                SubnetId = outputs.Subnets[0],
                TagSpecifications =
                [
                    new TagSpecification { ResourceType = "instance", Tags = [new Tag(ResourceTags.Stack, "tenfold"), .. tags] },
                ],
            }, default);
        }

        var plan = await new StackDestroyer(_stack).PlanAsync(default);
        var work = plan.Work.ShouldHaveSingleItem("a machine without an attempt is Batch's own");
        (work.Kind, work.Name).ShouldBe(("EC2 machine", "1-abc"));
        (await new StackDestroyer(_stack).DestroyAsync(plan, false, Report, default)).ShouldBeOfType<DestroyResult.Done>();
        var machine = (await ec2.ListAsync([new Filter("instance-id", [work.Id])], default)).Single();
        machine.State.Name.Value.ShouldBeOneOf("shutting-down", "terminated");
    }

    private void Report(StackProgress progress) => _happened.Add($"{progress.Resource} {progress.Status}");

    private async Task<StackPlan> PlanAsync(StackSettings settings) =>
        (await new StackPlanner(_stack).PlanAsync(settings, true, default)).ShouldBeOfType<PlanResult.Planned>().Plan;

    private async Task<ApplyResult> ApplyAsync(StackSettings settings) =>
        await new StackApplier(_stack).ApplyAsync(await PlanAsync(settings), Report, default);

    private async Task<ApplyResult> ApplyAsync(AwsStack stack, IStackSettings settings) => await new StackApplier(stack).ApplyAsync(
        (await new StackPlanner(stack).PlanAsync(settings, true, default)).ShouldBeOfType<PlanResult.Planned>().Plan, Report, default);

    private async Task<DestroyResult> DestroyAsync(bool withArtifacts)
    {
        var destroyer = new StackDestroyer(_stack);
        return await destroyer.DestroyAsync(await destroyer.PlanAsync(default), withArtifacts, Report, default);
    }

    private async Task WriteAsync(string bucket, string key)
    {
        using var client = new AmazonS3Client(new AmazonS3Config { ServiceURL = _s3.Endpoint, ForcePathStyle = true });
        await client.PutObjectAsync(new() { BucketName = bucket, Key = key, ContentBody = "content" });
    }
}
