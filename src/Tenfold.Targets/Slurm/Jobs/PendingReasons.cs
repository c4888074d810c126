using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>Says why a job waits, in plain words with a next step where there is one.</summary>
/// <remarks>Source: squeue(1), JOB REASON CODES, and <c>job_reason_string</c> in Slurm's source.</remarks>
internal static class PendingReasons
{
    private const string AskAdministrator = "ask the cluster's administrators";
    private const string SeeLimits = "see `sacctmgr show qos` and `sacctmgr show assoc`";
    private const string Retry = "then cancel it and run `tenfold retry`";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Resources"] = "waits for free cores, memory or GPUs",
        ["Priority"] = "waits behind jobs of higher priority",
        ["Cleaning"] = "waits until Slurm has cleaned up after an earlier start of the job",
        ["Prolog"] = "its node is being prepared",
        ["JobArrayTaskLimit"] = "waits for others of its group: `parallel` limits how many run at once",
        ["Dependency"] = "waits for another job that `arguments` makes it depend on",
        ["DependencyNeverSatisfied"] =
            $"can never start, because the job that it depends on failed; change --dependency in `arguments`, {Retry}",
        ["BeginTime"] = "waits for its start time",
        ["JobHeldUser"] = "is held; release it with `scontrol release`",
        ["JobHeldAdmin"] = $"is held by an administrator; {AskAdministrator}",
        ["JobHoldMaxRequeue"] = "was requeued too often and is held; cancel it and run `tenfold retry`",
        ["JobLaunchFailure"] = $"could not be started on its node; if this persists, {AskAdministrator}",
        ["launch failed requeued held"] =
            $"could not be started on its node and is held; cancel it and run `tenfold retry`, or {AskAdministrator}",
        ["Licenses"] = "waits for licences that `arguments` requests",
        ["Reservation"] = "waits for its reservation to begin",
        ["ReservationDeleted"] = $"its reservation no longer exists; change --reservation in `arguments`, {Retry}",
        ["PartitionDown"] = "its partition starts no jobs at the moment (DOWN); see `sinfo -s`, or choose another `partition`",
        ["PartitionInactive"] = "its partition accepts no jobs (INACTIVE); choose another `partition`, see `sinfo -s`",
        ["PartitionNodeLimit"] =
            "requests more or fewer nodes than its partition allows; change `arguments` or choose another `partition`, "
            + "see `scontrol show partition`",
        ["PartitionTimeLimit"] =
            "requests more time than its partition allows, so it can never start; "
            + $"shorten `max_runtime` or choose another `partition`, see `sinfo -o '%P %l'`, {Retry}",
        ["PartitionConfig"] =
            "its partition can't provide what it requests; "
            + $"lower `resources` or choose another `partition`, see `scontrol show partition`, {Retry}",
        ["AccountNotAllowed"] = $"its account may not use its partition; change `account` or `partition`, {Retry}",
        ["BadConstraints"] =
            "no node has what it requests; "
            + $"change `constraint` or `resources`, see `sinfo -o '%P %c %m %G %f'`, {Retry}",
        ["NodeDown"] = "a node that it needs is down; it starts when the node is back, see `sinfo -R`",
        ["ReqNodeNotAvail"] = "nodes that it needs are down, drained or reserved; it starts when they are back, see `sinfo -R`",
        ["Nodes required for job are DOWN"] =
            "nodes that it needs are down, drained or reserved; it starts when they are back, see `sinfo -R`",
        ["FrontEndDown"] = $"the cluster's front end is down; {AskAdministrator}",
        ["InactiveLimit"] = "has reached the limit for inactive jobs",
        ["InvalidAccount"] = $"its account is not valid; change `account`, see `sacctmgr show assoc user=$USER`, {Retry}",
        ["InvalidQOS"] = $"its quality of service is not valid; change `qos`, see `sacctmgr show qos`, {Retry}",
        ["QOSNotAllowed"] =
            "its quality of service may not be used with its account or partition; "
            + $"change `qos`, `account` or `partition`, {Retry}",
        ["QOSUsageThreshold"] = $"its quality of service is used up for now; it starts when usage has decayed, {SeeLimits}",
        ["QOSJobLimit"] = $"its quality of service has reached its limit of jobs; it starts when some end, {SeeLimits}",
        ["QOSResourceLimit"] = $"its quality of service has reached its limit of resources; it starts when some jobs end, {SeeLimits}",
        ["QOSTimeLimit"] = $"its quality of service has used up its time; {SeeLimits}",
        ["AssociationJobLimit"] = $"your account has reached its limit of jobs; it starts when some end, {SeeLimits}",
        ["AssociationResourceLimit"] = $"your account has reached its limit of resources; it starts when some jobs end, {SeeLimits}",
        ["AssociationTimeLimit"] = $"your account has used up its time; {SeeLimits}",
        ["MaxMemPerLimit"] = $"requests more memory per core than its partition allows; lower `memory` or raise `cpus`, {Retry}",
        ["MaxBlockLimit"] = $"requests more blocks than allowed; {AskAdministrator}",
        ["NoReservation"] = $"its reservation is over; change --reservation in `arguments`, {Retry}",
        ["NonZeroExitCode"] = "its script failed",
        ["RaisedSignal"] = "a signal ended its script",
        ["SystemFailure"] = $"Slurm, its file system or its network failed; if this persists, {AskAdministrator}",
        ["TimeLimit"] = "has reached its time limit",
        ["BurstBufferResources"] = "waits for space in the burst buffer",
        ["BurstBufferStageIn"] = "waits until its files are in the burst buffer",
        ["BurstBufferOperation"] = $"the burst buffer failed; {AskAdministrator}",
        ["PowerNotAvail"] = "waits, because the cluster has no power for more nodes",
        ["PowerReserved"] = "waits, because the cluster's power is reserved for other jobs",
        ["DeadLine"] = "can no longer end before its deadline",
        ["DeadlineBy"] = "can no longer end before its deadline",
        ["FedJobLock"] = "waits until the clusters of the federation have agreed where it runs",
        ["OutOfMemory"] = "ran out of memory; raise `memory`",
        ["AccountingPolicy"] = $"your account's limits don't allow it now; {SeeLimits}",
        ["MaxRequeue"] = "was requeued too often; cancel it and run `tenfold retry`",
        ["RequeueHold"] = "was requeued and is held; cancel it and run `tenfold retry`",
        ["Resv"] = "waits for its reservation to begin",
        ["SchedDefer"] = "waits, because Slurm's scheduler defers new jobs for a moment",
    };

    // What a limit's code says it counts. The first match wins.
    private static readonly (string Part, string Noun)[] LimitedThings =
    [
        ("Cpu", "cores"), ("Mem", "memory"), ("GRES", "GPUs"), ("Gpu", "GPUs"), ("Node", "nodes"), ("SubmitJobs", "submitted jobs"),
        ("License", "licences"), ("Billing", "billing"), ("BB", "burst buffers"), ("Energy", "energy"), ("Wall", "time"), ("Jobs", "jobs"),
    ];

    /// <summary>Makes a reason with Slurm's code and with the words of <see cref="Describe"/>.</summary>
    public static Reason ToReason(string reason) => SlurmReason.OfState(Split(reason).Code, Describe(reason));

    /// <summary>Says in plain words why a job waits. A code that isn't known is quoted.</summary>
    /// <param name="reason">Slurm's code, possibly with details: <c>ReqNodeNotAvail, UnavailableNodes:d[1-2]</c>.</param>
    public static string Describe(string reason)
    {
        var (code, details) = Split(reason);
        if (code is "" or "None" or "WaitingForScheduling") return "waits for Slurm's scheduler to consider it";
        var text = Texts.GetValueOrDefault(code) ?? DescribeLimit(code) ?? "waits";
        return details.Length > 0 ? $"{text} (Slurm: {code}, {details})" : $"{text} (Slurm: {code})";
    }

    // A code may contain spaces ("launch failed requeued held"). Details follow a comma.
    private static (string Code, string Details) Split(string reason)
    {
        var bare = reason.Trim().TrimStart('(').TrimEnd(')');
        var comma = bare.IndexOf(',');
        return comma < 0 ? (bare, "") : (bare[..comma].Trim(), bare[(comma + 1)..].Trim());
    }

    // QOSMaxCpuPerUserLimit, AssocGrpGRESRunMinutes, …: a systematic family of codes, which grows with each release.
    private static string? DescribeLimit(string code)
    {
        var (owner, rest) = code.StartsWith("QOS", StringComparison.OrdinalIgnoreCase) ? ("the quality of service's", code[3..])
            : code.StartsWith("Assoc", StringComparison.OrdinalIgnoreCase) ? ("your account's", code[5..])
            : code.StartsWith("MaxTRES", StringComparison.OrdinalIgnoreCase) || code.StartsWith("Grp", StringComparison.Ordinal)
                || code.StartsWith("Max", StringComparison.Ordinal) ? ("your account's", code)
            : ("", "");
        if (owner.Length == 0) return null;
        var noun = LimitedThings.FirstOrDefault(thing => rest.Contains(thing.Part, StringComparison.OrdinalIgnoreCase)).Noun ?? "use";
        var isTime = rest.Contains("Minutes", StringComparison.OrdinalIgnoreCase);
        var limit = $"{owner} limit {(isTime ? $"of the time of {noun}" : $"of {noun}")}";
        // A limit per job never allows this job. Other limits allow it when jobs end, or when used time has decayed.
        if (rest.Contains("PerJob", StringComparison.OrdinalIgnoreCase))
            return $"exceeds {limit} for one job, so it can never start; lower `resources`, {Retry}; {SeeLimits}";
        if (rest.StartsWith("Min", StringComparison.OrdinalIgnoreCase))
            return $"requests less than {owner} minimum of {noun}, so it can never start; raise `resources`, {Retry}; {SeeLimits}";
        return isTime
            ? $"{limit} is used up; it starts when other jobs have ended or used time has decayed, {SeeLimits}"
            : $"{limit} is reached; it starts when other jobs end, {SeeLimits}";
    }
}
