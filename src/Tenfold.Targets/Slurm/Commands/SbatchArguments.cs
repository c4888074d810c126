using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>Writes a job request as arguments of sbatch, which reads the script from its standard input.</summary>
/// <remarks>Source: sbatch(1).</remarks>
internal static class SbatchArguments
{
    /// <summary>The arguments. Those that Tenfold needs to find its jobs again follow the user's own, and therefore win.</summary>
    public static IReadOnlyList<string> Of(JobRequest request)
    {
        var options = request.Options;
        return
        [
            .. Optional("partition", options.Partition),
            .. Optional("account", options.Account),
            .. Optional("qos", options.Qos),
            .. Optional("constraint", options.Constraint),
            "--ntasks=1",
            $"--cpus-per-task={request.Cpus}",
            .. Optional("mem", request.MemoryMiB is { } memory ? $"{memory}M" : null),
            .. Optional("gres", request.Gpus > 0 ? $"gpu:{request.Gpus}" : null),
            .. Optional("time", request.Minutes?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            .. Optional("signal", request.WarningSeconds is { } seconds ? $"B:TERM@{seconds}" : null),
            .. options.Arguments,
            "--parsable", $"--array={request.Array}", $"--job-name={request.Label.Name}", $"--comment={request.Label.Comment}",
            $"--chdir={request.Folder}", $"--output={request.Output}", "--open-mode=append", "--no-requeue",
            // sbatch itself runs with chosen variables only. With a list of names here, each node would also load a login shell's.
            "--export=ALL",
        ];
    }

    private static IEnumerable<string> Optional(string name, string? value) => value is null ? [] : [$"--{name}={value}"];
}
