using System.Collections;
using System.Globalization;

namespace Tenfold.Agent;

/// <summary>What a backend gave to an attempt: the environment of its job, and what can be read from that.</summary>
/// <param name="Environment">The job's environment variables.</param>
public sealed record NodeFacts(IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>Those of this process.</summary>
    public static NodeFacts OfThisProcess() =>
        new(System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!));

    /// <summary>The backend's job; null when it is in none that is known.</summary>
    /// <remarks>Source: sbatch(1), SLURM_JOB_ID; each task of an array has one of its own.</remarks>
    public string? Job => Environment.GetValueOrDefault("SLURM_JOB_ID") is { Length: > 0 } job ? $"Slurm {job}" : null;

    /// <summary>How often the backend has started the job again.</summary>
    /// <remarks>Source: sbatch(1), SLURM_RESTART_COUNT; not set in a job's first start.</remarks>
    public int Restarts => Number("SLURM_RESTART_COUNT") ?? 0;

    /// <summary>Cores that the job has.</summary>
    /// <remarks>Source: sbatch(1), SLURM_CPUS_PER_TASK and SLURM_CPUS_ON_NODE.</remarks>
    public int Cpus => Number("SLURM_CPUS_PER_TASK") ?? Number("SLURM_CPUS_ON_NODE") ?? System.Environment.ProcessorCount;

    /// <summary>The graphics processors that the job has, as <c>CUDA_VISIBLE_DEVICES</c> names them.</summary>
    public IReadOnlyList<string> Gpus => Environment.GetValueOrDefault("CUDA_VISIBLE_DEVICES") is { Length: > 0 } gpus && gpus != None ? gpus.Split(',') : [];

    /// <summary>How many graphics processors the job has, whoever made them.</summary>
    /// <remarks>
    /// Source: <c>gpu_env_vars</c> in Slurm's source: it sets CUDA_VISIBLE_DEVICES for NVIDIA, ROCR_VISIBLE_DEVICES for AMD, ZE_AFFINITY_MASK for Intel;
    /// sbatch(1), SLURM_GPUS_ON_NODE.
    /// </remarks>
    public int GpuCount => Gpus.Count > 0 ? Gpus.Count : OfOthers.Select(Count).FirstOrDefault(count => count > 0, Number("SLURM_GPUS_ON_NODE") ?? 0);

    /// <summary>The values of secrets, by name, as the backend passed them on; or the names of those that are missing.</summary>
    public (IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Missing) Secrets(IReadOnlyList<string> names) => (
        names.Where(Environment.ContainsKey).ToDictionary(name => name, name => Environment[name]),
        [.. names.Where(name => !Environment.ContainsKey(name))]);

    private const string None = "NoDevFiles";

    private static readonly string[] OfOthers = ["ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL", "ZE_AFFINITY_MASK"];

    // Intel names parts of one processor as 0.0,0.1.
    private int Count(string name) =>
        (Environment.GetValueOrDefault(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(id => id != None).Select(id => id.Split('.')[0]).Distinct().Count();

    private int? Number(string name) =>
        int.TryParse(Environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
