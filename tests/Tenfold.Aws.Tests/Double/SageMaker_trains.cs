using System.Diagnostics;
using Tenfold.Aws.Double;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Double;

public sealed class SageMaker_trains : IDisposable
{
    private const string Bucket = $"s3://{S3Server.Bucket}";
    private readonly S3Server _s3 = new();
    private readonly AwsDouble _aws;
    private readonly SageMakerClient _client;
    private readonly TemporaryFolder _folder = new();

    public SageMaker_trains()
    {
        _aws = new AwsDouble(new AwsDoubleOptions
        {
            S3Endpoint = _s3.Endpoint,
            Second = TimeSpan.FromMilliseconds(20),
            Grace = TimeSpan.FromSeconds(30),
        });
        _client = new SageMakerClient(BatchFixture.OptionsOf(_aws));
    }

    public void Dispose()
    {
        _client.Dispose();
        _aws.Dispose();
        _s3.Dispose();
        _folder.Dispose();
    }

    private static CreateTrainingJobRequest Job(string script) => new()
    {
        TrainingJobName = "job",
        RoleArn = "arn:aws:iam::123456789012:role/training",
        AlgorithmSpecification = new("File")
        {
            TrainingImage = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/image:1",
            ContainerEntrypoint = ["sh", "-c"],
            ContainerArguments = [script],
        },
        OutputDataConfig = new($"{Bucket}/out"),
        ResourceConfig = new() { InstanceType = "ml.m5.large", InstanceCount = 1, VolumeSizeInGB = 30 },
        StoppingCondition = new() { MaxRuntimeInSeconds = 86_400 },
    };

    private async Task PutAsync(string key, string content)
    {
        var store = _s3.Store("in");
        await store.WriteAsync(key, System.Text.Encoding.UTF8.GetBytes(content), default);
    }

    private async Task<TrainingJob> RunAsync(CreateTrainingJobRequest request)
    {
        await _client.CreateTrainingJobAsync(request, default);
        await Eventually.ShouldBeAsync(() =>
            _aws.SageMaker.StatusOf("job").Status is "Completed" or "Failed" or "Stopped", "the job has ended");
        return await _client.DescribeTrainingJobAsync(new("job"), default);
    }

    private IReadOnlyList<string> Log() => _aws.Logs.Lines("/aws/sagemaker/TrainingJobs", _aws.SageMaker.LogStreamOf("job")!);

