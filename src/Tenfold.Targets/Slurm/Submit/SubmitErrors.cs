using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Slurm's refusals in plain words with a next step.</summary>
/// <remarks>Source: <c>slurm_errno.c</c>; the same words come from sbatch and from slurmrestd.</remarks>
internal static class SubmitErrors
{
    private const string Failed = "Batch job submission failed:";
    private const string Nodes = "see `sinfo -o '%P %l %D %c %m %G %f'` for what there is";

    private static readonly (string Part, StartKind Kind, Func<SlurmOptions, string> Words)[] Known =
    [
        ("invalid partition", StartKind.Invalid, options =>
            $"there is no partition '{options.Partition}'; change `partition`, see `sinfo -s`"),
        ("partition specified is not available", StartKind.Denied, options =>
            $"the partition{Name(options.Partition)} is not available to you; change `partition`, see `sinfo -s`"),
        ("invalid account or account/partition", StartKind.Invalid, options =>
            $"the account{Name(options.Account)} can't be " +
            $"used{(options.Partition is { } partition ? $" with the partition '{partition}'" : "")}; change `account`, see `sacctmgr " +
            "show assoc user=$USER`"),
        ("account not permitted", StartKind.Denied, options =>
            $"the account{Name(options.Account)} may not use the partition{Name(options.Partition)}; change `account` or `partition`"),
        ("invalid qos", StartKind.Invalid, options =>
            $"there is no quality of service{Name(options.Qos)} for you; change `qos`, see `sacctmgr show qos`"),
        ("qos not permitted", StartKind.Denied, options => $"the quality of service{Name(options.Qos)} may not be used; change `qos`"),
        ("invalid feature", StartKind.Invalid, options =>
            $"no node has the features '{options.Constraint}'; change `constraint`, see `sinfo -o '%P %f'`"),
        ("invalid generic resource", StartKind.Invalid, _ => $"the cluster does not know the GPUs asked for; change `gpus`, {Nodes}"),
        ("memory specification can not be satisfied", StartKind.Invalid, _ => $"no node has the memory asked for; lower `memory`, {Nodes}"),
        ("invalid memory", StartKind.Invalid, _ => $"no node has the memory asked for; lower `memory`, {Nodes}"),
        ("more processors requested than permitted", StartKind.Invalid, _ => $"no node has the cores asked for; lower `cpus`, {Nodes}"),
        ("cpu count per node can not be satisfied", StartKind.Invalid, _ => $"no node has the cores asked for; lower `cpus`, {Nodes}"),
        ("requested node configuration is not available", StartKind.Invalid, _ =>
            $"no node has the cores, memory, GPUs and features asked for together; lower `resources` or change `partition`, {Nodes}"),
        ("node count specification invalid", StartKind.Invalid, _ =>
            "the number of nodes is not possible there; change `arguments` or `partition`"),
        ("too many nodes", StartKind.Invalid, _ => "the number of nodes is not possible there; change `arguments` or `partition`"),
        ("requested partition configuration not available", StartKind.NoCapacity, options =>
            $"the partition{Name(options.Partition)} can't give what is asked for now; see `sinfo -R`"),
        ("partition not available (inactive or drain)", StartKind.NoCapacity, options =>
            $"the partition{Name(options.Partition)} takes no jobs for the moment (inactive or drained); it is " +
            "tried again, see `sinfo -s`"),
        ("partition in down state", StartKind.NoCapacity, options =>
            $"the partition{Name(options.Partition)} is down; it is tried again, see `sinfo -s`"),
        ("memory required by task is not available", StartKind.Invalid, _ => $"no node has the memory asked for; lower `memory`, {Nodes}"),
        ("x11 forwarding not available", StartKind.Invalid, _ => "the cluster forwards no X11; change `arguments`"),
        ("maintenance reservation", StartKind.NoCapacity, _ => "a maintenance is near; it is tried again, see `scontrol show reservation`"),
        ("reservation not usable now", StartKind.NoCapacity, _ =>
            "the reservation named in `arguments` can't be used now; it is tried again, see `scontrol show reservation`"),
        ("licenses currently unavailable", StartKind.NoCapacity, _ =>
            "the licences named in `arguments` are all in use; it is tried again, see `scontrol show lic`"),
        ("rate limit exceeded", StartKind.NoCapacity, _ => "Slurm gets more questions than it takes from one user; it is tried again"),
        ("requested nodes are busy", StartKind.NoCapacity, _ => "the nodes are busy"),
        ("requested time limit is invalid", StartKind.Invalid, _ =>
            "the time limit is longer than the partition allows; shorten `max_runtime` or change `partition`, see `sinfo -o '%P %l'`"),
        ("invalid --time", StartKind.Invalid, _ => "the time limit is not valid; change `max_runtime` or --time in `arguments`"),
        ("invalid node name", StartKind.Invalid, _ => "a node named in `arguments` does not exist; see `sinfo -N`"),
        ("reservation is invalid", StartKind.Invalid, _ =>
            "the reservation named in `arguments` does not exist; see `scontrol show reservation`"),
        ("invalid license", StartKind.Invalid, _ => "the licences named in `arguments` do not exist; see `scontrol show lic`"),
        ("access to reservation", StartKind.Denied, _ => "you may not use the reservation named in `arguments`"),
        ("unrecognized option", StartKind.Invalid, _ => "sbatch does not know one of the `arguments`"),
        ("invalid option", StartKind.Invalid, _ => "sbatch does not know one of the `arguments`"),
        ("invalid job array", StartKind.Invalid, _ => "the cluster takes no job arrays (MaxArraySize); ask its administrators"),
        ("violates accounting/qos policy", StartKind.Quota, _ =>
            "a limit of your account or quality of service is reached (jobs submitted, size or time); it is tried again, see `sacctmgr " +
            "show assoc user=$USER` and `sacctmgr show qos`"),
        ("job size or time limit", StartKind.Quota, _ => "a limit of your account or quality of service is reached; it is tried again"),
        ("maximum number of jobs", StartKind.NoCapacity, _ => "Slurm's queue is full; it is tried again"),
        ("resource temporarily unavailable", StartKind.NoCapacity, _ => "Slurm's queue is full (MaxJobCount); it is tried again"),
        ("maxjobcount limit reached", StartKind.NoCapacity, _ => "Slurm's queue is full (MaxJobCount); it is tried again"),
        ("slurm job queue full", StartKind.NoCapacity, _ => "Slurm's queue is full (MaxJobCount); it is tried again"),
        ("slurm temporarily unable to accept job", StartKind.NoCapacity, _ => "Slurm's queue is full (MaxJobCount); it is tried again"),
        ("submissions are disabled", StartKind.NoCapacity, _ => "Slurm takes no jobs for the moment; it is tried again"),
        ("system submissions disabled", StartKind.NoCapacity, _ => "Slurm takes no jobs for the moment; it is tried again"),
        ("requested operation is presently disabled", StartKind.NoCapacity, _ => "Slurm takes no jobs for the moment; it is tried again"),
        ("unable to create job record", StartKind.NoCapacity, _ => "Slurm can't take it for the moment; it is tried again"),
        ("i/o error writing script", StartKind.NoCapacity, _ =>
            "Slurm could not keep the script (its disk is full?); it is tried again, tell the cluster's administrators"),
        ("user's group not permitted", StartKind.Denied, options =>
            $"you may not use the partition{Name(options.Partition)}; change `partition`, see `sinfo -s`"),
        ("access/permission denied", StartKind.Denied, _ => "Slurm does not let you submit; ask the cluster's administrators"),
        ("user not found", StartKind.Denied, _ => "the cluster does not know you; ask its administrators"),
        ("invalid user id", StartKind.Denied, _ => "the cluster does not know you; ask its administrators"),
    ];

