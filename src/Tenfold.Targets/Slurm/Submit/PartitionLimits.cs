using Tenfold.Core.Runs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// Checks that a partition allows a run's <c>max_runtime</c>. Slurm itself mostly queues a job that no partition allows, for ever.
/// </summary>
/// <remarks>Source: slurm.conf(5), EnforcePartLimits.</remarks>
internal static class PartitionLimits
{
    // With one of these the user asks for a time, a partition or a quality of service of which we don't know the limits.
    private static readonly string[] OwnWishes = ["--time", "-t", "--partition", "-p", "--qos", "-q"];

    // sbatch takes wishes from there too.
    private static readonly string[] Variables = ["SBATCH_PARTITION", "SBATCH_QOS"];

    /// <summary>Why it can never start; null when it can, and when that can't be told.</summary>
    public static string? Refuse(SlurmOptions options, ResourceSpec resources, IReadOnlyList<Partition> partitions)
    {
        // A quality of service may let its jobs pass a partition's limit.
        if (resources.MaxRuntime is not { } runtime || options.Qos is not null || options.Arguments.Any(IsOwnWish)) return null;
        if (Variables.Any(name => Environment.GetEnvironmentVariable(name) is not null)) return null;
        List<Partition> mayGoTo = [.. Of(options.Partition, partitions)];
        if (mayGoTo.Count == 0) return null;
        var limit = mayGoTo.Max(partition => partition.MaxMinutes ?? int.MaxValue);
        if (limit >= Math.Ceiling(runtime.TotalMinutes)) return null;
        var names = string.Join(", ", mayGoTo.Select(partition => $"'{partition.Name}'"));
        return $"`max_runtime` is {Words(runtime)}, and {names} gives at most {Words(TimeSpan.FromMinutes(limit))}, so it could never " +
            "start; "
            + "shorten `max_runtime`, or choose another `partition`, see `sinfo -o '%P %l'`";
    }

    /// <summary>The partitions that a job may go to.</summary>
    /// <param name="partition">Their names with commas; null for the default one.</param>
    /// <param name="partitions">All there are.</param>
    public static IEnumerable<Partition> Of(string? partition, IReadOnlyList<Partition> partitions)
    {
        var names = partition?.Split(',') ?? [];
        return partitions.Where(known => names.Length > 0 ? names.Contains(known.Name) : known.IsDefault);
    }

    private static bool IsOwnWish(string argument) =>
        OwnWishes.Any(wish => wish.StartsWith("--", StringComparison.Ordinal)
            ? argument == wish || argument.StartsWith($"{wish}=", StringComparison.Ordinal)
            : argument.StartsWith(wish, StringComparison.Ordinal));

    private static string Words(TimeSpan time) =>
        time.TotalMinutes < 1 ? $"{time.TotalSeconds:0.#} s"
            : time.TotalHours < 2 ? $"{time.TotalMinutes:0.#} min" : $"{time.TotalHours:0.#} h";
}
