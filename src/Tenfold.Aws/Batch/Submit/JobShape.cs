using Tenfold.Core.Runs;

namespace Tenfold.Aws.Batch.Submit;

/// <summary>What a job requests from Batch.</summary>
/// <param name="Cpus">The vCPUs, as Batch writes them: a whole number, or a fraction on Fargate.</param>
/// <param name="MemoryMiB">The memory in MiB; the job is ended when it takes more.</param>
/// <param name="Gpus">The GPUs.</param>
/// <param name="Seconds">The job's time limit; null for none.</param>
internal sealed record JobShape(double Cpus, int MemoryMiB, int Gpus, int? Seconds)
{
    /// <summary>
    /// The memory of a run that states none, for each core: machines of the general families have 4 GiB for each, of which the system and
    /// ECS need some.
    /// </summary>
    public const int DefaultMemoryMiB = 3584;

    /// <summary>The cores of a run with GPUs that states none, for each GPU: the smallest machines with a GPU have four.</summary>
    public const int CpusPerGpu = 4;

    // On top of max_runtime, which counts the command alone: to prepare the run and to upload its results.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    /// <summary>The shape of a run; a run that can't run in the queue is refused elsewhere.</summary>
    public static JobShape Of(ResourceSpec resources, bool isFargate)
    {
        var cpus = resources.Cpus ?? (resources.Gpus > 0 ? CpusPerGpu * resources.Gpus : 1);
        var memory = resources.MemoryBytes is { } bytes ? (int)Math.Min(int.MaxValue, (bytes + (1 << 20) - 1) >> 20) : (int?)null;
        int? seconds = resources.MaxRuntime is { } runtime
            ? (int)Math.Min(int.MaxValue, Math.Ceiling((runtime + Margin).TotalSeconds)) : null;
        if (isFargate)
        {
            var size = FargateSizes.Fit(cpus, memory) ?? FargateSizes.Largest;
            return new JobShape(size.Cpus, size.MemoryMiB, resources.Gpus, seconds);
        }

        cpus = Math.Max(1, Math.Ceiling(cpus));
        return new JobShape(cpus, Math.Max(4, memory ?? (int)Math.Min(int.MaxValue, cpus * DefaultMemoryMiB)), resources.Gpus, seconds);
    }
}

/// <summary>The pairs of vCPUs and memory that Fargate has.</summary>
/// <remarks>Source: Batch user guide, "Job definition parameters", resourceRequirements.</remarks>
internal static class FargateSizes
{
    private static readonly (double Cpus, int FirstMiB, int LastMiB, int StepMiB)[] Sizes =
    [
        (0.25, 512, 2048, 512), (0.5, 1024, 4096, 1024), (1, 2048, 8192, 1024), (2, 4096, 16_384, 1024), (4, 8192, 30_720, 1024),
        (8, 16_384, 61_440, 4096), (16, 32_768, 122_880, 8192),
    ];

    /// <summary>The largest pair.</summary>
    public static (double Cpus, int MemoryMiB) Largest => (16, 122_880);

    /// <summary>The smallest pair that has what a run needs; null when none has.</summary>
    public static (double Cpus, int MemoryMiB)? Fit(double cpus, int? memoryMiB)
    {
        foreach (var size in Sizes)
        {
            var wanted = memoryMiB ?? size.FirstMiB;
            if (size.Cpus < cpus || size.LastMiB < wanted) continue;
            var memory = wanted <= size.FirstMiB ? size.FirstMiB
                : size.FirstMiB + (wanted - size.FirstMiB + size.StepMiB - 1) / size.StepMiB * size.StepMiB;
            // A quarter of a core has no pair between 1 and 2 GiB.
            return (size.Cpus, size.Cpus == 0.25 && memory == 1536 ? 2048 : memory);
        }

        return null;
    }
}
