using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

public sealed class Debians_aws_program_drives_the_double : IDisposable
{
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { Second = TimeSpan.FromMilliseconds(10) });
    private readonly AwsProgram _program;

    public Debians_aws_program_drives_the_double()
    {
        TenfoldStack.Add(_aws, "bucket");
        _program = new(_aws);
    }

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task Jobs_are_submitted_and_their_logs_are_read()
    {
        await _program.RunAsync("batch", "register-job-definition", "--job-definition-name", "d", "--type", "container",
            "--container-properties", """{"image": "x", "command": ["sh", "-c", "echo hello"], "vcpus": 1, "memory": 128}""");
        var submitted = await _program.RunAsync("batch", "submit-job", "--job-name", "j", "--job-queue", "tenfold-spot",
            "--job-definition", "d:1",
            "--tags", "a=b", "--array-properties", "size=2");
        var id = submitted!["jobId"]!.ToString();
        await Eventually.ShouldBeAsync(() => _aws.Batch.StatusOf(id) == "SUCCEEDED", "the job has ended");
        var jobs = await _program.RunAsync("batch", "describe-jobs", "--jobs", $"{id}:1");
        jobs!["jobs"]![0]!["status"]!.ToString().ShouldBe("SUCCEEDED");
        var listed = await _program.RunAsync("batch", "list-jobs", "--job-queue", "tenfold-spot", "--filters", "name=JOB_NAME,values=j*");
        listed!["jobSummaryList"]!.AsArray().Count.ShouldBe(1);
        var tags = await _program.RunAsync("batch", "list-tags-for-resource", "--resource-arn", submitted["jobArn"]!.ToString());
        tags!["tags"]!["a"]!.ToString().ShouldBe("b");
        await _program.RunAsync("batch", "tag-resource", "--resource-arn", submitted["jobArn"]!.ToString(), "--tags", "c=d");
        await _program.RunAsync("batch", "untag-resource", "--resource-arn", submitted["jobArn"]!.ToString(), "--tag-keys", "a");
        _aws.Batch.Show(id)!["tags"]!.ToJsonString().ShouldBe("""{"c":"d"}""");
        await _program.RunAsync("batch", "terminate-job", "--job-id", id, "--reason", "over");
        (await _program.RunAsync("batch", "describe-job-queues"))!["jobQueues"]!.AsArray().Count.ShouldBe(4);
        (await _program.RunAsync("batch", "describe-compute-environments"))!["computeEnvironments"]!.AsArray().Count.ShouldBe(4);
        var log = await _program.RunAsync("logs", "get-log-events", "--log-group-name", "/aws/batch/job", "--log-stream-name",
            jobs["jobs"]![0]!["container"]!["logStreamName"]!.ToString(), "--start-from-head");
        log!["events"]![0]!["message"]!.ToString().ShouldBe("hello");
    }

    [Fact]
    public async Task Errors_have_the_codes_of_AWS()
    {
        (await _program.RunAsync("sts", "get-caller-identity"))!["Account"]!.ToString().ShouldBe("123456789012");
        (await _program.FailAsync("batch", "submit-job", "--job-name", "j", "--job-queue", "none", "--job-definition", "d"))
            .ShouldContain("(ClientException)");
        _aws.ExpireUser();
        (await _program.FailAsync("sts", "get-caller-identity")).ShouldContain("(ExpiredToken)");
        (await _program.FailAsync("batch", "describe-job-queues")).ShouldContain("(ExpiredTokenException)");
    }

    [Fact]
    public async Task An_instance_is_launched_tagged_and_terminated()
    {
        var image = await _program.RunAsync("ssm", "get-parameter", "--name",
            "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64");
        var launched = await _program.RunAsync("ec2", "run-instances", "--image-id", image!["Parameter"]!["Value"]!.ToString(),
            "--instance-type",
            "t3.micro", "--user-data", "#!/bin/sh\necho hello", "--tag-specifications",
            "ResourceType=instance,Tags=[{Key=tenfold:stack,Value=t}]",
            "ResourceType=volume,Tags=[{Key=tenfold:stack,Value=t}]", "--block-device-mappings",
            "DeviceName=/dev/xvda,Ebs={VolumeSize=50}");
        var id = launched!["Instances"]![0]!["InstanceId"]!.ToString();
        await Eventually.ShouldBeAsync(() => _aws.Ec2.ConsoleOf(id).Contains("hello"), "the script has run");
        var listed = await _program.RunAsync("ec2", "describe-instances", "--filters", "Name=tag:tenfold:stack,Values=t",
            "Name=instance-state-name,Values=pending,running");
        listed!["Reservations"]![0]!["Instances"]![0]!["State"]!["Name"]!.ToString().ShouldBe("running");
        (await _program.RunAsync("ec2", "describe-volumes", "--filters",
            "Name=tag-key,Values=tenfold:*"))!["Volumes"]![0]!["Size"]!.ToString()
            .ShouldBe("50");
        await _program.RunAsync("ec2", "create-tags", "--resources", id, "--tags", "Key=x,Value=y");
        (await _program.RunAsync("ec2", "describe-tags", "--filters", $"Name=resource-id,Values={id}"))!["Tags"]!.AsArray().Count.ShouldBe(
            2);
        await _program.RunAsync("ec2", "terminate-instances", "--instance-ids", id);
        await Eventually.ShouldBeAsync(() => _aws.Ec2.StateOf(id) == "terminated", "the instance has ended");
        (await _program.RunAsync("ec2", "describe-instance-types", "--instance-types",
            "g5.xlarge"))!["InstanceTypes"]![0]!["GpuInfo"]!["Gpus"]![0]![
            "Name"]!.ToString().ShouldBe("A10G");
        (await _program.RunAsync("ec2", "describe-spot-price-history", "--instance-types", "c7i.large"))!["SpotPriceHistory"]!.AsArray()
            .Count.ShouldBe(2);
        (await _program.FailAsync("ec2", "describe-instances", "--instance-ids", "i-0123456789abcdef0"))
            .ShouldContain("InvalidInstanceID.NotFound");
    }

    [Fact]
    public async Task Stacks_training_jobs_and_images_are_made()
    {
        var template = """{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}}}}""";
        await _program.RunAsync("cloudformation", "create-change-set", "--stack-name", "s", "--change-set-name", "c", "--change-set-type",
            "CREATE",
            "--template-body", template);
        await _program.RunAsync("cloudformation", "describe-change-set", "--stack-name", "s", "--change-set-name", "c");
        var set = await _program.RunAsync("cloudformation", "describe-change-set", "--stack-name", "s", "--change-set-name", "c");
        set!["Changes"]![0]!["ResourceChange"]!["Action"]!.ToString().ShouldBe("Add");
        await _program.RunAsync("cloudformation", "execute-change-set", "--stack-name", "s", "--change-set-name", "c");
        await Eventually.ShouldBeAsync(() => _aws.Stacks.StatusOf("s") == "CREATE_COMPLETE", "the stack exists");
        (await _program.RunAsync("cloudformation", "describe-stack-events", "--stack-name",
            "s"))!["StackEvents"]![0]!["ResourceStatus"]!.ToString()
            .ShouldBe("CREATE_COMPLETE");

        await _program.RunAsync("sagemaker", "create-training-job", "--training-job-name", "t", "--role-arn",
            "arn:aws:iam::123456789012:role/training",
            "--algorithm-specification",
            "TrainingInputMode=File,TrainingImage=123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:1,ContainerEntrypoint=true",
            "--output-data-config", "S3OutputPath=s3://bucket/out", "--resource-config",
            "InstanceType=ml.m5.large,InstanceCount=1,VolumeSizeInGB=30",
            "--stopping-condition", "MaxRuntimeInSeconds=86400");
        await Eventually.ShouldBeAsync(() => _aws.SageMaker.StatusOf("t").Status == "Completed", "the job has ended");
        (await _program.RunAsync("sagemaker", "list-training-jobs", "--name-contains",
            "t"))!["TrainingJobSummaries"]![0]!["TrainingJobStatus"]!
            .ToString().ShouldBe("Completed");

        await _program.RunAsync("ecr", "create-repository", "--repository-name", "repository", "--image-tag-mutability", "IMMUTABLE");
        await _program.RunAsync("ecr", "put-image", "--repository-name", "repository", "--image-tag", "1", "--image-manifest", "{}");
        (await _program.FailAsync("ecr", "put-image", "--repository-name", "repository", "--image-tag", "1", "--image-manifest", "{ }"))
            .ShouldContain("ImageTagAlreadyExistsException");
        (await _program.FailAsync("ecr", "delete-repository", "--repository-name", "repository"))
            .ShouldContain("RepositoryNotEmptyException");
        (await _program.RunAsync("service-quotas", "get-service-quota", "--service-code", "ec2", "--quota-code",
            "L-1216C47A"))!["Quota"]!["Value"]!
            .GetValue<double>().ShouldBe(64);
    }
}
