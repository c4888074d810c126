namespace Tenfold.Core.Hosts;

/// <summary>The part of a machine that a host gave to a job.</summary>
/// <param name="Cpus">Processor cores.</param>
/// <param name="MemoryBytes">Memory, in bytes; null when the host sets no limit.</param>
/// <param name="CudaDevices">
/// The graphics processors, as <c>CUDA_VISIBLE_DEVICES</c> names them; empty for none, and for those of other makers.
/// </param>
/// <param name="GpuCount">The number of graphics processors of all makers.</param>
public sealed record HostResources(int Cpus, long? MemoryBytes, IReadOnlyList<string> CudaDevices, int GpuCount)
{
    // Slurm's value for a job without a device.
    private const string NoDevice = "NoDevFiles";

    private static readonly string[] OtherMakers =
        ["ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "ZE_AFFINITY_MASK"];

    /// <summary>Reads the graphics processors from the variables that their drivers read.</summary>
    /// <param name="cpus">Processor cores.</param>
    /// <param name="memoryBytes">Memory, in bytes; null when the host sets no limit.</param>
    /// <param name="environment">The job's environment.</param>
    /// <param name="gpuCount">How many graphics processors the host itself reports; it counts when no driver's variable is set.</param>
    /// <remarks>
    /// Source: <c>gpu_env_vars</c> in Slurm's source, which sets <c>CUDA_VISIBLE_DEVICES</c> for NVIDIA, <c>ROCR_VISIBLE_DEVICES</c> for
    /// AMD and <c>ZE_AFFINITY_MASK</c> for Intel.
    /// </remarks>
    public static HostResources From(int cpus, long? memoryBytes, IReadOnlyDictionary<string, string> environment, int gpuCount = 0)
    {
        var cuda = environment.GetValueOrDefault("CUDA_VISIBLE_DEVICES") is { Length: > 0 } devices && devices != NoDevice
            ? devices.Split(',') : [];
        var count = cuda.Length > 0 ? cuda.Length : OtherMakers.Select(Count).FirstOrDefault(found => found > 0, gpuCount);
        return new HostResources(cpus, memoryBytes, cuda, count);

        // Intel names the parts of one processor 0.0,0.1.
        int Count(string name) => (environment.GetValueOrDefault(name) ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(id => id != NoDevice).Select(id => id.Split('.')[0]).Distinct().Count();
    }
}
