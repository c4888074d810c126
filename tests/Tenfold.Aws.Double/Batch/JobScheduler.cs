using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>Moves jobs from state to state, and places them on compute environments. Everything here runs under the state's gate.</summary>
internal sealed class JobScheduler(Account account, BatchState state, JobRunner runner)
{
    private const string TooLarge =
        "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by "
        + "the CE(s) attached to the job queue.";

    private List<BatchJob> _open = [];
    private bool _isStopped;

    public void Add(BatchJob job) => _open.AddRange(job.Children ?? [job]);

    public void Stop() => _isStopped = true;

    /// <summary>Does whatever can be done now.</summary>
    public void Pump()
    {
        if (_isStopped) return;
        foreach (var job in _open.Where(job => job.Status is "SUBMITTED" or "PENDING").ToArray()) Admit(job);
        foreach (var queue in state.Queues.OrderByDescending(queue => queue.Priority)) Place(queue);
        _open = [.. _open.Where(job => !job.HasEnded)];
    }

    /// <summary>Cancels a job that has not started; from STARTING on, this does nothing.</summary>
    public void Cancel(BatchJob job, string reason)
    {
        foreach (var one in job.Children ?? [job])
        {
            if (one.Status is "STARTING" or "RUNNING" || one.HasEnded) continue;
            one.IsCancelled = true;
            EndEarly(one, reason);
        }
        if (job.IsArray) job.IsCancelled = true;
        Pump();
    }

    /// <summary>Ends a job in any state.</summary>
    public void Terminate(BatchJob job, string reason)
    {
        foreach (var one in job.Children ?? [job])
        {
            if (one.HasEnded) continue;
            one.IsTerminated = true;
            one.EndingReason = reason;
            if (one.Status is "STARTING" or "RUNNING") runner.Stop(one, AttemptEnd.Terminated);
            else EndEarly(one, reason);
        }
        if (job.IsArray) job.IsTerminated = true;
        Pump();
    }

    /// <summary>Records how an attempt ended, and decides what comes next.</summary>
    public void Finish(BatchJob job, JobAttempt attempt)
    {
        attempt.Environment.Used -= job.Spec.Vcpus;
        attempt.StoppedAt = account.Time.GetUtcNow();
        job.Attempts.Add(attempt);
        job.StatusReason = attempt.StatusReason;
        job.StoppedAt = attempt.StoppedAt;
        var isFinal = attempt.End is AttemptEnd.Terminated or AttemptEnd.TimedOut;
        if (attempt.ExitCode == 0 && !isFinal && attempt.End is not AttemptEnd.InspectionFailed) End(job, "SUCCEEDED");
        else if (!isFinal && RetryRules.Retries(job.Spec.RetryStrategy, attempt)) MakeRunnable(job);
        else End(job, "FAILED");
        Pump();
    }

    // A job that waits for others ends when these have ended.
    private void EndEarly(BatchJob job, string reason)
    {
        job.EndingReason = reason;
        if (job.Status != "PENDING") Fail(job, reason);
    }

    private void Admit(BatchJob job)
    {
        var dependencies = Dependencies(job).ToArray();
        if (dependencies.Any(d => !d.HasEnded) && !dependencies.Any(d => d.Status == "FAILED")) job.Status = "PENDING";
        else if (job.EndingReason is { } reason) Fail(job, reason);
        else if (dependencies.Any(d => d.Status == "FAILED")) Fail(job, "Dependent Job failed");
        else MakeRunnable(job);
        if (job.Parent is { Status: "SUBMITTED" } parent) parent.Status = "PENDING";
    }

    private static IEnumerable<BatchJob> Dependencies(BatchJob job)
    {
        foreach (var dependency in job.Parent?.DependsOn ?? job.DependsOn)
        {
            yield return dependency.Type == "N_TO_N" && job.Index is { } index && dependency.Job.Children is { } others
                ? others[Math.Min(index, others.Count - 1)] : dependency.Job;
        }
    }

    private void MakeRunnable(BatchJob job)
    {
        job.Status = "RUNNABLE";
        job.RunnableSince = account.Time.GetUtcNow();
    }

    private void Place(BatchQueue queue)
    {
        foreach (var job in _open.Where(job => job.Queue == queue && job.Status == "RUNNABLE").ToArray())
        {
            // Only the job at the head of the queue ever has a reason.
            if (queue.Blockage is { } reason)
            {
                job.StatusReason = reason;
                if (!IsOverTime(queue, job)) return;
                continue;
            }
            if (queue.IsStuck) return;
            if (!queue.Environments.Any(e => Suits(e, job, e.MaxVcpus)))
            {
                job.StatusReason = TooLarge;
                if (!IsOverTime(queue, job)) return;
                continue;
            }
            if (queue.Environments.FirstOrDefault(e => Suits(e, job, e.MaxVcpus - e.Used)) is not { } environment) return;
            Start(job, environment);
        }
    }

    private static bool Suits(ComputeEnvironment environment, BatchJob job, double vcpus) =>
        environment is { State: "ENABLED", Status: "VALID" } && job.Spec.Vcpus <= vcpus && (job.Spec.Gpus == 0 || environment.HasGpus);

    // A rule of the queue ends a job that waits too long for a reason.
    private bool IsOverTime(BatchQueue queue, BatchJob job)
    {
        foreach (var limit in queue.TimeLimits)
        {
            var reason = limit.Text("reason")!;
            if (!job.StatusReason!.StartsWith(reason, StringComparison.Ordinal)) continue;
            var end = job.RunnableSince!.Value + account.Seconds(limit.Number("maxTimeSeconds")!.Value);
            var left = end - account.Time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                if (job.Deadline != end) PumpAfter(left);
                job.Deadline = end;
                continue;
            }
            Fail(job, $"Canceled by JobStateTimeLimit action due to reason: {reason}");
            return true;
        }
        return false;
    }

    private void PumpAfter(TimeSpan time) => account.Run(async () =>
    {
        await Task.Delay(time + TimeSpan.FromMilliseconds(5), account.Time);
        lock (state.Gate) Pump();
    });

    private void Start(BatchJob job, ComputeEnvironment environment)
    {
        environment.Used += job.Spec.Vcpus;
        job.Status = "STARTING";
        job.StatusReason = null;
        job.StoppedAt = null;
        job.Current = new JobAttempt
        {
            Number = job.Attempts.Count + 1,
            Environment = environment,
            InstanceId = Account.NewId("i"),
            TaskArn = account.Arn("ecs", $"task/{environment.Name}/{Guid.NewGuid():N}"),
        };
        runner.Start(job, job.Current, this);
    }

    private void Fail(BatchJob job, string reason)
    {
        job.StatusReason = reason;
        job.StoppedAt = account.Time.GetUtcNow();
        End(job, "FAILED");
    }

    private void End(BatchJob job, string status)
    {
        job.Status = status;
        if (job.Parent is not { } parent) return;
        parent.SummarizedAt = account.Time.GetUtcNow();
        if (!parent.Children!.All(child => child.HasEnded)) return;
        var failed = parent.Children!.Any(child => child.Status == "FAILED");
        parent.StatusReason = failed ? parent.EndingReason ?? "Array Child Job failed" : null;
        parent.StoppedAt = account.Time.GetUtcNow();
        parent.Status = failed ? "FAILED" : "SUCCEEDED";
    }
}
