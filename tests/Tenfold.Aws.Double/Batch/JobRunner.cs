using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Machines;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Runs attempts of jobs as child processes.</summary>
internal sealed class JobRunner(Account account, BatchState state, LogsService logs)
{
    private const string Exited = "Essential container in task exited";
    private const double GraceSeconds = 30;
    private readonly StartFaults _faults = new(account, logs);

    public StartFaults Faults => _faults;

    /// <summary>Starts an attempt in the background; its job is STARTING.</summary>
    public void Start(BatchJob job, JobAttempt attempt, JobScheduler scheduler) => account.Run(async () =>
    {
        var fault = _faults.Find(job, attempt);
        var begun = false;
        lock (state.Gate)
        {
            if (account.Machines.IsClosed) return;
            if (attempt.End is not null) fault ??= ("Task failed to start", null);
            if (fault is null) begun = Begin(job, attempt);
        }
        if (begun) await FollowAsync(job, attempt);
        lock (state.Gate)
        {
            if (!begun) (attempt.StatusReason, attempt.Reason) = fault!.Value;
            if (!begun && attempt.End is not null) Explain(job, attempt, null);
            scheduler.Finish(job, attempt);
        }
    });

    /// <summary>Ends a running attempt from outside.</summary>
    public void Stop(BatchJob job, AttemptEnd end)
    {
        if (job.Current is not { } attempt || attempt.StoppedAt is not null) return;
        attempt.End ??= end;
        if (attempt.Machine is not { } machine)
        {
            attempt.Imagined.TrySetResult(137);
            return;
        }
        if (end is AttemptEnd.HostLost or AttemptEnd.OutOfMemory)
        {
            machine.Kill();
            return;
        }
        machine.SignalFirst(Signals.Terminate);
        account.Run(async () =>
        {
            var grace = account.Options.Grace ?? account.Seconds(GraceSeconds);
            if (await Task.WhenAny(machine.Ended, Task.Delay(grace, account.Time)) != machine.Ended) machine.Kill();
        });
    }

    private bool Begin(BatchJob job, JobAttempt attempt)
    {
        var task = attempt.TaskArn[(attempt.TaskArn.LastIndexOf('/') + 1)..];
        var (group, stream) = JobLog.PlaceOf(job.Spec, task);
        attempt.LogStream = stream;
        attempt.StartedAt = job.StartedAt = account.Time.GetUtcNow();
        job.Status = "RUNNING";
        if (!account.Options.RunsProcesses) return true;
        logs.Create(group, stream);
        var folder = account.NewFolder("job");
        attempt.Machine = account.Machines.Start(new MachineSpec(
            job.Spec.Command, folder, JobEnvironment.Of(account, job, attempt, folder), line => logs.Append(group, stream, line)));
        return true;
    }

    private async Task FollowAsync(BatchJob job, JobAttempt attempt)
    {
        if (job.Spec.TimeoutSeconds is { } seconds) StopLater(job, attempt, account.Seconds(seconds));
        var code = await (attempt.Machine?.Ended ?? attempt.Imagined.Task);
        lock (state.Gate) Explain(job, attempt, code);
    }

    private void StopLater(BatchJob job, JobAttempt attempt, TimeSpan time) => account.Run(async () =>
    {
        var ended = (Task?)attempt.Machine?.Ended ?? attempt.Imagined.Task;
        if (await Task.WhenAny(ended, Task.Delay(time, account.Time)) == ended) return;
        lock (state.Gate)
            if (job.Current == attempt) Stop(job, AttemptEnd.TimedOut);
    });

    private static void Explain(BatchJob job, JobAttempt attempt, int? code)
    {
        var isKilled = attempt.Machine?.IsKilled ?? attempt.End is not null;
        (attempt.StatusReason, attempt.ExitCode) = attempt.End switch
        {
            AttemptEnd.Terminated => (job.EndingReason, code),
            AttemptEnd.TimedOut => ("Job attempt duration exceeded timeout", code),
            AttemptEnd.HostLost or AttemptEnd.SpotReclaimed when !attempt.Environment.IsFargate =>
                ($"Host EC2 (instance {attempt.InstanceId}) terminated.", isKilled ? null : code),
            AttemptEnd.HostLost or AttemptEnd.SpotReclaimed => ("Your Spot Task was interrupted.", code),
            AttemptEnd.InspectionFailed =>
                ($"{Exited} - CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s", null),
            _ => (Exited, code),
        };
        if (attempt.End == AttemptEnd.OutOfMemory) attempt.Reason = "OutOfMemoryError: Container killed due to memory usage";
        if (attempt.End == AttemptEnd.SpotReclaimed && code == 0 && !isKilled) attempt.StatusReason = Exited;
    }
}