    // What Slurm says of what passes, in words that no table has.
    private static readonly string[] Passing = ["try again", "retry", "temporar", "presently", "not available", "currently unavailable"];

    private static readonly string[] NoAnswer =
    [
        "unable to contact slurm controller", "socket timed out", "connection refused", "transport endpoint", "unable to connect",
        "zero bytes were transmitted",
        "message receive failure", "slurm backup controller in standby", "protocol authentication error", "munge", "connection reset",
        "unable to establish",
    ];

    /// <summary>The outcome for every attempt of a refused submission.</summary>
    public static StartOutcome Outcome(string words, SlurmOptions options)
    {
        foreach (var (part, kind, describe) in Known)
            if (words.Contains(part, StringComparison.OrdinalIgnoreCase))
                return new StartOutcome(kind, SlurmReason.Of($"{describe(options)} (Slurm: {Short(words)})"));
        if (Passing.Any(part => words.Contains(part, StringComparison.OrdinalIgnoreCase)))
            return new StartOutcome(
                StartKind.NoCapacity, SlurmReason.Of($"Slurm does not take it now, and it is tried again: {Short(words)}"));
        // Words that nobody knows end it, and are quoted. What would have passed costs a `tenfold retry`; asked for again and again, what
        // can never be would wait for ever, with nobody there to see it.
        return new StartOutcome(StartKind.Invalid, SlurmReason.Of($"Slurm refused it: {Short(words)}"));
    }

    /// <summary>True when the words say that slurmctld did not answer, so that nothing is known of the submission.</summary>
    /// <remarks>What sbatch was given may stand in its words too (<c>invalid partition specified: munge</c>); what Slurm itself says
    /// follows <c>submission failed</c>.</remarks>
    public static bool IsNoAnswer(string words)
    {
        var lines = words.Split('\n');
        var failures = lines.Where(line => line.Contains(Failed, StringComparison.Ordinal)).ToList();
        return (failures.Count > 0 ? failures : [.. lines]).SelectMany(line => line.Split(':', StringSplitOptions.TrimEntries))
            .Any(word => NoAnswer.Any(start => word.StartsWith(start, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>The answer that Slurm's words of refusal give: the one place that reads them for what to do next.</summary>
    public static SubmitAnswer Refusal(string words) =>
        new(words.Contains("invalid job array", StringComparison.OrdinalIgnoreCase) ? SubmitKind.TooLarge : SubmitKind.Refused, words);

    /// <summary>The last word, without the program's name.</summary>
    public static string Short(string words)
    {
        var lines = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Try ", StringComparison.Ordinal))
            .Select(line => line.Replace("sbatch: error: ", "", StringComparison.Ordinal).Replace("sbatch: ", "", StringComparison.Ordinal)
                .Replace($"{Failed} ", "", StringComparison.Ordinal))
            .Distinct().ToList();
        return lines.Count == 0 ? "no word" : string.Join("; ", lines);
    }

    private static string Name(string? name) => name is null ? "" : $" '{name}'";
}
