using Tenfold.Targets.Slurm.Submit;

namespace Tenfold.Targets.Slurm.Commands;

/// <summary>A submission as sbatch's arguments; the script itself goes by standard input.</summary>
/// <remarks>Source: sbatch(1).</remarks>
internal static class SbatchArguments
{
    /// <summary>SIGTERM to the agent so long before the time limit that it can give the command 20 s, and keep what it left; in seconds.</summary>
    public const int SecondsBeforeLimit = 90;

    /// <summary>The arguments. The user's own come first: what they ask for otherwise stands, but not what the mapping rests on.</summary>
    public static IReadOnlyList<string> Of(JobRequest request)
    {
        var options = request.Options;
        List<string> arguments = [.. Optional("partition", options.Partition), .. Optional("account", options.Account), .. Optional("qos", options.Qos), .. Optional("constraint", options.Constraint)];
        arguments.Add("--ntasks=1");
        arguments.Add($"--cpus-per-task={request.Cpus}");
        arguments.AddRange(Optional("mem", request.MemoryMiB is { } memory ? $"{memory}M" : null));
        arguments.AddRange(Optional("gres", request.Gpus > 0 ? $"gpu:{request.Gpus}" : null));
        arguments.AddRange(Optional("time", request.Minutes?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        arguments.Add($"--signal=B:TERM@{SecondsBeforeLimit}");
        arguments.AddRange(options.Arguments);
        arguments.AddRange(
        [
            "--parsable", $"--array={request.Array}", $"--job-name={request.Label.Name}", $"--comment={request.Label.Comment}",
            $"--chdir={request.Folder}", $"--output={request.Output}", "--open-mode=append", "--no-requeue",
            // All of sbatch's environment, which is spelled out by us: a list of names would have each node load a login shell's.
            "--export=ALL",
        ]);
        return arguments;
    }

    private static IEnumerable<string> Optional(string name, string? value) => value is null ? [] : [$"--{name}={value}"];
}
