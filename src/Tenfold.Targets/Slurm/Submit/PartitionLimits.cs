using Tenfold.Core.Runs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// Checks that a partition allows a run's <c>max_runtime</c>. Most clusters queue a job that no partition allows, and it waits for ever.
/// </summary>
/// <remarks>Source: slurm.conf(5), EnforcePartLimits.</remarks>
internal static class PartitionLimits
{
    // With one of these, the user requests a time, a partition or a quality of service whose limits Tenfold doesn't know.
    private static readonly string[] OverridingArguments = ["--time", "-t", "--partition", "-p", "--qos", "-q"];

    // sbatch reads these too.
    private static readonly string[] OverridingVariables = ["SBATCH_PARTITION", "SBATCH_QOS"];

    /// <summary>Why the run can never start; null when it can, or when the limits aren't known.</summary>
    public static string? Refuse(
        SlurmOptions options, ResourceSpec resources, IReadOnlyList<Partition> partitions, JobEnvironment environment)
    {
        // A quality of service may let its jobs exceed a partition's limit.
        if (resources.MaxRuntime is not { } runtime || options.Qos is not null || options.Arguments.Any(Overrides)) return null;
        if (OverridingVariables.Any(environment.Passes)) return null;
        List<Partition> candidates = [.. Candidates(options.Partition, partitions)];
        if (candidates.Count == 0) return null;
        var limit = candidates.Max(partition => partition.MaxMinutes ?? int.MaxValue);
        if (limit >= Math.Ceiling(runtime.TotalMinutes)) return null;
        var names = string.Join(", ", candidates.Select(partition => $"'{partition.Name}'"));
        return $"`max_runtime` is {Format(runtime)}, but {names} allows at most {Format(TimeSpan.FromMinutes(limit))}, "
            + "so the run could never start; shorten `max_runtime`, or choose another `partition`, see `sinfo -o '%P %l'`";
    }

    /// <summary>The partitions that a job may be sent to.</summary>
    /// <param name="partition">Their names, separated by commas; null for the default partition.</param>
    /// <param name="partitions">All partitions of the cluster.</param>
    public static IEnumerable<Partition> Candidates(string? partition, IReadOnlyList<Partition> partitions)
    {
        var names = partition?.Split(',') ?? [];
        return partitions.Where(known => names.Length > 0 ? names.Contains(known.Name) : known.IsDefault);
    }

    private static bool Overrides(string argument) =>
        OverridingArguments.Any(name => name.StartsWith("--", StringComparison.Ordinal)
            ? argument == name || argument.StartsWith($"{name}=", StringComparison.Ordinal)
            : argument.StartsWith(name, StringComparison.Ordinal));

    private static string Format(TimeSpan time) =>
        time.TotalMinutes < 1 ? $"{time.TotalSeconds:0.#} s"
            : time.TotalHours < 2 ? $"{time.TotalMinutes:0.#} min" : $"{time.TotalHours:0.#} h";
}
