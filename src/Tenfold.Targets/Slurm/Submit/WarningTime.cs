using Tenfold.Targets.Slurm.Commands;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>How long before its time limit Slurm warns a job, and which time limit that is.</summary>
/// <remarks>Source: sbatch(1), --time and --signal; <c>job_time_limit</c> in slurmctld's job_mgr.c.</remarks>
internal static class WarningTime
{
    /// <summary>
    /// Slurm sends the agent SIGTERM at most this long before the time limit: 20 s for the command, the rest to upload its results.
    /// </summary>
    public const int LongestSeconds = 90;

    // slurmctld sends the warning up to a minute earlier than asked for.
    private const int EarlierSeconds = 60;

    // A shorter warning is no better than none: without one, the job gets SIGTERM at the limit and SIGKILL after KillWait, mostly 30 s.
    private const int ShortestSeconds = 20;

    // The share of the time limit that the warning may cost.
    private const int Share = 4;

    /// <summary>How long before the time limit the agent is warned; null for no warning, when the limit is too short for one.</summary>
    /// <param name="minutes">The time limit; null when it is unknown or there is none.</param>
    public static int? Seconds(int? minutes)
    {
        if (minutes is not { } limit) return LongestSeconds;
        var seconds = Math.Min(LongestSeconds, limit * 60L / Share - EarlierSeconds);
        return seconds >= ShortestSeconds ? (int)seconds : null;
    }

    /// <summary>True when every time limit among the arguments is written as <c>--time=…</c>.</summary>
    public static bool IsPlain(IReadOnlyList<string> arguments) => !arguments.Any(argument =>
        argument == "--time" || argument.StartsWith("-t", StringComparison.Ordinal));

    /// <summary>Reads the time limit among the user's own arguments for sbatch, of which the last one counts.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="minutes">The limit; null when it can't be read, or when there is none.</param>
    /// <returns>True when the arguments set a limit.</returns>
    public static bool TryRead(IReadOnlyList<string> arguments, out int? minutes)
    {
        minutes = null;
        var isSet = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var text = argument is "-t" or "--time" ? arguments.ElementAtOrDefault(++i)
                : argument.StartsWith("--time=", StringComparison.Ordinal) ? argument["--time=".Length..]
                : argument.StartsWith("-t", StringComparison.Ordinal) ? argument[2..].TrimStart()
                : null;
            if (text is null) continue;
            (isSet, minutes) = (true, TimeLimits.Minutes(text));
        }

        return isSet;
    }
}
