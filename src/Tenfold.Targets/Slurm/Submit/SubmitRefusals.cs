using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Says what follows from each of Slurm's refusals, in plain words with a next step.</summary>
internal static class SubmitRefusals
{
    private const string Nodes = "see `sinfo -o '%P %l %D %c %m %G %f'` for the nodes";

    /// <summary>The outcome for every attempt of a refused submission: the refusal with its data, and the words for it.</summary>
    /// <param name="answer">Slurm's answer.</param>
    /// <param name="options">The target's options, which the reason names.</param>
    public static StartOutcome ToOutcome(SubmitAnswer answer, SlurmOptions options)
    {
        var (kind, text) = Explain(answer.Kind, options);
        return new StartOutcome(kind, SlurmReason.OfFact(
            answer.Kind, $"{text} (Slurm: {answer.Words})", answer.Words,
            ("partition", options.Partition), ("account", options.Account), ("qos", options.Qos), ("constraint", options.Constraint)));
    }

    private static (StartKind Kind, string Text) Explain(SubmitKind kind, SlurmOptions options)
    {
        var (partition, account, qos) = (Name(options.Partition), Name(options.Account), Name(options.Qos));
        return kind switch
        {
            SubmitKind.QueueFull => Later("Slurm's queue is full (MaxJobCount)"),
            SubmitKind.LimitReached => (StartKind.Quota,
                "a limit of your account or quality of service is reached (jobs submitted, size or time); Tenfold will retry, "
                + "see `sacctmgr show assoc user=$USER` and `sacctmgr show qos`"),
            SubmitKind.SubmissionsDisabled => Later("Slurm accepts no jobs at the moment"),
            SubmitKind.RateLimited => Later("Slurm limits how many requests a user may send"),
            SubmitKind.ScriptNotWritten => Later(
                "Slurm could not write the script to its disk, which may be full", "tell the cluster's administrators"),
            SubmitKind.NodesBusy => Later("the nodes are busy"),
            SubmitKind.MaintenanceNear => Later("a maintenance begins soon", "see `scontrol show reservation`"),
            SubmitKind.OtherTemporary => Later("Slurm does not accept the job at the moment"),
            SubmitKind.PartitionNotFound => Never($"the partition{partition} does not exist; change `partition`, see `sinfo -s`"),
            SubmitKind.PartitionDenied => Denied($"you may not use the partition{partition}; change `partition`, see `sinfo -s`"),
            SubmitKind.PartitionNotReady => Later($"the partition{partition} can't give what the run needs now", "see `sinfo -R`"),
            SubmitKind.PartitionInactive => Later(
                $"the partition{partition} accepts no jobs at the moment (inactive or drained)", "see `sinfo -s`"),
            SubmitKind.PartitionDown => Later($"the partition{partition} is down", "see `sinfo -s`"),
            SubmitKind.AccountNotFound => Never(
                $"the account{account} can't be used{(partition.Length > 0 ? $" with the partition{partition}" : "")}; "
                + "change `account`, see `sacctmgr show assoc user=$USER`"),
            SubmitKind.AccountDenied => Denied(
                $"the account{account} may not use the partition{partition}; change `account` or `partition`"),
            SubmitKind.QosNotFound => Never(
                $"the quality of service{qos} does not exist for you; change `qos`, see `sacctmgr show qos`"),
            SubmitKind.QosDenied => Denied($"you may not use the quality of service{qos}; change `qos`"),
            SubmitKind.FeatureNotFound => Never(
                $"no node has the features{Name(options.Constraint)}; change `constraint`, see `sinfo -o '%P %f'`"),
            SubmitKind.GpuNotFound => Never($"the cluster does not know the requested GPUs; change `gpus`, {Nodes}"),
            SubmitKind.TooMuchMemory => Never($"no node has as much memory; lower `memory`, {Nodes}"),
            SubmitKind.TooManyCores => Never($"no node has as many cores; lower `cpus`, {Nodes}"),
            SubmitKind.NoSuitableNode => Never(
                "no node has the requested cores, memory, GPUs and features together; "
                + $"lower `resources` or change `partition`, {Nodes}"),
            SubmitKind.NodeCountInvalid => Never("that number of nodes is not possible; change `arguments` or `partition`"),
            SubmitKind.NodeNotFound => Never("a node named in `arguments` does not exist; see `sinfo -N`"),
            SubmitKind.TimeLimitTooLong => Never(
                "the time limit is longer than the partition allows; shorten `max_runtime` or change `partition`, "
                + "see `sinfo -o '%P %l'`"),
            SubmitKind.TimeLimitInvalid => Never("the time limit is not valid; change `max_runtime`, or --time in `arguments`"),
            SubmitKind.ReservationNotFound => Never(
                "the reservation named in `arguments` does not exist; see `scontrol show reservation`"),
            SubmitKind.ReservationDenied => Denied(
                "you may not use the reservation named in `arguments`; see `scontrol show reservation`"),
            SubmitKind.ReservationNotReady => Later(
                "the reservation named in `arguments` can't be used now", "see `scontrol show reservation`"),
            SubmitKind.LicenseNotFound => Never("the licences named in `arguments` do not exist; see `scontrol show lic`"),
            SubmitKind.LicensesInUse => Later("the licences named in `arguments` are all in use", "see `scontrol show lic`"),
            SubmitKind.NoX11 => Never("the cluster does not forward X11; change `arguments`"),
            SubmitKind.OptionNotKnown => Never("sbatch does not know one of the `arguments`"),
            SubmitKind.ArrayTooLarge => Never("the cluster accepts no job arrays (MaxArraySize); ask its administrators"),
            SubmitKind.UserDenied => Denied("Slurm does not let you submit jobs; ask the cluster's administrators"),
            SubmitKind.UserNotFound => Denied("the cluster does not know your user; ask its administrators"),
            // An unknown refusal ends the attempt. If it was temporary, that costs the user a `tenfold retry`. If it was final, Tenfold
            // would retry for ever, and the user would not notice.
            _ => Never("Slurm refused the job"),
        };
    }

    private static (StartKind, string) Later(string text, string? hint = null) =>
        (StartKind.NoCapacity, $"{text}; Tenfold will retry{(hint is null ? "" : $", {hint}")}");

    private static (StartKind, string) Never(string text) => (StartKind.Invalid, text);

    private static (StartKind, string) Denied(string text) => (StartKind.Denied, text);

    private static string Name(string? name) => name is null ? "" : $" '{name}'";
}
