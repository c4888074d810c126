namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// Refuses options of sbatch in a target's <c>arguments</c> that would submit nothing, or with which Tenfold could not find the job again.
/// Other conflicting options have no effect, because Tenfold's own come last (<c>--array</c>, <c>--output</c>, <c>--chdir</c>,
/// <c>--export</c>, <c>--requeue</c>, <c>--comment</c>).
/// </summary>
/// <remarks>
/// Source: sbatch(1); getopt_long(3), which accepts the beginning of a long option's name, and several short options in one word.
/// </remarks>
internal static class ArgumentRules
{
    private const string OtherCluster = "it submits to another cluster, which tenfold does not see; run tenfold on a login node there";
    private const string SubmitsNothing = "sbatch submits nothing with it; use it with sbatch itself";

    private static readonly (string Long, char Short, string Why)[] Refused =
    [
        ("--clusters", 'M', OtherCluster),
        ("--cluster-constraint", '\0', OtherCluster),
        ("--test-only", '\0', SubmitsNothing + ", or run `tenfold fit --dry-run`"),
        ("--help", 'h', SubmitsNothing),
        ("--usage", 'u', SubmitsNothing),
        ("--version", 'V', SubmitsNothing),
        ("--wrap", '\0', "tenfold writes the job's script; set `command` in tenfold.yaml, and `setup` for what precedes the command"),
        ("--wait", 'W', "sbatch would not return before the jobs have ended; `tenfold fit` waits, and `tenfold logs -f` follows"),
        ("--error", 'e', "tenfold reads a job's errors and output from one file; leave it out, `tenfold logs` shows both"),
        ("--export-file", '\0', "it replaces the environment that tenfold passes on, with the secrets; set variables in `setup`"),
        ("--uid", '\0', "tenfold sees only the jobs of its own user; run tenfold as that user"),
    ];

    /// <summary>Why each of the arguments that can't be used can't, and what to do instead; empty when all can be used.</summary>
    public static IEnumerable<string> FaultsOf(IReadOnlyList<string> arguments)
    {
        var mayBeValue = false;
        foreach (var argument in arguments)
        {
            if (Find(argument) is { Long: not null } option)
            {
                yield return $"`arguments` can't have '{argument}': {option.Why}.";
            }
            else if (argument is "--" or ":" || !(argument.StartsWith('-') || mayBeValue))
            {
                yield return $"`arguments` can't have '{argument}': sbatch would not read the options that tenfold adds after it, "
                    + "by which it finds the job again; give options only, each with its value as `--name=value`.";
                yield break; // sbatch reads no further option.
            }

            // An option without a value in its own word may be followed by one.
            mayBeValue = argument.StartsWith("--", StringComparison.Ordinal) ? !argument.Contains('=') : argument.Length == 2;
        }
    }

    private static (string Long, char Short, string Why) Find(string argument)
    {
        if (argument.StartsWith("--", StringComparison.Ordinal))
        {
            var name = argument.Split('=', 2)[0];
            // An abbreviation has at least two letters. --export is an option of its own.
            return name.Length < 4 || name == "--export"
                ? default
                : Refused.FirstOrDefault(option => option.Long.StartsWith(name, StringComparison.Ordinal));
        }

        if (!argument.StartsWith('-')) return default;
        // Short options without a value may precede another one in the same word.
        var letter = argument.Skip(1).FirstOrDefault(c => !"HkOQsv".Contains(c));
        return letter == '\0' ? default : Refused.FirstOrDefault(option => option.Short == letter);
    }
}
