using Tenfold.Aws.Ecr;
using Tenfold.Aws.Iam;
using Tenfold.Aws.Logs;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.ServiceQuotas;
using Tenfold.Aws.Tests.Scripted;

namespace Tenfold.Aws.Tests.Wire;

public sealed class Other_calls : IDisposable
{
    private readonly AwsServer _aws = new();

    public void Dispose() => _aws.Dispose();

    [Fact]
    public async Task A_training_job_is_created_described_stopped_and_deleted()
    {
        using var client = new SageMakerClient(_aws.Options);
        _aws.On("CreateTrainingJob", AwsReply.Ok(new { TrainingJobArn = "arn:job" }));
        _aws.On("StopTrainingJob", AwsReply.As(200, ""));
        _aws.On("DeleteTrainingJob", AwsReply.As(200, ""));
        _aws.On("DescribeTrainingJob", AwsReply.Ok(new
        {
            TrainingJobName = "tenfold-r1",
            TrainingJobArn = "arn:job",
            TrainingJobStatus = "Stopped",
            SecondaryStatus = "MaxRuntimeExceeded",
            CreationTime = 1764343320.123,
            SecondaryStatusTransitions = new[] { new { Status = "Starting", StartTime = 1764343320.123, StatusMessage = "Starting" } },
            ModelArtifacts = new { S3ModelArtifacts = "s3://b/model.tar.gz" },
        }));
        await client.CreateTrainingJobAsync(new()
        {
            TrainingJobName = "tenfold-r1",
            RoleArn = "arn:aws:iam::123456789012:role/tenfold",
            AlgorithmSpecification = new("File")
            {
                TrainingImage = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a:b",
                ContainerEntrypoint = ["sh", "/opt/ml/input/data/tenfold/start.sh"],
                ContainerArguments = ["x"],
                MetricDefinitions = [new("loss", "loss=([0-9.]+)")],
                EnableSageMakerMetricsTimeSeries = false,
            },
            InputDataConfig =
            [
                new("tenfold", new(new("S3Prefix", "s3://b/p/") { S3DataDistributionType = "FullyReplicated" })) { InputMode = "FastFile" },
            ],
            OutputDataConfig = new("s3://b/out"),
            ResourceConfig = new() { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 30 },
            StoppingCondition = new() { MaxRuntimeInSeconds = 3600, MaxWaitTimeInSeconds = 7200 },
            HyperParameters = new Dictionary<string, string> { ["learning-rate"] = "0.1" },
            Environment = new Dictionary<string, string> { ["TENFOLD_RUN"] = "r1" },
            EnableManagedSpotTraining = true,
            EnableNetworkIsolation = false,
            CheckpointConfig = new("s3://b/checkpoints") { LocalPath = "/opt/ml/checkpoints" },
            RetryStrategy = new(1),
            VpcConfig = new(["sg-1"], ["subnet-1"]),
            Tags = [new("tenfold", "1")],
        }, default);
        var job = await client.DescribeTrainingJobAsync(new("tenfold-r1"), default);
        (job.TrainingJobStatus, job.SecondaryStatus).ShouldBe(("Stopped", "MaxRuntimeExceeded"));
        job.CreationTime.ShouldBe(new DateTimeOffset(2025, 11, 28, 15, 22, 0, 123, TimeSpan.Zero));
        await client.StopTrainingJobAsync(new("tenfold-r1"), default);
        await client.DeleteTrainingJobAsync(new("tenfold-r1"), default);
        _aws.Calls[0].Headers["x-amz-target"].ShouldBe("SageMaker.CreateTrainingJob");
        _aws.Calls[0].Headers["content-type"].ShouldBe("application/x-amz-json-1.1");
    }

