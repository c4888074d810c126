using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Targets;
using Tenfold.Targets.Slurm.Commands;
using Tenfold.Targets.Slurm.InJob;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Tests.Slurm.Jobs;

public sealed class Slurms_states_become_plain_reasons
{
    private const string Bare = "*** JOB 1 ON d1 CANCELLED AT 2026-11-22T08:36:32 ***";
    private const string Named = "*** JOB 1 ON d1 CANCELLED AT 2026-11-22T08:36:32 DUE to SIGNAL Terminated ***";

    [Theory]
    [InlineData("Resources", "waits for free cores, memory or GPUs (Slurm: Resources)")]
    [InlineData("None", "waits for Slurm's scheduler to consider it")]
    [InlineData("(Priority)", "waits behind jobs of higher priority (Slurm: Priority)")]
    [InlineData("ReqNodeNotAvail, UnavailableNodes:d[1-2]", "nodes that it needs are down, drained or reserved; it starts when they are back, see `sinfo -R` (Slurm: ReqNodeNotAvail, UnavailableNodes:d[1-2])")]
    [InlineData("QOSMaxCpuPerUserLimit", "the quality of service's limit of cores is reached; it starts when other jobs end")]
    [InlineData("AssocGrpGRESRunMinutes", "your account's limit of the time of GPUs is used up; it starts when other jobs have ended or used time has decayed")]
    [InlineData("AssocGrpCPUMinutesLimit", "your account's limit of the time of cores is used up")]
    [InlineData("QOSMaxWallDurationPerJobLimit", "exceeds the quality of service's limit of time for one job, so it can never start")]
    [InlineData("QOSMinGRES", "requests less than the quality of service's minimum of GPUs, so it can never start")]
    [InlineData("MaxGRESPerAccount", "your account's limit of GPUs is reached")]
    [InlineData("SomethingOfTheFuture", "waits (Slurm: SomethingOfTheFuture)")]
    public void A_pending_reason_is_explained(string reason, string words) => PendingReasons.Describe(reason).ShouldStartWith(words);

    [Theory]
    [InlineData("CANCELLED", Ending.Cancelled)]
    [InlineData("TIMEOUT", Ending.TimeLimit)]
    [InlineData("DEADLINE", Ending.TimeLimit)]
    [InlineData("NODE_FAIL", Ending.Lost)]
    [InlineData("BOOT_FAIL", Ending.Lost)]
    [InlineData("PREEMPTED", Ending.Lost)]
    [InlineData("REQUEUED", Ending.Lost)]
    [InlineData("REQUEUE_HOLD", Ending.Lost)]
    [InlineData("SPECIAL_EXIT", Ending.Lost)]
    [InlineData("OUT_OF_MEMORY", Ending.Signalled)]
    [InlineData("COMPLETED", null)]
    public void An_ended_job_has_an_ending_and_its_reason_names_the_job(string state, Ending? end)
    {
        var known = JobStates.ToBackendState(new SlurmJob { Id = 7, Indices = [3], State = state, Nodes = "d1" });
        known.Kind.ShouldBe(BackendKind.Gone);
        known.End.ShouldBe(end);
        known.Reason.Words().ShouldNotBeNull().ShouldContain("7_3");
    }

    [Theory]
    [InlineData(9, "NonZeroExitCode", Ending.Lost, "its agent was killed on d1 (signal 9")]
    [InlineData(9, "JobLaunchFailure", Ending.Lost, "its agent was killed on d1 (signal 9")]
    [InlineData(11, "NonZeroExitCode", Ending.Lost, "signal 11 ended its agent on d1")]
    [InlineData(3 << 8, "NonZeroExitCode", null, "its script ended with exit code 3 on d1")]
    [InlineData(1 << 8, "JobLaunchFailure", Ending.NotStarted, "Slurm could not start it")]
    public void A_failed_job_says_what_ended_it(int status, string reason, Ending? end, string words)
    {
        var known = JobStates.ToBackendState(new SlurmJob { Id = 7, State = "FAILED", Reason = reason, WaitStatus = status, Nodes = "d1" });
        known.End.ShouldBe(end);
        known.Reason.Words().ShouldNotBeNull().ShouldStartWith(words);
    }

