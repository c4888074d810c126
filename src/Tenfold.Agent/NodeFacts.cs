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
    public IReadOnlyList<string> Gpus => Environment.GetValueOrDefault("CUDA_VISIBLE_DEVICES") is { Length: > 0 } gpus && gpus != "NoDevFiles" ? gpus.Split(',') : [];

    /// <summary>The values of secrets, by name, as the backend passed them on; or the names of those that are missing.</summary>
    public (IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Missing) Secrets(IReadOnlyList<string> names) => (
        names.Where(Environment.ContainsKey).ToDictionary(name => name, name => Environment[name]),
        [.. names.Where(name => !Environment.ContainsKey(name))]);

    private int? Number(string name) =>
        int.TryParse(Environment.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