    [Fact]
    public async Task Training_jobs_and_tags_are_listed()
    {
        using var client = new SageMakerClient(_aws.Options);
        var job = new { TrainingJobName = "a", TrainingJobArn = "arn:a", TrainingJobStatus = "InProgress", CreationTime = 1764343320.5 };
        _aws.On(
            "ListTrainingJobs", AwsReply.Ok(new { TrainingJobSummaries = Array.Empty<object>(), NextToken = "2" }),
            AwsReply.Ok(new { TrainingJobSummaries = new[] { job } }));
        _aws.On("ListTags", AwsReply.Ok(new { Tags = new[] { new { Key = "tenfold", Value = "1" } } }));
        _aws.On("AddTags", AwsReply.Ok(new { Tags = new[] { new { Key = "tenfold", Value = "1" } } }));
        var request = new ListTrainingJobsRequest
        {
            NameContains = "tenfold",
            StatusEquals = "InProgress",
            CreationTimeAfter = DateTimeOffset.UnixEpoch,
            MaxResults = 100,
            SortBy = "CreationTime",
            SortOrder = "Descending",
        };
        (await client.ListTrainingJobsAsync(request, default).SingleAsync()).TrainingJobName.ShouldBe("a");
        const string Arn = "arn:aws:sagemaker:eu-west-1:123456789012:training-job/a";
        (await client.ListTagsAsync(new(Arn), default).SingleAsync()).ShouldBe(new Tag("tenfold", "1"));
        (await client.AddTagsAsync(new(Arn, [new("tenfold", "1")]), default)).Tags.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Images_are_found_and_deleted()
    {
        using var client = new EcrClient(_aws.Options);
        var digest = "sha256:" + new string('a', 64);
        _aws.On("GetAuthorizationToken", AwsReply.Ok(new
        {
            authorizationData = new[]
            {
                new { authorizationToken = "QVdTOnNlY3JldA==", expiresAt = 1764343320.1, proxyEndpoint = "https://r" },
            },
        }));
        _aws.On("DescribeRepositories", AwsReply.Ok(new { repositories = new[] { new { repositoryName = "t", repositoryUri = "r/t" } } }));
        _aws.On(
            "DescribeImages", AwsReply.Ok(new { imageDetails = new[] { new { imageDigest = digest, imageSizeInBytes = 5_000_000_000 } } }));
        _aws.On("ListImages", AwsReply.Ok(new { imageIds = new[] { new { imageDigest = digest, imageTag = "a" } } }));
        _aws.On("BatchDeleteImage", AwsReply.Ok(new
        {
            imageIds = Array.Empty<object>(),
            failures = new[] { new { imageId = new { imageTag = "a" }, failureCode = "ImageNotFound", failureReason = "no such image" } },
        }));
        var login = (await client.GetAuthorizationTokenAsync(default)).AuthorizationData[0];
        login.AuthorizationToken.ShouldBe("QVdTOnNlY3JldA==");
        login.ToString().ShouldNotContain("QVdTOnNlY3JldA==");
        (await client.DescribeRepositoriesAsync(new() { RepositoryNames = ["ab"] }, default).SingleAsync()).RepositoryUri.ShouldBe("r/t");
        var image = await client.DescribeImagesAsync(new("ab") { ImageIds = [new() { ImageTag = "a" }] }, default).SingleAsync();
        (image.ImageSizeInBytes, image.ImageTags.Count).ShouldBe((5_000_000_000, 0));
        (await client.ListImagesAsync(new("ab"), default).SingleAsync()).ImageTag.ShouldBe("a");
        var deleted = await client.BatchDeleteImageAsync(new("ab", [new() { ImageTag = "a" }]), default);
        deleted.Failures[0].FailureCode.ShouldBe("ImageNotFound");
    }

    [Fact]
    public async Task A_log_is_read_past_empty_pages_to_the_repeated_token()
    {
        using var client = new LogsClient(_aws.Options);
        var line = new { timestamp = 1764343320123, message = "epoch 1", ingestionTime = 1764343320999 };
        _aws.On(
            "GetLogEvents", AwsReply.Ok(new { events = new[] { line }, nextForwardToken = "f/1" }),
            AwsReply.Ok(new { events = Array.Empty<object>(), nextForwardToken = "f/2" }),
            AwsReply.Ok(new { events = new[] { line }, nextForwardToken = "f/3" }),
            AwsReply.Ok(new { events = Array.Empty<object>(), nextForwardToken = "f/3" }));
        var pages = await client.ReadForwardAsync(new("/g", "s") { StartTime = DateTimeOffset.UnixEpoch }, default).ToListAsync();
        pages.Sum(page => page.Events.Count).ShouldBe(2);
        pages[^1].NextForwardToken.ShouldBe("f/3");
        pages[0].Events[0].Timestamp!.Value.Millisecond.ShouldBe(123);
        _aws.Calls.Length.ShouldBe(4);
    }

    [Fact]
    public async Task Log_groups_and_streams_are_listed_and_deleted()
    {
        using var client = new LogsClient(_aws.Options);
        _aws.On("DescribeLogGroups", AwsReply.Ok(new { logGroups = new[] { new { logGroupName = "/g", retentionInDays = 30 } } }));
        _aws.On(
            "DescribeLogStreams", AwsReply.Ok(new { logStreams = new[] { new { logStreamName = "s", creationTime = 1764343320123 } } }));
        _aws.On("DeleteLogGroup", AwsReply.As(200, ""));
        (await client.DescribeLogGroupsAsync(new() { LogGroupNamePrefix = "/g" }, default).SingleAsync()).RetentionInDays.ShouldBe(30);
        (await client.DescribeLogStreamsAsync(new("/g") { OrderBy = "LastEventTime", Descending = true }, default).SingleAsync())
            .LogStreamName.ShouldBe("s");
        await client.DeleteLogGroupAsync(new("/g"), default);
    }

    [Fact]
    public async Task Quotas_are_read()
    {
        using var client = new QuotasClient(_aws.Options);
        var quota = new { ServiceCode = "ec2", QuotaCode = "L-1216C47A", QuotaName = "Standard", Value = 5.0, Adjustable = true };
        _aws.On("GetServiceQuota", AwsReply.Ok(new { Quota = quota }));
        _aws.On("GetAWSDefaultServiceQuota", AwsReply.Ok(new { Quota = quota }));
        _aws.On("ListServiceQuotas", AwsReply.Ok(new { Quotas = new[] { quota } }));
        (await client.GetServiceQuotaAsync(new("ec2", "L-1216C47A"), default)).Quota.Value.ShouldBe(5);
        (await client.GetDefaultQuotaAsync(new("ec2", "L-1216C47A"), default)).Quota.Adjustable.ShouldBe(true);
        (await client.ListServiceQuotasAsync(new("ec2") { MaxResults = 100 }, default).SingleAsync()).QuotaName.ShouldBe("Standard");
    }

    [Fact]
    public async Task Permissions_are_simulated_over_pages()
    {
        using var client = new IamClient(_aws.Options);
        _aws.On(
            "SimulatePrincipalPolicy",
            AwsReply.Ok(new
            {
                EvaluationResults = new[] { new { EvalActionName = "batch:SubmitJob", EvalDecision = "allowed" } },
                IsTruncated = true,
                Marker = "m",
            }),
            AwsReply.Ok(new
            {
                EvaluationResults = new[]
                {
                    new
                    {
                        EvalActionName = "ec2:RunInstances", EvalDecision = "implicitDeny", MissingContextValues = new[] { "aws:MFA", "x" },
                        PermissionsBoundaryDecisionDetail = new { AllowedByPermissionsBoundary = false },
                    },
                },
                IsTruncated = false,
            }));
        var results = await client.SimulatePrincipalPolicyAsync(
            new("arn:aws:iam::123456789012:role/a", ["batch:SubmitJob", "ec2:RunInstances"])
            {
                ResourceArns = ["*"],
                ContextEntries = [new("aws:RequestTag/tenfold", ["1"], "string")],
                MaxItems = 100,
            }, default).ToListAsync();
        results.Select(result => result.EvalDecision).ShouldBe(["allowed", "implicitDeny"]);
        results[1].MissingContextValues.ShouldBe(["aws:MFA", "x"]);
        results[1].PermissionsBoundaryDecisionDetail!.AllowedByPermissionsBoundary.ShouldBeFalse();
        var sent = _aws.Calls[1].Input;
        sent.GetProperty("Marker").GetString().ShouldBe("m");
        sent.GetProperty("ActionNames")[1].GetString().ShouldBe("ec2:RunInstances");
        // IAM is signed for one region of the partition, wherever the user works.
        _aws.Calls[0].Region.ShouldBe("us-east-1");
    }

    [Fact]
    public async Task A_role_is_described()
    {
        using var client = new IamClient(_aws.Options);
        _aws.On("GetRole", AwsReply.Ok(new
        {
            Role = new
            {
                Path = "/",
                RoleName = "a",
                RoleId = "AROA",
                Arn = "arn:aws:iam::1:role/a",
                CreateDate = "2026-11-28T15:22:00Z",
                MaxSessionDuration = 3600,
            },
        }));
        var role = await client.GetRoleAsync("a", default);
        role.CreateDate.ShouldBe(new DateTimeOffset(2026, 11, 28, 15, 22, 0, TimeSpan.Zero));
        role.MaxSessionDuration.ShouldBe(3600);
    }
}
