using System.Globalization;
using System.Text.RegularExpressions;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker.Observe;

/// <summary>Translates the states of training jobs into states of attempts, in plain words with a next step.</summary>
/// <remarks>
/// Source: SageMaker API, DescribeTrainingJob (TrainingJobStatus, SecondaryStatus, FailureReason). MaxRuntimeExceeded is a kind of Stopped,
/// not of Failed.
/// </remarks>
internal static partial class TrainingStates
{
    /// <summary>SIGKILL and SIGTERM, as a container's exit code.</summary>
    private const int Killed = 137, Terminated = 143;

    /// <summary>The state of a job that was created just now, or of which nothing else is known yet.</summary>
    public static BackendState Starting(string job) => Waiting(
        SageMakerFact.MachineStarting, "waits for its machine, which SageMaker starts", job, "Starting");

    /// <summary>The state of a job that runs.</summary>
    public static BackendState Running { get; } = new(BackendKind.Running);

    /// <summary>The state of a job that ends soon, because someone has stopped it before its agent began.</summary>
    public static BackendState Stopping(string job) =>
        Waiting(SageMakerFact.Stopping, "SageMaker is stopping its training job", job, "Stopping");

    /// <summary>The state of a job that has not ended, and whose agent has not begun.</summary>
    public static BackendState OfWaiting(TrainingJob job)
    {
        var (name, secondary) = (job.TrainingJobName, job.SecondaryStatus);
        var said = job.SecondaryStatusTransitions.Count > 0 ? job.SecondaryStatusTransitions[^1].StatusMessage ?? "" : "";
        return secondary switch
        {
            "Downloading" or "DownloadingTrainingImage" =>
                Waiting(SageMakerFact.Downloading, "its machine downloads the image", name, secondary),
            "Training" or "Uploading" => Waiting(SageMakerFact.AgentStarting, "its machine runs, and its agent starts", name, secondary),
            "Interrupted" or "Restarting" => Waiting(
                SageMakerFact.SpotInterrupted, "AWS took its spot machine back, and SageMaker looks for another one", name, secondary),
            "Pending" => Waiting(
                SageMakerFact.WaitingForMachine, "waits until AWS has a machine of its type", name, secondary, said),
            _ when said.Contains("apacity", StringComparison.Ordinal) => Waiting(
                SageMakerFact.WaitingForMachine,
                "AWS has no free machine of its type; SageMaker tries again, or name another `instance_type`", name, secondary, said),
            _ => Starting(name),
        };
    }

    /// <summary>The state of a job that has ended.</summary>
    /// <remarks>
    /// How the attempt ended counts only when its agent reported no end. A null ending leaves the conclusion to the store.
    /// </remarks>
    public static BackendState OfEnded(TrainingJob job) => (job.TrainingJobStatus, job.SecondaryStatus) switch
    {
        ("Stopped", "MaxRuntimeExceeded") => Gone(
            job, Ending.TimeLimit, SageMakerFact.TimeLimit, "SageMaker ended it at its time limit; raise `max_runtime`"),
        ("Stopped", "MaxWaitTimeExceeded") => Gone(
            job, HasTrained(job) ? Ending.Lost : Ending.NotStarted, SageMakerFact.NoSpotInTime,
            "AWS had no spot machine for as long as the job may wait: raise `max_wait` of the target, name another `instance_type`, or "
            + "set `spot: false`"),
        ("Stopped", _) => Gone(job, Ending.Cancelled, SageMakerFact.StoppedOutside, "its training job was stopped outside Tenfold"),
        ("Failed", _) => Failed(job),
        _ => Completed(job.TrainingJobName),
    };

    /// <summary>The state of a job that completed.</summary>
    public static BackendState Completed(string job) => new(
        BackendKind.Gone,
        SageMakerReason.Of(
            SageMakerFact.EndNotReported, $"the training job {job} completed, but its agent never reported an end", job, "Completed"));

    /// <summary>The state of a job that has ended, and whose agent has reported an end, which counts.</summary>
    public static BackendState Reported(string job, string status) => new(
        BackendKind.Gone, SageMakerReason.Of(SageMakerFact.EndNotReported, $"the training job {job} has ended", job, status));

    /// <summary>The state of a job that SageMaker lists no more.</summary>
    public static BackendState NotListed(string? job) => new(
        BackendKind.Gone,
        SageMakerReason.Of(SageMakerFact.NotListed, "SageMaker lists no training job of it (any more)", job));

    /// <summary>The exit code of the container in a FailureReason; null when it has none.</summary>
    public static int? ExitCodeIn(string reason) =>
        ExitCode().Match(reason) is { Success: true, Groups: var parts }
        && int.TryParse(parts[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;

    private static BackendState Failed(TrainingJob job)
    {
        var reason = job.FailureReason ?? "";
        var (fact, end, words) = FailureReasons.Read(reason);
        if (fact != SageMakerFact.EndNotReported) return Gone(job, end, fact, words);
        return ExitCodeIn(reason) switch
        {
            Killed => Gone(
                job, Ending.Lost, SageMakerFact.AgentKilled,
                "its container was killed, perhaps because the memory was used up: raise `memory`, or name a larger `instance_type`"),
            Terminated => Gone(job, Ending.Lost, SageMakerFact.AgentKilled, "its container was ended from outside"),
            var code => Gone(
                job, null, SageMakerFact.EndNotReported, code is { } known ? $"its container ended with exit code {known}" : words),
        };
    }

    private static bool HasTrained(TrainingJob job) =>
        job.TrainingStartTime is not null || job.SecondaryStatusTransitions.Any(one => one.Status is "Training" or "Interrupted");

    private static BackendState Gone(TrainingJob job, Ending? end, SageMakerFact fact, string words) => new(
        BackendKind.Gone,
        SageMakerReason.Of(
            fact, $"{words} ({Quote(job.FailureReason)}training job {job.TrainingJobName})", job.TrainingJobName, job.SecondaryStatus,
            job.FailureReason),
        end);

    private static BackendState Waiting(SageMakerFact fact, string words, string job, string? state, string? said = null) => new(
        BackendKind.Waiting,
        SageMakerReason.Of(fact, said is { Length: > 0 } ? $"{words} ({Quote(said)[..^2]})" : words, job, state, said));

    private static string Quote(string? said) => said is { Length: > 0 } ? $"AWS: {said.Trim().TrimEnd('.')}, " : "";

    [GeneratedRegex(@"exit code: ([0-9]{1,3})\s*$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ExitCode();
}
