using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>Translates Slurm's job states into states of attempts.</summary>
/// <remarks>Source: squeue(1), JOB STATE CODES.</remarks>
internal static class JobStates
{
    /// <summary>
    /// A state that Slurm itself doesn't have: the element is no longer listed, while others of its array are. It was cancelled before it
    /// began, or it ended so long ago that slurmctld has forgotten it.
    /// </summary>
    public const string Unlisted = "WITHDRAWN";

    /// <summary>The state of the attempt that a job, or an element of an array, executes.</summary>
    public static BackendState ToBackendState(SlurmJob job)
    {
        // Tenfold submits with --no-requeue, since its own next attempt takes over. If a job is requeued anyway, the agent that Slurm
        // starts again finds the attempt claimed and exits.
        if (job.Restarts > 0 && !IsEnded(job.State)) return Gone(job, Ending.Lost, $"Slurm requeued it (job {job.Handle})");
        return job.State switch
        {
            "PENDING" => new BackendState(BackendKind.Waiting, PendingReasons.ToReason(job.Reason)),
            "REQUEUED" or "REQUEUE_FED" => Gone(job, Ending.Lost, $"Slurm requeued it (job {job.Handle})"),
            "REQUEUE_HOLD" or "SPECIAL_EXIT" or "RESV_DEL_HOLD" =>
                Gone(job, Ending.Lost, $"Slurm requeued it and holds it ({job.State}, job {job.Handle})"),
            "CONFIGURING" => Running(job, "its node is being prepared (Slurm: CONFIGURING)"),
            "SUSPENDED" or "STOPPED" => Running(job, $"Slurm suspended it in favour of other jobs (Slurm: {job.State})"),
            Unlisted => Gone(job, null, $"Slurm no longer lists it (job {job.Handle})"),
            // squeue --all lists these too. The other cluster's agent reports the attempt's state.
            "REVOKED" => Running(job, $"it runs on another cluster of the federation (Slurm: REVOKED, job {job.Handle})"),
            "CANCELLED" => Gone(job, Ending.Cancelled, $"the Slurm job {job.Handle} was cancelled outside Tenfold (scancel)"),
            "TIMEOUT" => Gone(job, Ending.TimeLimit,
                $"Slurm ended it at the job's time limit (job {job.Handle}); "
                + "raise `max_runtime`, or choose a partition that allows more"),
            "DEADLINE" => Gone(job, Ending.TimeLimit, $"Slurm ended it at its deadline (job {job.Handle})"),
            "NODE_FAIL" => Gone(job, Ending.Lost, $"its node failed{On(job)} (Slurm: NODE_FAIL, job {job.Handle})"),
            "BOOT_FAIL" => Gone(job, Ending.Lost, $"its node failed to boot{On(job)} (Slurm: BOOT_FAIL, job {job.Handle})"),
            "PREEMPTED" => Gone(job, Ending.Lost,
                $"Slurm preempted it{On(job)} for jobs of higher priority (PREEMPTED, job {job.Handle})"),
            "OUT_OF_MEMORY" => Gone(job, Ending.Signalled,
                $"it ran out of memory{On(job)}; raise `memory` (Slurm: OUT_OF_MEMORY, job {job.Handle})"),
            "COMPLETED" => Gone(job, null, $"the Slurm job {job.Handle} ended{On(job)}, but its agent never reported an end"),
            "FAILED" => Failed(job),
            // RUNNING, COMPLETING, STAGE_OUT, SIGNALING, RESIZING, LAUNCH_FAILED before it ends, and states of later releases.
            _ => new BackendState(BackendKind.Running),
        };
    }

    /// <summary>True for a state in which a job stays.</summary>
    public static bool IsEnded(string state) =>
        state is "CANCELLED" or "REVOKED" or "TIMEOUT" or "DEADLINE" or "NODE_FAIL" or "BOOT_FAIL" or "PREEMPTED" or "OUT_OF_MEMORY"
            or "COMPLETED" or "FAILED" or Unlisted;

    /// <summary>The state of an attempt whose element was cancelled before it began.</summary>
    public static BackendState CancelledWhileWaiting(SlurmJob job) =>
        Gone(job, Ending.Cancelled, $"the Slurm job {job.Handle} was cancelled outside Tenfold before it began (scancel)");

    /// <summary>The exit code of a script that failed by itself; null for every other end.</summary>
    public static int? ScriptExit(SlurmJob job) =>
        job is { State: "FAILED", WaitStatus: { } status } && (status & 0x7f) == 0 && status >> 8 > 0 ? status >> 8 : null;

    // A job that a signal ended had started, whatever Slurm's reason says: for a killed agent, Slurm gives JobLaunchFailure. A null ending
    // leaves the conclusion to the agent's own report.
    private static BackendState Failed(SlurmJob job) => job.Reason switch
    {
        _ when job.WaitStatus is { } status && (status & 0x7f) > 0 => Signalled(job, status & 0x7f),
        "BadConstraints" or "JobLaunchFailure" or "InvalidAccount" or "InvalidQOS" or "PartitionConfig" or "AccountNotAllowed" =>
            Gone(job, Ending.NotStarted, $"Slurm could not start it: {PendingReasons.Describe(job.Reason)}"),
        "SystemFailure" => Gone(job, Ending.Lost, PendingReasons.Describe(job.Reason)),
        _ => job.WaitStatus switch
        {
            { } status when status >> 8 > 0 =>
                Gone(job, null, $"its script ended with exit code {status >> 8}{On(job)} (job {job.Handle})"),
            _ => Gone(job, null, $"the Slurm job {job.Handle} failed{On(job)}"),
        },
    };

    private static BackendState Signalled(SlurmJob job, int signal) =>
        Gone(job, Ending.Lost, signal == 9
            ? $"its agent was killed{On(job)} (signal 9, job {job.Handle})"
            : $"signal {signal} ended its agent{On(job)} (job {job.Handle})");

    private static string On(SlurmJob job) => job.Nodes.Length > 0 ? $" on {job.Nodes}" : "";

    private static BackendState Running(SlurmJob job, string words) => new(BackendKind.Running, SlurmReason.OfState(job.State, words));

    private static BackendState Gone(SlurmJob job, Ending? end, string words) =>
        new(BackendKind.Gone, SlurmReason.OfState(job.State, words), end);
}
