namespace Tenfold.Aws.Batch.Observe;

/// <summary>What Batch says of a job.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Status">SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED.</param>
internal sealed record JobFacts(string Id, string Status)
{
    /// <summary>Why the job waits or has ended; empty for no reason.</summary>
    public string StatusReason { get; init; } = "";

    /// <summary>ECS's reason; empty for none.</summary>
    public string ContainerReason { get; init; } = "";

    /// <summary>The container's exit code; null for a container that did not run, or whose host was lost.</summary>
    public int? ExitCode { get; init; }

    /// <summary>True when someone cancelled or terminated the job.</summary>
    public bool IsStopped { get; init; }

    /// <summary>True when the job waits for a machine, and Batch gives no reason.</summary>
    public bool WaitsWithoutReason => Status == "RUNNABLE" && StatusReason.Length == 0;

    /// <summary>The stream of the job's log; null when it has none, or when that isn't known.</summary>
    public string? LogStream { get; init; }

    /// <summary>What a description says.</summary>
    public static JobFacts Of(JobDetail job)
    {
        // The job's own container is the last attempt's. Some answers have the facts only in the list of attempts.
        var last = job.Attempts.Count > 0 ? job.Attempts[^1] : null;
        return new JobFacts(job.JobId, job.Status)
        {
            StatusReason = job.StatusReason ?? last?.StatusReason ?? "",
            ContainerReason = job.Container?.Reason ?? last?.Container?.Reason ?? "",
            ExitCode = job.Container?.ExitCode ?? last?.Container?.ExitCode,
            IsStopped = job.IsCancelled == true || job.IsTerminated == true,
            LogStream = job.Container?.LogStreamName ?? last?.Container?.LogStreamName,
        };
    }

    /// <summary>What a listing says. It does not say whether someone stopped the job.</summary>
    public static JobFacts Of(JobSummary job) => new(job.JobId, job.Status ?? "")
    {
        StatusReason = job.StatusReason ?? "",
        ContainerReason = job.Container?.Reason ?? "",
        ExitCode = job.Container?.ExitCode,
    };
}
