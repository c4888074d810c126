using Tenfold.Aws.Batch;
using Tenfold.Aws.Batch.Submit;
using Tenfold.Core.Runs;

namespace Tenfold.Aws.Tests.Batch;

public sealed class Runs_that_can_never_start_are_refused
{
    private static readonly BatchPlace Place = new()
    {
        Account = "123456789012",
        Region = "eu-west-1",
        Stack = "tenfold",
        OnDemand = "q",
        Gpu = "g",
        JobRole = "arn:role",
    };

    [Theory]
    [InlineData(65, 0, false, "at most 64 vCPUs")]
    [InlineData(9, 0, false, "largest machine")]
    [InlineData(null, 1, true, "no queue of spot machines with GPUs")]
    [InlineData(null, 0, true, "no queue of spot machines")]
    [InlineData(8, 0, false, null)]
    [InlineData(null, 1, false, null)]
    public void By_what_their_queue_has(int? cpus, int gpus, bool isSpot, string? words)
    {
        var queues = new[] { Queue("q", "EC2", "m5.large", "m5.2xlarge"), Queue("g", "EC2", "g5.xlarge") };
        var faults = QueueLimits.FaultsOf(
            new ResourceSpec { Cpus = cpus, Gpus = gpus, Spot = isSpot }, new BatchOptions { Stack = "tenfold" }, Place, queues);
        if (words is null) faults.ShouldBeEmpty();
        else faults.ShouldHaveSingleItem().Words.ShouldContain(words);
    }

    [Fact]
    public void When_no_machine_has_a_GPU() => QueueLimits.FaultsOf(
        new ResourceSpec { Gpus = 1 }, new BatchOptions { Queue = "q" }, Place with { Queue = "q" }, [Queue("q", "EC2", "optimal")])
        .ShouldHaveSingleItem().Words.ShouldContain("no machine of the queue q has one");

    [Theory]
    [InlineData(1, null, null)]
    [InlineData(16, 121L, "120 GiB")]
    [InlineData(17, null, "16 cores")]
    public void By_the_sizes_of_Fargate(int cpus, long? gib, string? words)
    {
        var faults = QueueLimits.FaultsOf(
            new ResourceSpec { Cpus = cpus, MemoryBytes = gib << 30 }, new BatchOptions { Queue = "f", ExecutionRole = "arn:role" },
            Place with { Queue = "f" }, [Queue("f", "FARGATE")]);
        if (words is null) faults.ShouldBeEmpty();
        else faults.ShouldHaveSingleItem().Words.ShouldContain(words);
    }

    [Fact]
    public void When_the_setup_is_too_long_for_a_job() => QueueLimits.FaultsOf(
        new ResourceSpec(), new BatchOptions { Stack = "tenfold", Setup = new string('x', 4001) }, Place, [Queue("q", "EC2")])
        .ShouldHaveSingleItem().Words.ShouldContain("`setup`");

    [Fact]
    public void With_every_reason_at_once() => QueueLimits.FaultsOf(
        new ResourceSpec { Cpus = 65 }, new BatchOptions { Queue = "q", Share = "ml", Setup = new string('x', 4001) },
        Place with { Queue = "q", JobRole = null }, [Queue("q", "EC2")])
        .Select(fault => fault.Words.Split(' ')[0]).ShouldBe(["`setup`", "the", "jobs", "`cpus`"]);

    [Theory]
    [InlineData(0.25, null, 0.25, 512)]
    [InlineData(0.25, 1500, 0.25, 2048)]
    [InlineData(0.3, null, 0.5, 1024)]
    [InlineData(1, 9000, 2, 9216)]
    [InlineData(8, 17_000, 8, 20_480)]
    public void Fargate_rounds_up(double cpus, int? memory, double gives, int givesMiB) =>
        FargateSizes.Fit(cpus, memory).ShouldBe((gives, givesMiB));

    [Theory]
    [InlineData("m5.large", 2)]
    [InlineData("c7i.24xlarge", 96)]
    [InlineData("t3.medium", 1)]
    [InlineData("m5", null)]
    [InlineData("m5.metal", null)]
    [InlineData("optimal", null)]
    public void Instance_types_have_vCPUs(string type, int? cpus) => InstanceTypes.Cpus(type).ShouldBe(cpus);

    [Theory]
    [InlineData("g5.xlarge", true)]
    [InlineData("p4d", true)]
    [InlineData("gr6.4xlarge", true)]
    [InlineData("g4ad.xlarge", false)]
    [InlineData("m5.large", false)]
    [InlineData("optimal", false)]
    public void Some_instance_types_have_GPUs(string type, bool hasGpu) => InstanceTypes.HasGpu(type).ShouldBe(hasGpu);

    private static QueueFacts Queue(string name, string type, params string[] instances) => new(
        new JobQueue { JobQueueName = name, JobQueueArn = $"arn:{name}", State = "ENABLED", Status = "VALID" },
        [
            new ComputeEnvironment
            {
                ComputeEnvironmentName = $"{name}-machines", ComputeEnvironmentArn = $"arn:{name}-machines",
                ComputeResources = new() { Type = type, MaxvCpus = 64, InstanceTypes = instances },
            },
        ]);
}