    [Fact]
    public async Task A_job_finds_opt_ml_and_its_model_is_uploaded()
    {
        await PutAsync("train/a.csv", "1,2");
        var job = await RunAsync(Job("""
            cat /opt/ml/input/data/train/a.csv /opt/ml/input/config/hyperparameters.json; echo
            echo $TRAINING_JOB_NAME $X
            echo weights > /opt/ml/model/weights
            """) with
        {
            InputDataConfig = [new("train", new(new("S3Prefix", $"{Bucket}/in/train/")))],
            HyperParameters = new Dictionary<string, string> { ["lr"] = "0.1" },
            Environment = new Dictionary<string, string> { ["X"] = "y" },
        });
        (job.TrainingJobStatus, job.SecondaryStatus).ShouldBe(("Completed", "Completed"));
        Log().ShouldBe(["1,2{\"lr\":\"0.1\"}", "job y"]);
        job.ModelArtifacts!.S3ModelArtifacts.ShouldBe($"{Bucket}/out/job/output/model.tar.gz");
        await using (var model = await _s3.Store("out").OpenReadAsync("job/output/model.tar.gz", default))
        await using (var file = File.Create(_folder["model.tar.gz"]))
            await model!.CopyToAsync(file);
        using var tar = Process.Start(
            new ProcessStartInfo("tar", ["-xzOf", _folder["model.tar.gz"], "./weights"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        (await tar.StandardOutput.ReadToEndAsync()).ShouldBe("weights\n");
        Directory.Exists("/opt/ml/input").ShouldBeFalse();
    }

    [Theory]
    [InlineData("echo broken > /opt/ml/output/failure; exit 3", "AlgorithmError: broken\n, exit code: 3")]
    [InlineData("exit 1", "AlgorithmError: , exit code: 1")]
    public async Task A_failure_has_its_reason(string script, string reason) =>
        (await RunAsync(Job(script))).FailureReason.ShouldBe(reason);

    [Fact]
    public async Task Stopping_signals_the_first_process_and_keeps_the_model()
    {
        await _client.CreateTrainingJobAsync(
            Job("trap 'echo saved > /opt/ml/model/x; exit 0' TERM; echo ready; while :; do sleep 0.02; done"), default);
        await Eventually.ShouldBeAsync(() => _aws.SageMaker.LogStreamOf("job") is not null && Log().Contains("ready"), "the job is ready");
        await _client.StopTrainingJobAsync(new("job"), default);
        await Eventually.ShouldBeAsync(() => _aws.SageMaker.StatusOf("job") == ("Stopped", "Stopped"), "the job has stopped");
        (await _s3.Store("out").ExistsAsync("job/output/model.tar.gz", default)).ShouldBeTrue();
        (await Should.ThrowAsync<AwsException>(() => _client.StopTrainingJobAsync(new("job"), default))).Message.ShouldContain(
            "in status Stopped");
    }

    [Fact]
    public async Task A_time_limit_is_Stopped_and_no_failure()
    {
        // A second is 20 milliseconds here.
        var job = await RunAsync(
            Job("trap 'exit 0' TERM; while :; do sleep 0.02; done") with { StoppingCondition = new() { MaxRuntimeInSeconds = 5 } });
        (job.TrainingJobStatus, job.SecondaryStatus).ShouldBe(("Stopped", "MaxRuntimeExceeded"));
    }

    [Fact]
    public async Task An_internal_error_is_retried_as_the_request_says()
    {
        await _client.CreateTrainingJobAsync(
            Job("echo begun; while :; do sleep 0.02; done") with { RetryStrategy = new TrainingRetryStrategy(1) }, default);
        await Eventually.ShouldBeAsync(() => Begun(1), "the job has begun");
        _aws.SageMaker.FailInternally("job");
        await Eventually.ShouldBeAsync(() => Begun(2), "the job has begun again");
        _aws.SageMaker.FailInternally("job");
        await Eventually.ShouldBeAsync(() => _aws.SageMaker.StatusOf("job").Status == "Failed", "the job has failed");
        _aws.SageMaker.Show("job")["FailureReason"]!.ToString().ShouldStartWith("InternalServerError");
    }

    private bool Begun(int times) =>
        _aws.SageMaker.Show("job")["SecondaryStatusTransitions"]!.AsArray().Count(t => t!["Status"]!.ToString() == "Training") == times
        && _aws.SageMaker.LogStreamOf("job") is not null && Log().Contains("begun");

    [Theory]
    [InlineData("FastFile", "in/train", "needs a prefix that ends with a slash")]
    [InlineData("File", "in/nothing/", "No S3 objects found")]
    public async Task A_channel_without_data_fails_the_job(string mode, string key, string reason)
    {
        var job = await RunAsync(Job("true") with
        {
            InputDataConfig = [new("train", new(new("S3Prefix", $"{Bucket}/{key}"))) { InputMode = mode }],
        });
        job.FailureReason.ShouldStartWith("ClientError: ");
        job.FailureReason.ShouldContain(reason);
    }

    [Fact]
    public async Task A_type_without_capacity_fails_the_job()
    {
        _aws.SageMaker.RunOutOf("ml.m5.large");
        (await RunAsync(Job("true"))).FailureReason.ShouldStartWith("CapacityError");
    }

    [Fact]
    public async Task An_interrupted_spot_job_starts_again_with_its_checkpoints()
    {
        await _client.CreateTrainingJobAsync(Job("""
            if [ -e /opt/ml/checkpoints/step ]; then echo resumed; exit 0; fi
            echo 1 > /opt/ml/checkpoints/step
            while :; do sleep 0.02; done
            """) with
        {
            EnableManagedSpotTraining = true,
            StoppingCondition = new() { MaxRuntimeInSeconds = 86_400, MaxWaitTimeInSeconds = 86_400 },
            CheckpointConfig = new($"{Bucket}/checkpoints/job"),
        }, default);
        var store = _s3.Store("checkpoints");
        while (!await store.ExistsAsync("job/step", default)) await Task.Delay(10);
        _aws.SageMaker.Interrupt("job");
        await Eventually.ShouldBeAsync(() => _aws.SageMaker.StatusOf("job").Status == "Completed", "the job has ended");
        Log().ShouldBe(["resumed"]);
        _aws.SageMaker.Show("job")["SecondaryStatusTransitions"]!.AsArray().ShouldContain(t => t!["Status"]!.ToString() == "Interrupted");
    }

    [Fact]
    public async Task Invalid_requests_are_refused()
    {
        (await Should.ThrowAsync<AwsException>(() => _client.CreateTrainingJobAsync(Job("true") with
        {
            AlgorithmSpecification = new("File") { TrainingImage = "public.ecr.aws/docker/library/python:3.12" },
        }, default))).Message.ShouldContain("private Amazon ECR");
        (await Should.ThrowAsync<AwsException>(() => _client.CreateTrainingJobAsync(Job("true") with
        {
            ResourceConfig = new() { InstanceType = "ml.g5.xlarge", InstanceCount = 1, VolumeSizeInGB = 30 },
        }, default))).Message.ShouldContain("'ml.g5.xlarge for training job usage' is 0 Instances");
        await RunAsync(Job("true"));
        (await Should.ThrowAsync<AwsException>(() => _client.CreateTrainingJobAsync(Job("true"), default))).Message.ShouldContain(
            "must be unique");
        (await Should.ThrowAsync<AwsException>(() => _client.DescribeTrainingJobAsync(new("none"), default))).Message.ShouldContain(
            "not found");
    }
}
