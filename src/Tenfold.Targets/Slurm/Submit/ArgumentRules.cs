namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// Refuses options of sbatch in a target's <c>arguments</c> with which nothing would be submitted, or with which the job could not be found
/// again. Others have no effect, because Tenfold's own come last (<c>--array</c>, <c>--output</c>, <c>--chdir</c>, <c>--export</c>,
/// <c>--requeue</c>, <c>--comment</c>).
/// </summary>
/// <remarks>Source: sbatch(1); getopt_long(3), which takes a long option's beginning for it, and several short ones in one word.</remarks>
internal static class ArgumentRules
{
    private const string Elsewhere = "it submits to another cluster, where tenfold does not look; run tenfold on a login node of that one";
    private const string Nothing = "with it sbatch submits nothing; try it with sbatch itself";

    private static readonly (string Long, char Short, string Why)[] Refused =
    [
        ("--clusters", 'M', Elsewhere),
        ("--cluster-constraint", '\0', Elsewhere),
        ("--test-only", '\0', Nothing + ", or see `tenfold fit --dry-run`"),
        ("--help", 'h', Nothing),
        ("--usage", 'u', Nothing),
        ("--version", 'V', Nothing),
        ("--wrap", '\0', "the job's script is tenfold's; set `command` in tenfold.yaml, and `setup` for what goes before it"),
        ("--wait", 'W', "sbatch would not come back before the jobs have ended; `tenfold fit` waits, and `tenfold logs -f` follows"),
        ("--error", 'e', "why a job failed is read from what it prints, all of it in one file; leave it out, `tenfold logs` has both"),
        ("--export-file", '\0', "it replaces the environment that tenfold passes on, with the secrets; set variables in `setup`"),
        ("--uid", '\0', "tenfold looks only for jobs of its own user; run it as that one"),
    ];

    /// <summary>Why they can't be used, and what to do instead; null when they can.</summary>
    public static string? Refuse(IReadOnlyList<string> arguments)
    {
        var isValue = false;
        foreach (var argument in arguments)
        {
            var mayBeValue = isValue;
            // What follows an option without a value in its own word may be its value.
            isValue = argument.StartsWith("--", StringComparison.Ordinal) ? !argument.Contains('=') : argument.Length == 2;
            if (Find(argument) is { Long: not null } known) return $"`arguments` can't have '{argument}': {known.Why}.";
            if (argument is "--" or ":" || !(argument.StartsWith('-') || mayBeValue))
                return $"`arguments` can't have '{argument}': sbatch would not take what follows it for options of this job, "
                    + "and by these options tenfold finds the job again; give options only, each with its value as `--name=value`.";
        }

        return null;
    }

    private static (string Long, char Short, string Why) Find(string argument)
    {
        if (argument.StartsWith("--", StringComparison.Ordinal))
        {
            var name = argument.Split('=', 2)[0];
            // Two letters are the fewest that can be meant; --export is an option of its own.
            return name.Length < 4 || name == "--export"
                ? default
                : Refused.FirstOrDefault(option => option.Long.StartsWith(name, StringComparison.Ordinal));
        }

        if (!argument.StartsWith('-')) return default;
        // Short options without a value may stand before another in one word.
        var letter = argument.Skip(1).FirstOrDefault(c => !"HkOQsv".Contains(c));
        return letter == '\0' ? default : Refused.FirstOrDefault(option => option.Short == letter);
    }
}
