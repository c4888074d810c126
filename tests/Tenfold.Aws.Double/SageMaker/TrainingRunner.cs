using System.Collections.Concurrent;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Machines;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>Runs training jobs as child processes.</summary>
internal sealed class TrainingRunner(Account account, Lock gate, LogsService logs, S3Files files)
{
    public const string LogGroup = "/aws/sagemaker/TrainingJobs";
    private const double GraceSeconds = 120;
    private const int MaxReason = 1024;

    /// <summary>Instance types of which AWS has none now.</summary>
    public ConcurrentDictionary<string, bool> Missing { get; } = new();

    /// <summary>Completes when waiting jobs get their machines; null when they get them at once.</summary>
    public TaskCompletionSource? Held { get; set; }

    public void Start(TrainingJob job) => account.Run(async () =>
    {
        Move(job, "Starting", "Launching requested ML instances");
        if (Missing.ContainsKey(job.Request["ResourceConfig"].Text("InstanceType") ?? ""))
        {
            if (!job.Request.Flag("EnableManagedSpotTraining"))
                Fail(job, "CapacityError: Unable to provision requested ML compute capacity. " +
                    "Please retry using a different ML instance type.");
            return;
        }
        StopLater(job, "MaxWaitTimeInSeconds", TrainingEnd.MaxWaitTimeExceeded);
        if (Held is { } held) await Task.WhenAny(held.Task, job.Imagined.Task);
        if (job.HasEnded) return;
        while (await RunAsync(job))
        {
            // A spot interruption, or an error of SageMaker's own, starts the container again.
            lock (gate)
            {
                job.End = null;
                job.Machine = null;
                job.Imagined = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    });

    /// <summary>Ends a container from outside: <c>docker stop</c>, or at once when its machine is lost.</summary>
    public void Stop(TrainingJob job, TrainingEnd end)
    {
        lock (gate)
        {
            if (job.HasEnded || job.End is not null) return;
            job.End = end;
            if (end is TrainingEnd.Stopped or TrainingEnd.MaxRuntimeExceeded or TrainingEnd.MaxWaitTimeExceeded) job.Status = "Stopping";
            if (job.Machine is not { } machine)
            {
                job.Imagined.TrySetResult(143);
                // A job that still waits for capacity ends here.
                if (job.TrainingStartedAt is not null || job.Secondary != "Starting") return;
                if (Held is not null || Missing.ContainsKey(job.Request["ResourceConfig"].Text("InstanceType") ?? ""))
                    Finish(job, "Stopped", end.ToString(), null);
                return;
            }
            if (end is TrainingEnd.Interrupted or TrainingEnd.InternalError)
            {
                machine.Kill();
                return;
            }
            Move(job, "Stopping", "Stopping the training job");
            machine.SignalFirst(Signals.Terminate);
            account.Run(async () =>
            {
                var grace = account.Options.Grace ?? account.Seconds(GraceSeconds);
                if (await Task.WhenAny(machine.Ended, Task.Delay(grace, account.Time)) != machine.Ended) machine.Kill();
            });
        }
    }

    // True to run the container again.
    private async Task<bool> RunAsync(TrainingJob job)
    {
        var folder = new TrainingFolder(job, account.NewFolder("training"), files);
        await account.WriteAsync(() =>
        {
            folder.Prepare();
            return Task.FromResult(true);
        });
        Move(job, "Downloading", "Downloading input data");
        if (await account.WriteAsync(folder.DownloadAsync) is { } fault)
        {
            Fail(job, fault);
            return false;
        }
        lock (gate)
        {
            if (account.Machines.IsClosed) return false;
            Begin(job, folder);
        }
        var code = await FollowAsync(job, folder);
        if (job.End == TrainingEnd.Interrupted)
        {
            Move(job, "Interrupted", "Training job interrupted due to spot capacity");
            Move(job, "Starting", "Launching requested ML instances");
            return true;
        }
        if (job.End == TrainingEnd.InternalError) return Retries(job);
        Move(job, "Uploading", "Uploading generated training model");
        var model = await account.WriteAsync(folder.UploadAsync);
        lock (gate)
        {
            if (job.End is { } end) Finish(job, "Stopped", end.ToString(), model);
            else if (code == 0) Finish(job, "Completed", "Completed", model);
            else Fail(job, $"AlgorithmError: {folder.Failure()}, exit code: {code}", model);
        }
        return false;
    }

    private void Begin(TrainingJob job, TrainingFolder folder)
    {
        Move(job, "Training", "Training image download completed. Training in progress.");
        job.TrainingStartedAt ??= account.Time.GetUtcNow();
        job.LogStream = $"{job.Name}/algo-1-{account.Time.GetUtcNow().ToUnixTimeSeconds()}";
        logs.Create(LogGroup, job.LogStream);
        var stream = job.LogStream;
        if (!account.Options.RunsProcesses || job.End is not null) return;
        var command = folder.Command();
        job.Machine = account.Machines.Start(new MachineSpec(
            command, Path.GetFullPath($"{folder.Ml}/../work"), folder.Environment(account), line => logs.Append(LogGroup, stream, line)));
    }

    private async Task<int> FollowAsync(TrainingJob job, TrainingFolder folder)
    {
        if (job.Retries == 0) StopLater(job, "MaxRuntimeInSeconds", TrainingEnd.MaxRuntimeExceeded);
        var ended = job.Machine?.Ended ?? job.Imagined.Task;
        var sync = new CheckpointSync(job, folder, files);
        while (await Task.WhenAny(ended, Task.Delay(account.Seconds(1), account.Time)) != ended)
            if (job.Machine is not null) await sync.RunOnceAsync();
        return await ended;
    }

    private void StopLater(TrainingJob job, string limit, TrainingEnd end)
    {
        if (job.Request["StoppingCondition"].Number(limit) is not { } seconds) return;
        account.Run(async () =>
        {
            await Task.Delay(account.Seconds(seconds), account.Time);
            Stop(job, end);
        });
    }

    private bool Retries(TrainingJob job)
    {
        if (job.Retries++ < (job.Request["RetryStrategy"].Number("MaximumRetryAttempts") ?? 0))
        {
            Move(job, "Restarting", "Restarting the training job");
            return true;
        }
        Fail(job, "InternalServerError: We encountered an internal error. Please try again.");
        return false;
    }

    private void Move(TrainingJob job, string status, string message)
    {
        lock (gate)
        {
            var now = account.Time.GetUtcNow();
            if (job.Transitions.Count > 0) job.Transitions[^1] = job.Transitions[^1] with { End = now };
            job.Transitions.Add((status, now, null, message));
            job.ModifiedAt = now;
        }
    }

    /// <summary>Ends a job that runs no process, as failed.</summary>
    public void FailNow(TrainingJob job, string reason) => Fail(job, reason);

    /// <summary>Ends a job that runs no process, as stopped.</summary>
    public void StopNow(TrainingJob job, string secondary)
    {
        lock (gate) Finish(job, "Stopped", secondary, null);
    }

    private void Fail(TrainingJob job, string reason, string? model = null)
    {
        lock (gate)
        {
            job.FailureReason = reason.Length > MaxReason ? reason[..MaxReason] : reason;
            Finish(job, "Failed", "Failed", model);
        }
    }

    private void Finish(TrainingJob job, string status, string secondary, string? model)
    {
        Move(job, secondary, job.FailureReason ?? $"Training job {status.ToLowerInvariant()}");
        job.ModelArtifacts = model;
        job.EndedAt = account.Time.GetUtcNow();
        job.Transitions[^1] = job.Transitions[^1] with { End = job.EndedAt };
        job.Status = status;
    }
}