    [Theory]
    [InlineData("RUNNING")]
    [InlineData("COMPLETING")]
    [InlineData("SUSPENDED")]
    [InlineData("CONFIGURING")]
    [InlineData("STAGE_OUT")]
    [InlineData("REVOKED")]
    public void These_states_count_as_running(string state) =>
        JobStates.ToBackendState(new SlurmJob { Id = 7, State = state }).Kind.ShouldBe(BackendKind.Running);

    // The line of slurmstepd, and the answer of scontrol, as observed with 22.05; the line that names a signal, with 25.05.
    [Theory]
    [InlineData("*** JOB 3 ON d1 CANCELLED AT 2026-11-22T08:37:00 DUE TO TIME LIMIT ***", null, Ending.TimeLimit)]
    [InlineData("*** JOB 3 ON d1 CANCELLED AT 2026-11-22T08:37:00 DUE TO PREEMPTION ***\n", null, Ending.Lost)]
    [InlineData("*** JOB 3 ON d1 CANCELLED AT 2026-11-22T08:37:00 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***", null, Ending.Lost)]
    [InlineData("*** JOB 3 ON d1 CANCELLED AT 2026-11-22T08:37:00 DUE TO JOB REQUEUE ***", null, Ending.Lost)]
    [InlineData(Bare, null, Ending.Cancelled)]
    [InlineData(Bare, "JobState=COMPLETING Reason=None EndTime=2026-11-22T09:00:00", Ending.Cancelled)] // scancel
    [InlineData(Bare, "JobState=RUNNING Reason=None EndTime=2026-11-22T19:01:00", Ending.Cancelled)] // scancel --signal=TERM -b
    [InlineData(Bare, "JobState=RUNNING Reason=None EndTime=2026-11-22T09:01:00", Ending.TimeLimit)] // sbatch --signal=B:TERM@90
    [InlineData(Named, "JobState=RUNNING Reason=None EndTime=2026-11-22T09:01:00", Ending.TimeLimit)]
    [InlineData(Named, "JobState=COMPLETING Reason=None EndTime=2026-11-22T09:00:00", Ending.Cancelled)]
    [InlineData(Bare, "JobState=COMPLETING Reason=TimeLimit EndTime=2026-11-22T09:00:00", Ending.TimeLimit)]
    [InlineData(Bare, "JobState=RUNNING Reason=None PreemptTime=2026-11-22T09:00:00 EndTime=2026-11-22T19:01:00", Ending.Lost)]
    [InlineData("", "JobState=RUNNING Reason=None PreemptTime=2026-11-22T09:00:00 EndTime=2026-11-22T09:01:00", Ending.Lost)]
    [InlineData("", "JobState=RUNNING Reason=None PreemptTime=None EndTime=2026-11-22T09:01:00", Ending.TimeLimit)]
    [InlineData("", "JobState=RUNNING Reason=None EndTime=2026-11-22T19:01:00", Ending.Lost)] // the machine shuts down
    [InlineData("", "JobState=RUNNING Reason=None EndTime=Unknown", Ending.Lost)]
    [InlineData("", "JobState=COMPLETING Reason=TimeLimit EndTime=2026-11-22T08:00:00", Ending.TimeLimit)]
    [InlineData("", "JobState=COMPLETING Reason=None EndTime=2026-11-22T09:00:00", Ending.Lost)]
    [InlineData("", "JobState=CANCELLED Reason=None", Ending.Cancelled)]
    [InlineData("nothing of the kind", null, Ending.Lost)]
    public void The_probe_finds_out_why_a_job_ends(string output, string? job, Ending ending) =>
        TerminationProbe.Decide(
            $"a line\nslurmstepd-d1: error: {output}\nlast words", job,
            new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero)).Ending.ShouldBe(ending);

    [Theory]
    [InlineData("30", 30)]
    [InlineData("12:30", 13)]
    [InlineData("00:10:00", 10)]
    [InlineData("1-00:00:00", 1440)]
    [InlineData("1-12", 2160)]
    [InlineData("UNLIMITED", null)]
    [InlineData("", null)]
    public void Time_limits_are_read(string text, int? minutes) => TimeLimits.Minutes(text).ShouldBe(minutes);
}
