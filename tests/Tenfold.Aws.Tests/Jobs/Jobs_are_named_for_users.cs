using System.Text.Json;
using Tenfold.Aws.Double;
using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Ec2;
using Tenfold.Aws.Tests.SageMaker;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Jobs;

/// <summary>A user finds an attempt's job in AWS's console, whether an agent has begun it or not, and after its end.</summary>
public sealed class Jobs_are_named_for_users(S3Server server) : IClassFixture<S3Server>
{
    private static readonly AwsDoubleOptions Imagined = new() { RunsProcesses = false };
    private static readonly CancellationToken Cancel = CancellationToken.None;

    [Fact]
    public async Task Elements_of_an_array_of_Batch_are_named()
    {
        await using var bench = new BatchBench(server, Imagined);
        var all = await bench.AssignAsync("true", repeat: 3);
        await bench.Target.StartAsync(all, Cancel);
        // A later command knows no job yet.
        foreach (var target in new[] { bench.Target, bench.Open() })
        {
            var jobs = await target.LocateAsync([.. all.Select(one => one.Attempt)], Cancel);
            jobs.Select(job => job!.Command).ShouldBe(all.Select(one =>
                $"aws batch describe-jobs --region eu-west-1 --jobs {bench.JobOf(one.Attempt)}"));
            jobs[2]!.Name.ShouldBe($"Batch job {bench.JobOf(all[2].Attempt)} in eu-west-1");
        }
    }

    [Fact]
    public async Task A_machine_is_named()
    {
        await using var bench = new Ec2DoubleBench(server, Imagined);
        var attempt = (await bench.AssignAsync("true"))[0];
        (await bench.Target.LocateAsync([attempt.Attempt], Cancel)).ShouldBe([null]);
        await bench.Target.StartAsync([attempt], Cancel);
        var machine = bench.Aws.Ec2.InstanceIds.ShouldHaveSingleItem();
        (await bench.Open().LocateAsync([attempt.Attempt], Cancel)).ShouldBe(
        [
            new BackendJob(
                $"EC2 machine {machine} in eu-west-1", $"aws ec2 describe-instances --region eu-west-1 --instance-ids {machine}"),
        ]);
    }

    [Fact]
    public async Task A_training_job_is_named()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var attempt = (await bench.AssignAsync("true"))[0];
        await bench.Target.StartAsync([attempt], Cancel);
        var name = SageMakerBench.JobOf(attempt);
        foreach (var target in new[] { bench.Target, bench.Open() })
        {
            (await target.LocateAsync([attempt.Attempt], Cancel)).ShouldBe(
            [
                new BackendJob(
                    $"training job {name} in eu-west-1",
                    $"aws sagemaker describe-training-job --region eu-west-1 --training-job-name {name}"),
            ]);
        }
    }

    [Fact]
    public async Task The_name_that_an_agent_wrote_outlives_the_job()
    {
        await using var batch = new BatchBench(server, Imagined);
        await using var ec2 = new Ec2DoubleBench(server, Imagined);
        await using var sagemaker = new SageMakerBench(server, SageMakerBench.Imagined);
        (await CommandAsync(batch.Target, batch.Store, "Batch 0a1b:7")).ShouldEndWith(" --jobs 0a1b:7");
        (await CommandAsync(ec2.Target, ec2.Store, "EC2 i-0a1b")).ShouldEndWith(" --instance-ids i-0a1b");
        (await CommandAsync(sagemaker.Target, sagemaker.Store, "SageMaker tenfold-a-b")).ShouldEndWith(" --training-job-name tenfold-a-b");
        // No job of Batch executes it.
        (await CommandAsync(batch.Target, batch.Store, "EC2 i-0a1b")).ShouldBeNull();
        (await CommandAsync(batch.Target, batch.Store, null)).ShouldBeNull();

        static async Task<string?> CommandAsync(ILocatesJobs target, IStore store, string? job)
        {
            var attempt = $"{Core.Runs.RunNames.NewGroup()}-1-1";
            var claim = new AttemptClaim { Token = "t", Host = "h", Process = 1, At = DateTimeOffset.UnixEpoch, Job = job };
            var json = JsonSerializer.SerializeToUtf8Bytes(claim, AttemptJson.Default.AttemptClaim);
            await store.WriteAsync(AttemptKeys.Claim(attempt), json, Cancel);
            return (await target.LocateAsync([attempt], Cancel))[0]?.Command;
        }
    }
}
