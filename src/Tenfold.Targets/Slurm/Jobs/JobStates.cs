using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>What Slurm's states mean to an attempt.</summary>
/// <remarks>Source: squeue(1), JOB STATE CODES.</remarks>
internal static class JobStates
{
    /// <summary>
    /// A state of our own, for an element that is no longer listed while others of its array are: it was cancelled before it began, or it
    /// ended so long ago that slurmctld has forgotten it.
    /// </summary>
    public const string Unlisted = "WITHDRAWN";

    /// <summary>The state of the attempt that a job, or an element of one, is.</summary>
    public static BackendState Of(SlurmJob job)
    {
        // Tenfold asks that nothing is put back: its own next attempt takes over. Where somebody did so all the same, the agent that Slurm
        // starts anew finds the attempt claimed, and leaves.
        if (job.Restarts > 0 && !IsEnded(job.State)) return Gone(job, Ending.Lost, $"Slurm put it back into the queue (job {job.Handle})");
        return job.State switch
        {
            "PENDING" => new BackendState(BackendKind.Waiting, PendingReasons.ToReason(job.Reason)),
            "REQUEUED" or "REQUEUE_FED" => Gone(job, Ending.Lost, $"Slurm put it back into the queue (job {job.Handle})"),
            "REQUEUE_HOLD" or "SPECIAL_EXIT" or "RESV_DEL_HOLD" =>
                Gone(job, Ending.Lost, $"Slurm put it back into the queue and holds it ({job.State}, job {job.Handle})"),
            "CONFIGURING" =>
                new BackendState(BackendKind.Running, SlurmReason.Of("its node is being prepared (Slurm: CONFIGURING)", job.State)),
            "SUSPENDED" or "STOPPED" =>
                new BackendState(
                    BackendKind.Running, SlurmReason.Of($"Slurm has put it to sleep for other jobs (Slurm: {job.State})", job.State)),
            Unlisted => Gone(job, null, $"Slurm no longer has it (job {job.Handle})"),
            // squeue --all shows these too. What the other cluster's agent reports counts.
            "REVOKED" =>
                new BackendState(
                    BackendKind.Running,
                    SlurmReason.Of($"another cluster of the federation has it (Slurm: REVOKED, job {job.Handle})", job.State)),
            "CANCELLED" => Gone(job, Ending.Cancelled, $"the Slurm job {job.Handle} was cancelled there (scancel)"),
            "TIMEOUT" =>
                Gone(job, Ending.TimeLimit,
                    $"Slurm ended it at the job's time limit (job {job.Handle}); raise `max_runtime`, or choose a " +
                    "partition that allows more"),
            "DEADLINE" => Gone(job, Ending.TimeLimit, $"Slurm ended it at its deadline (job {job.Handle})"),
            "NODE_FAIL" => Gone(job, Ending.Lost, $"its node failed{On(job)} (Slurm: NODE_FAIL, job {job.Handle})"),
            "BOOT_FAIL" => Gone(job, Ending.Lost, $"its node did not start{On(job)} (Slurm: BOOT_FAIL, job {job.Handle})"),
            "PREEMPTED" =>
                Gone(job, Ending.Lost, $"Slurm took its node{On(job)} away for jobs of higher priority (PREEMPTED, job {job.Handle})"),
            "OUT_OF_MEMORY" =>
                Gone(job, Ending.Signalled,
                    $"it needed more memory than it had{On(job)}; raise `memory` (Slurm: OUT_OF_MEMORY, job {job.Handle})"),
            "COMPLETED" => Gone(job, null, $"the Slurm job {job.Handle} ended{On(job)} without a word of its end"),
            "FAILED" => Failed(job),
            // RUNNING, COMPLETING, STAGE_OUT, SIGNALING, RESIZING, LAUNCH_FAILED on its way out, and what later releases bring.
            _ => new BackendState(BackendKind.Running),
        };
    }

    /// <summary>True for a state that nothing follows.</summary>
    public static bool IsEnded(string state) =>
        state is "CANCELLED" or "REVOKED" or "TIMEOUT" or "DEADLINE" or "NODE_FAIL" or "BOOT_FAIL" or "PREEMPTED" or "OUT_OF_MEMORY"
            or "COMPLETED" or "FAILED" or Unlisted;

    /// <summary>An element that was cancelled before it began.</summary>
    public static BackendState CancelledWaiting(SlurmJob job) =>
        Gone(job, Ending.Cancelled, $"the Slurm job {job.Handle} was cancelled there before it began (scancel)");

    /// <summary>The exit code of a script that failed by itself; null for every other end.</summary>
    public static int? ScriptExit(SlurmJob job) =>
        job is { State: "FAILED", WaitStatus: { } status } && (status & 0x7f) == 0 && status >> 8 > 0 ? status >> 8 : null;

    // Slurm refused to run it at all, or its script ended by itself: the agent's own report says more, if there is one. What a signal
    // ended had been started, whatever the reason: of an agent that is killed Slurm says JobLaunchFailure.
    private static BackendState Failed(SlurmJob job) => job.Reason switch
    {
        _ when job.WaitStatus is { } ended && (ended & 0x7f) > 0 => Signalled(job, ended & 0x7f),
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
        Gone(job, Ending.Lost, signal == 9 ? $"its agent was killed{On(job)} (signal 9, job {job.Handle})"
            : $"its agent was ended by signal {signal}{On(job)} (job {job.Handle})");

    private static string On(SlurmJob job) => job.Nodes.Length > 0 ? $" on {job.Nodes}" : "";

    private static BackendState Gone(SlurmJob job, Ending? end, string words) =>
        new(BackendKind.Gone, SlurmReason.Of(words, job.State), end);
}
