using Tenfold.Core.Hosts;
using Tenfold.Targets.Slurm.InJob;

namespace Tenfold.Targets.Tests.Slurm.InJob;

public sealed class A_job_reads_Slurms_variables
{
    [Fact]
    public void A_job_knows_its_name_its_restarts_and_its_share_of_the_node()
    {
        var host = Detect("SLURM_JOB_ID=42 SLURM_RESTART_COUNT=2 SLURM_CPUS_PER_TASK=6 SLURM_CPUS_ON_NODE=8 SLURM_MEM_PER_NODE=1024")
            .ShouldNotBeNull();
        (host.Job, host.Restarts).ShouldBe(("Slurm 42", 2));
        (host.Resources.Cpus, host.Resources.MemoryBytes).ShouldBe((6, 1L << 30));
    }

    [Theory]
    [InlineData("SLURM_JOB_ID=1", null)]
    [InlineData("SLURM_JOB_ID=1 SLURM_MEM_PER_NODE=0", null)]
    [InlineData("SLURM_JOB_ID=1 SLURM_CPUS_ON_NODE=4 SLURM_MEM_PER_CPU=512", 2L << 30)]
    public void Memory_is_given_per_node_or_per_core(string variables, long? bytes) =>
        Detect(variables).ShouldNotBeNull().Resources.MemoryBytes.ShouldBe(bytes);

    [Theory]
    [InlineData("SLURM_JOB_ID=1 SLURM_GPUS_ON_NODE=4", 4)]
    [InlineData("SLURM_JOB_ID=1 SLURM_GPUS_ON_NODE=4 ROCR_VISIBLE_DEVICES=2,3", 2)]
    public void Graphics_processors_are_counted(string variables, int count) =>
        Detect(variables).ShouldNotBeNull().Resources.GpuCount.ShouldBe(count);

    [Theory]
    [InlineData("k7m2xqab-[1-3]-1", 3)]
    [InlineData("not attempts", 0)]
    [InlineData(null, 0)]
    public void The_siblings_are_the_attempts_of_the_array(string? submission, int count) =>
        Detect("SLURM_JOB_ID=1", submission).ShouldNotBeNull().Siblings.Count.ShouldBe(count);

    [Fact]
    public void Outside_a_job_there_is_no_Slurm_host() => Detect("HOME=/root").ShouldBeNull();

    private static SlurmHost? Detect(string variables, string? submission = null) => SlurmHost.Detect(new HostContext(
        variables.Split(' ').Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]), submission,
        TimeProvider.System));
}
