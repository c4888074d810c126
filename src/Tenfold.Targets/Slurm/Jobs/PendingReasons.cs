using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>Why a job waits, in plain words with a next step where there is one.</summary>
/// <remarks>Source: squeue(1), JOB REASON CODES, and <c>job_reason_string</c> in Slurm's source.</remarks>
internal static class PendingReasons
{
    private const string AskAdministrator = "ask the cluster's administrators";
    private const string Limits = "see `sacctmgr show qos` and `sacctmgr show assoc`";

    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Resources"] = "waits for free cores, memory or GPUs",
        ["Priority"] = "waits behind jobs of higher priority",
        ["Cleaning"] = "waits until an earlier try of it has been cleared away",
        ["Prolog"] = "its node is being prepared",
        ["JobArrayTaskLimit"] = "waits for others of its group: `parallel` bounds how many run at once",
        ["Dependency"] = "waits for another job that `arguments` makes it depend on",
        ["DependencyNeverSatisfied"] =
            "waits for a job that ended otherwise than it needs, so it can never start; change --dependency in `arguments`, and cancel it",
        ["BeginTime"] = "its time to start has not come yet",
        ["JobHeldUser"] = "is held; release it with `scontrol release`",
        ["JobHeldAdmin"] = $"is held by an administrator; {AskAdministrator}",
        ["JobHoldMaxRequeue"] = "was put back too often and is held; cancel it and `tenfold retry`",
        ["JobLaunchFailure"] = $"could not be launched on its node; if it stays so, {AskAdministrator}",
        ["launch failed requeued held"] =
            $"could not be launched on its node, and is held; cancel it and `tenfold retry`, or {AskAdministrator}",
        ["Licenses"] = "waits for licences that `arguments` asks for",
        ["Reservation"] = "waits for its reservation to begin",
        ["ReservationDeleted"] = "its reservation no longer exists; change --reservation in `arguments`, cancel it and `tenfold retry`",
        ["PartitionDown"] = "its partition takes no jobs up now (DOWN); see `sinfo -s`, or choose another `partition`",
        ["PartitionInactive"] = "its partition takes no jobs (INACTIVE); choose another `partition`, see `sinfo -s`",
        ["PartitionNodeLimit"] =
            "needs more or fewer nodes than its partition allows; change `arguments` or choose another `partition`, " +
            "see `scontrol show partition`",
        ["PartitionTimeLimit"] =
            "asks for more time than its partition allows, so it can never start; shorten `max_runtime` or choose another `partition`, " +
            "see `sinfo -o '%P %l'`, and cancel it",
        ["PartitionConfig"] =
            "its partition can't give what it asks for; lower `resources` or choose another `partition`, see `scontrol " +
            "show partition`, and cancel it",
        ["AccountNotAllowed"] = "its account may not use its partition; change `account` or `partition`, and cancel it",
        ["BadConstraints"] =
            "no node has what it asks for; change `constraint` or `resources`, see `sinfo -o '%P %c %m %G %f'`, and cancel it",
        ["NodeDown"] = "a node that it needs is down; it starts when the node is back, see `sinfo -R`",
        ["ReqNodeNotAvail"] = "nodes that it needs are down, drained or reserved; it starts when they are back, see `sinfo -R`",
        ["Nodes required for job are DOWN"] =
            "nodes that it needs are down, drained or reserved; it starts when they are back, see `sinfo -R`",
        ["FrontEndDown"] = $"the cluster's front end is down; {AskAdministrator}",
        ["InactiveLimit"] = "has reached the limit for jobs that do nothing",
        ["InvalidAccount"] =
            "its account is not valid; change `account`, cancel it and `tenfold retry`; see `sacctmgr show assoc user=$USER`",
        ["InvalidQOS"] = "its quality of service is not valid; change `qos`, cancel it and `tenfold retry`; see `sacctmgr show qos`",
        ["QOSNotAllowed"] =
            "its quality of service may not be used with its account or partition; change `qos`, `account` or `partition`, and cancel it",
        ["QOSUsageThreshold"] = $"its quality of service is used up for now; it starts when usage has decayed, {Limits}",
        ["QOSJobLimit"] = $"its quality of service has as many jobs as it may; it starts when some end, {Limits}",
        ["QOSResourceLimit"] = $"its quality of service uses as much as it may; it starts when some jobs end, {Limits}",
        ["QOSTimeLimit"] = $"its quality of service has used up its time; {Limits}",
        ["AssociationJobLimit"] = $"your account has as many jobs as it may; it starts when some end, {Limits}",
        ["AssociationResourceLimit"] = $"your account uses as much as it may; it starts when some jobs end, {Limits}",
        ["AssociationTimeLimit"] = $"your account has used up its time; {Limits}",
        ["MaxMemPerLimit"] = "asks for more memory than its partition allows for each core; lower `memory` or raise `cpus`, and cancel it",
        ["MaxBlockLimit"] = $"may not use so many blocks; {AskAdministrator}",
        ["NoReservation"] = "its reservation is over; change --reservation in `arguments`",
        ["NonZeroExitCode"] = "its script ended with an error",
        ["RaisedSignal"] = "its script was ended by a signal",
        ["SystemFailure"] = $"Slurm, its file system or its network failed; if it stays so, {AskAdministrator}",
        ["TimeLimit"] = "has passed its time limit",
        ["BurstBufferResources"] = "waits for room in the burst buffer",
        ["BurstBufferStageIn"] = "its files are being brought into the burst buffer",
        ["BurstBufferOperation"] = $"the burst buffer failed; {AskAdministrator}",
        ["PowerNotAvail"] = "waits: the cluster has no power left for more nodes",
        ["PowerReserved"] = "waits: the cluster's power is reserved for others",
        ["DeadLine"] = "can no longer end before its deadline",
        ["DeadlineBy"] = "can no longer end before its deadline",
        ["FedJobLock"] = "waits until the clusters have agreed on which of them it runs",
        ["OutOfMemory"] = "needed more memory than it had; raise `memory`",
        ["AccountingPolicy"] = $"your account's limits don't allow it now; {Limits}",
        ["MaxRequeue"] = "was put back too often; cancel it and `tenfold retry`",
        ["RequeueHold"] = "was put back and is held; cancel it and `tenfold retry`",
        ["Resv"] = "waits for its reservation to begin",
        ["SchedDefer"] = "Slurm's scheduler puts off new jobs for a moment",
    };

    private static readonly (string Part, string Words)[] Things =
    [
        ("Cpu", "cores"), ("Mem", "memory"), ("GRES", "GPUs"), ("Gpu", "GPUs"), ("Node", "nodes"), ("SubmitJobs", "jobs in the queue"),
        ("License", "licences"), ("Billing", "billing"), ("BB", "burst buffers"), ("Energy", "energy"), ("Wall", "time"), ("Jobs", "jobs"),
    ];

    /// <summary>The reason with Slurm's code. See <see cref="Describe"/> for its words.</summary>
    public static Reason ToReason(string reason) => SlurmReason.Of(Describe(reason), Take(reason.Trim().TrimStart('(').TrimEnd(')')).Code);

    /// <summary>The plain words. A code that is not known is passed on as it is.</summary>
    /// <param name="reason">Slurm's word, also with details: <c>ReqNodeNotAvail, UnavailableNodes:d[1-2]</c>.</param>
    public static string Describe(string reason)
    {
        var (code, details) = Take(reason.Trim().TrimStart('(').TrimEnd(')'));
        if (code is "" or "None" or "WaitingForScheduling") return "waits for Slurm's scheduler to look at it";
        var words = Words.GetValueOrDefault(code) ?? Limit(code) ?? "waits";
        return details.Length > 0 ? $"{words} (Slurm: {code}, {details})" : $"{words} (Slurm: {code})";
    }

    // Codes may hold blanks ("launch failed requeued held"), details follow a comma.
    private static (string Code, string Details) Take(string reason)
    {
        var comma = reason.IndexOf(',');
        return comma < 0 ? (reason, "") : (reason[..comma].Trim(), reason[(comma + 1)..].Trim());
    }

    // QOSMaxCpuPerUserLimit, AssocGrpGRESRunMinutes, …: a family with a system, whose members grow in number with each release.
    private static string? Limit(string code)
    {
        var (whose, rest) = code.StartsWith("QOS", StringComparison.OrdinalIgnoreCase) ? ("the quality of service's", code[3..])
            : code.StartsWith("Assoc", StringComparison.OrdinalIgnoreCase) ? ("your account's", code[5..])
            : code.StartsWith("MaxTRES", StringComparison.OrdinalIgnoreCase) || code.StartsWith("Grp", StringComparison.Ordinal)
                || code.StartsWith("Max", StringComparison.Ordinal) ? ("your account's", code)
            : ("", "");
        if (whose.Length == 0) return null;
        var what = Things.FirstOrDefault(thing => rest.Contains(thing.Part, StringComparison.OrdinalIgnoreCase)).Words ?? "use";
        if (rest.Contains("Minutes", StringComparison.OrdinalIgnoreCase)) what = $"time of {what}";
        // A bound for one job stands for ever; the others give way when other jobs end or when used time has decayed.
        if (rest.Contains("PerJob", StringComparison.OrdinalIgnoreCase))
            return $"asks for more than {whose} limit of {what} for one job, so it can never start; lower " +
                $"`resources`, and cancel it; {Limits}";
        if (rest.StartsWith("Min", StringComparison.OrdinalIgnoreCase))
            return $"asks for less than {whose} least {what}, so it can never start; raise `resources`, and cancel it; {Limits}";
        return rest.Contains("Minutes", StringComparison.OrdinalIgnoreCase)
            ? $"{whose} limit of {what} is used up; it starts when other jobs have ended or used time has decayed, {Limits}"
            : $"{whose} limit of {what} is reached; it starts when other jobs end, {Limits}";
    }
}
