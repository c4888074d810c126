using Tenfold.Core.Attempts;
using Tenfold.Core.Hosts;

namespace Tenfold.Core.Tests.Hosts;

public sealed class A_host_reports_what_it_gave
{
    [Theory]
    [InlineData("CUDA_VISIBLE_DEVICES=0,1,2 ROCR_VISIBLE_DEVICES=0,1,2", 0, 3)]
    [InlineData("CUDA_VISIBLE_DEVICES=NoDevFiles", 0, 0)]
    [InlineData("CUDA_VISIBLE_DEVICES= ROCR_VISIBLE_DEVICES=2,3", 2, 2)]
    [InlineData("HIP_VISIBLE_DEVICES=4", 0, 1)]
    [InlineData("GPU_DEVICE_ORDINAL=1,2", 0, 2)]
    [InlineData("ZE_AFFINITY_MASK=0.0,0.1,1.0", 0, 2)]
    [InlineData("ROCR_VISIBLE_DEVICES=NoDevFiles", 4, 4)]
    [InlineData("HOME=/root", 0, 0)]
    public void Graphics_processors_of_all_makers_are_counted(string variables, int reported, int count) =>
        HostResources.From(1, null, Variables(variables), reported).GpuCount.ShouldBe(count);

    [Fact]
    public void Only_those_of_NVIDIA_have_CUDA_names()
    {
        HostResources.From(1, null, Variables("CUDA_VISIBLE_DEVICES=2,GPU-5f")).CudaDevices.ShouldBe(["2", "GPU-5f"]);
        HostResources.From(1, null, Variables("ROCR_VISIBLE_DEVICES=2,3")).CudaDevices.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_without_a_scheduler_gives_all_that_it_has_and_no_cause()
    {
        var host = new PlainHost(Variables("CUDA_VISIBLE_DEVICES=0"));
        (host.Resources.Cpus, host.Resources.GpuCount).ShouldBe((Environment.ProcessorCount, 1));
        (host.Job, host.Restarts, host.Siblings.Count).ShouldBe((null, 0, 0));
        (await host.WhyStoppedAsync(CancellationToken.None)).Ending.ShouldBe(Ending.Lost);
    }

    private static Dictionary<string, string> Variables(string text) =>
        text.Split(' ').Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
