using System.Text.RegularExpressions;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Reads Slurm's words: the one place that derives a <see cref="SubmitKind"/> from them.</summary>
/// <remarks>
/// Source: <c>slurm_errno.c</c>. sbatch has no exit codes and no numbers for refusals, only words. slurmrestd uses the same words, so one
/// table serves both: its error numbers are not the same in every release (2007 is one error up to 24.05 and another since). The tests
/// provoke refusals in a real Slurm.
/// </remarks>
internal static partial class SubmitAnswerParser
{
    /// <summary>
    /// When the queue is full, sbatch prints this after slurmctld has refused the job, and then retries for two minutes.
    /// </summary>
    public const string RetryNotice = "sleeping and retrying";

    private const string Failed = "Batch job submission failed:";

    // The first phrase that occurs counts. All are in lower case.
    private static readonly (string Phrase, SubmitKind Kind)[] Refusals =
    [
        ("invalid partition", SubmitKind.PartitionNotFound),
        ("partition specified is not available", SubmitKind.PartitionDenied),
        ("invalid account or account/partition", SubmitKind.AccountNotFound),
        ("account not permitted", SubmitKind.AccountDenied),
        ("invalid qos", SubmitKind.QosNotFound),
        ("qos not permitted", SubmitKind.QosDenied),
        ("invalid feature", SubmitKind.FeatureNotFound),
        ("invalid generic resource", SubmitKind.GpuNotFound),
        ("memory specification can not be satisfied", SubmitKind.TooMuchMemory),
        ("invalid memory", SubmitKind.TooMuchMemory),
        ("memory required by task is not available", SubmitKind.TooMuchMemory),
        ("more processors requested than permitted", SubmitKind.TooManyCores),
        ("cpu count per node can not be satisfied", SubmitKind.TooManyCores),
        ("requested node configuration is not available", SubmitKind.NoSuitableNode),
        ("node count specification invalid", SubmitKind.NodeCountInvalid),
        ("too many nodes", SubmitKind.NodeCountInvalid),
        ("requested partition configuration not available", SubmitKind.PartitionNotReady),
        ("partition not available (inactive or drain)", SubmitKind.PartitionInactive),
        ("partition in down state", SubmitKind.PartitionDown),
        ("x11 forwarding not available", SubmitKind.NoX11),
        ("maintenance reservation", SubmitKind.MaintenanceNear),
        ("reservation not usable now", SubmitKind.ReservationNotReady),
        ("licenses currently unavailable", SubmitKind.LicensesInUse),
        ("rate limit exceeded", SubmitKind.RateLimited),
        ("requested nodes are busy", SubmitKind.NodesBusy),
        ("requested time limit is invalid", SubmitKind.TimeLimitTooLong),
        ("invalid --time", SubmitKind.TimeLimitInvalid),
        ("invalid node name", SubmitKind.NodeNotFound),
        ("reservation is invalid", SubmitKind.ReservationNotFound),
        ("invalid license", SubmitKind.LicenseNotFound),
        ("access to reservation", SubmitKind.ReservationDenied),
        ("unrecognized option", SubmitKind.OptionNotKnown),
        ("invalid option", SubmitKind.OptionNotKnown),
        ("invalid job array", SubmitKind.ArrayTooLarge),
        ("violates accounting/qos policy", SubmitKind.LimitReached),
        ("job size or time limit", SubmitKind.LimitReached),
        ("maximum number of jobs", SubmitKind.QueueFull),
        ("resource temporarily unavailable", SubmitKind.QueueFull),
        ("maxjobcount limit reached", SubmitKind.QueueFull),
        ("slurm job queue full", SubmitKind.QueueFull),
        ("slurm temporarily unable to accept job", SubmitKind.QueueFull),
        ("submissions are disabled", SubmitKind.SubmissionsDisabled),
        ("system submissions disabled", SubmitKind.SubmissionsDisabled),
        ("requested operation is presently disabled", SubmitKind.SubmissionsDisabled),
        ("unable to create job record", SubmitKind.OtherTemporary),
        ("i/o error writing script", SubmitKind.ScriptNotWritten),
        ("user's group not permitted", SubmitKind.PartitionDenied),
        ("access/permission denied", SubmitKind.UserDenied),
        ("user not found", SubmitKind.UserNotFound),
        ("invalid user id", SubmitKind.UserNotFound),
        // Words of later releases, too, say in these ways that the refusal will pass.
        ("try again", SubmitKind.OtherTemporary),
        ("retry", SubmitKind.OtherTemporary),
        ("temporar", SubmitKind.OtherTemporary),
        ("presently", SubmitKind.OtherTemporary),
        ("not available", SubmitKind.OtherTemporary),
        ("currently unavailable", SubmitKind.OtherTemporary),
    ];

    private static readonly string[] NoAnswer =
    [
        "unable to contact slurm controller", "socket timed out", "connection refused", "transport endpoint", "unable to connect",
        "zero bytes were transmitted", "message receive failure", "slurm backup controller in standby", "protocol authentication error",
        "munge", "connection reset", "unable to establish",
    ];

    /// <summary>Reads the answer to a submission that Slurm did not accept.</summary>
    /// <param name="words">What sbatch printed to standard error, or the errors that slurmrestd returned.</param>
    public static SubmitAnswer Parse(string words) =>
        new(IsNoAnswer(words) ? SubmitKind.NoAnswer : RefusalOf(words), Summarize(words));

    /// <summary>True when a command's words say that slurmctld did not answer, so that the command may have had its effect.</summary>
    /// <remarks>
    /// sbatch may repeat its arguments (<c>invalid partition specified: munge</c>). What Slurm itself says follows
    /// <c>submission failed</c>.
    /// </remarks>
    public static bool IsNoAnswer(string words)
    {
        var lines = words.Split('\n');
        var failures = lines.Where(line => line.Contains(Failed, StringComparison.Ordinal)).ToList();
        return (failures.Count > 0 ? failures : [.. lines]).SelectMany(line => line.Split(':', StringSplitOptions.TrimEntries))
            .Any(part => NoAnswer.Any(start => part.StartsWith(start, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Joins what a command printed into one line, without the program's name and the usage hint.</summary>
    public static string Summarize(string words)
    {
        var lines = words.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("Try ", StringComparison.Ordinal))
            .Select(line => Prefix().Replace(line, "").Replace($"{Failed} ", "", StringComparison.Ordinal))
            .Distinct().ToList();
        return lines.Count == 0 ? "no message" : string.Join("; ", lines);
    }

    // The parser of options names the program as it was started, which may be by its path.
    [GeneratedRegex("^(?:/[^ ]*/)?sbatch: (?:error: )?")]
    private static partial Regex Prefix();

    private static SubmitKind RefusalOf(string words)
    {
        foreach (var (phrase, kind) in Refusals)
            if (words.Contains(phrase, StringComparison.OrdinalIgnoreCase)) return kind;
        return SubmitKind.Other;
    }
}
