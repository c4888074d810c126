using Amazon.S3;
using Amazon.S3.Model;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Tests.Servers;

namespace Tenfold.Aws.Tests.Double;

public sealed class One_endpoint_serves_everything : IDisposable
{
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly AmazonS3Client _client;

    public One_endpoint_serves_everything()
    {
        _aws = new AwsDouble(new AwsDoubleOptions { S3Endpoint = _s3.Endpoint });
        TenfoldStack.Add(_aws, S3Server.Bucket);
        _client = new AmazonS3Client("S3RVER", "S3RVER", new AmazonS3Config
        {
            ServiceURL = _aws.Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "eu-west-1",
            MaxErrorRetry = 0,
        });
    }

    public void Dispose()
    {
        _client.Dispose();
        _aws.Dispose();
        _s3.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(3_000_000)]
    public async Task Objects_pass_through(int size)
    {
        const string Key = "a b/ü+&?.bin";
        var content = new byte[size];
        new Random(1).NextBytes(content);
        await _client.PutObjectAsync(
            new PutObjectRequest { BucketName = S3Server.Bucket, Key = Key, InputStream = new MemoryStream(content) });
        using var found = await _client.GetObjectAsync(S3Server.Bucket, Key);
        var copy = new MemoryStream();
        await found.ResponseStream.CopyToAsync(copy);
        copy.ToArray().ShouldBe(content);
        (await _client.ListObjectsV2Async(
            new ListObjectsV2Request { BucketName = S3Server.Bucket, Prefix = "a b/" })).S3Objects.Single().Key.ShouldBe(Key);
        _aws.Calls.Count("s3", "PUT").ShouldBe(1);
    }

    [Fact]
    public async Task A_job_reads_the_store_with_its_role_until_its_keys_expire()
    {
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = S3Server.Bucket, Key = "x", ContentBody = "hello" });
        using var batch = new Tenfold.Aws.Batch.BatchClient(BatchFixture.OptionsOf(_aws));
        var definition = await batch.RegisterJobDefinitionAsync(new()
        {
            JobDefinitionName = "d",
            Type = "container",
            ContainerProperties = new()
            {
                Image = "x",
                Command = ["sh", "-c", $"aws s3 cp s3://{S3Server.Bucket}/x - --region eu-west-1 --endpoint-url $AWS_ENDPOINT_URL"],
                JobRoleArn = _aws.Stacks.OutputOf("tenfold", "JobRole"),
                ResourceRequirements = [new("VCPU", "1"), new("MEMORY", "128")],
            },
        }, default);
        var job = await batch.SubmitJobAsync(
            new() { JobName = "j", JobQueue = "tenfold-spot", JobDefinition = definition.JobDefinitionArn }, default);
        await Eventually.ShouldBeAsync(() => _aws.Batch.StatusOf(job.JobId) is "SUCCEEDED" or "FAILED", "the job has ended");
        _aws.Logs.Lines("/aws/batch/job", _aws.Batch.Show(job.JobId)!["container"]!["logStreamName"]!.ToString()).ShouldContain("hello");
        _aws.Calls.All.ShouldContain(call => call.Service == "s3" && call.Caller.Contains("assumed-role/tenfold-job"));
        _aws.ExpireUser();
        (await Should.ThrowAsync<AmazonS3Exception>(() => _client.GetObjectAsync(S3Server.Bucket, "x"))).ErrorCode.ShouldBe("ExpiredToken");
    }

    [Fact]
    public async Task S3_has_faults_too()
    {
        _aws.Faults.Add("s3", "PUT", Fault.Throttled);
        var put = new PutObjectRequest { BucketName = S3Server.Bucket, Key = "x", ContentBody = "hello" };
        (await Should.ThrowAsync<AmazonS3Exception>(() => _client.PutObjectAsync(put))).ErrorCode.ShouldBe("SlowDown");
        _aws.Faults.Add("s3", "PUT", Fault.LostAnswer);
        // The SDK, or .NET under it, sends a request again when its connection closes without an answer.
        await _client.PutObjectAsync(new PutObjectRequest { BucketName = S3Server.Bucket, Key = "y", ContentBody = "hello" });
        _aws.Calls.All.Where(call => call.Operation == "PUT").Select(call => call.Error).ShouldBe(["SlowDown", "lost", null]);
        (await _client.GetObjectMetadataAsync(S3Server.Bucket, "y")).ContentLength.ShouldBe(5);
    }

    [Fact]
    public async Task Permissions_are_simulated_and_roles_are_found()
    {
        _aws.Iam.Deny("batch:DescribeJobQueues");
        var program = new AwsProgram(_aws);
        (await program.FailAsync("batch", "describe-job-queues")).ShouldContain("(AccessDeniedException)");
        var results = await program.RunAsync("iam", "simulate-principal-policy", "--policy-source-arn",
            "arn:aws:iam::123456789012:user/tester",
            "--action-names", "batch:DescribeJobQueues", "batch:SubmitJob");
        results!["EvaluationResults"]!.AsArray().Select(r => r!["EvalDecision"]!.ToString()).ShouldBe(["implicitDeny", "allowed"]);
        (await program.FailAsync("iam", "get-role", "--role-name", "AWSServiceRoleForBatch")).ShouldContain("(NoSuchEntity)");
        await program.RunAsync("iam", "create-service-linked-role", "--aws-service-name", "batch.amazonaws.com");
        (await program.RunAsync("iam", "get-role", "--role-name", "AWSServiceRoleForBatch"))!["Role"]!["Arn"]!.ToString()
            .ShouldEndWith("AWSServiceRoleForBatch");
    }
}
