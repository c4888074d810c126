using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Batch.Observe;

/// <summary>Translates the states of Batch's jobs into states of attempts.</summary>
/// <remarks>
/// Source: Batch user guide, "Job states" and "Troubleshooting"; the texts are those that Batch and ECS write into <c>statusReason</c> and
/// the container's <c>reason</c>.
/// </remarks>
internal static class BatchStates
{
    /// <summary>What Tenfold writes as the reason of a job that it ends.</summary>
    public const string StoppedByTenfold = "stopped by Tenfold";

    /// <summary>The states of jobs that have not ended.</summary>
    public static IReadOnlyList<string> Live { get; } = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"];

    /// <summary>The state of a job that was submitted just now, or of which nothing else is known yet.</summary>
    public static BackendState Submitted { get; } = Waiting(BatchFact.Submitted, "waits until AWS Batch has taken it up", "SUBMITTED");

    /// <summary>The state of the attempt that a job executes.</summary>
    public static BackendState ToState(JobFacts job) => job.Status switch
    {
        "SUBMITTED" or "PENDING" => Submitted,
        "RUNNABLE" => new BackendState(BackendKind.Waiting, WaitingReasons.Of(job.StatusReason)),
        "STARTING" => Waiting(BatchFact.MachineStarting, "its machine pulls the image", "STARTING"),
        "SUCCEEDED" => Gone(
            job, null, BatchFact.EndNotReported, $"the Batch job {job.Id} ended, but its agent never reported an end"),
        "FAILED" => Failed(job),
        // RUNNING, and states of later releases.
        _ => new BackendState(BackendKind.Running),
    };

    // The first rule that fits counts. A null ending leaves the conclusion to the agent's own report.
    private static BackendState Failed(JobFacts job)
    {
        var (why, container, id) = (job.StatusReason, job.ContainerReason, job.Id);
        if (Has(why, "Host EC2") || Has(why, "Spot Task was interrupted") || Has(container, "Spot Task was interrupted"))
        {
            return Gone(job, Ending.Lost, BatchFact.MachineReclaimed,
                $"AWS reclaimed its machine, as it may at any time with spot machines ({Quote(why)}, job {id})");
        }

        if (Has(why, "exceeded timeout"))
        {
            return Gone(job, Ending.TimeLimit, BatchFact.TimeLimitReached,
                $"AWS Batch ended it at the job's time limit (job {id}); raise `max_runtime`");
        }

        if (Has(container, "OutOfMemory"))
            return Gone(job, Ending.Signalled, BatchFact.OutOfMemory, $"it ran out of memory (job {id}); raise `memory`");
        if (Has(why, "JobStateTimeLimit")) return NeverStarted(job, BatchFact.NotStarted, WaitingReasons.Words(Tail(why, "reason:")));
        if (job.IsStopped || why == StoppedByTenfold)
            return Gone(job, Ending.Cancelled, BatchFact.StoppedOutside, $"the Batch job {id} was stopped outside Tenfold ({Quote(why)})");
        if (StartFaults.Explain(why, container) is var (fact, words, isTransient))
            return isTransient ? Gone(job, Ending.Lost, fact, $"{words} (job {id})") : NeverStarted(job, fact, words);
        return job.ExitCode switch
        {
            // The agent exits so when it could not report, and the start script when it could not fetch the agent.
            { } code when code is not (137 or 143) => Gone(
                job, null, BatchFact.JobExited, $"its job ended with exit code {code} (job {id}{Also(container)})"),
            { } code => Gone(
                job, Ending.Lost, BatchFact.AgentKilled, $"its agent was killed (signal {code - 128}, job {id}{Also(container)})"),
            null => Gone(
                job, Ending.Lost, BatchFact.MachineLost,
                $"its machine was lost, or its container could not run ({Quote(why)}, job {id}{Also(container)})"),
        };
    }

    private static BackendState NeverStarted(JobFacts job, BatchFact fact, string words) =>
        Gone(job, Ending.NotStarted, fact, $"AWS Batch could not start it: {words} (job {job.Id})");

    private static BackendState Waiting(BatchFact fact, string words, string state) =>
        new(BackendKind.Waiting, BatchReason.Of(fact, words, state));

    private static BackendState Gone(JobFacts job, Ending? end, BatchFact fact, string words) => new(
        BackendKind.Gone,
        BatchReason.Of(
            fact, words, job.Status, job.ContainerReason.Length > 0 ? job.ContainerReason : job.StatusReason, ("job", job.Id)),
        end);

    private static string Also(string container) => container.Length > 0 ? $": {Quote(container)}" : "";

    private static string Quote(string words) => words.Length > 0 ? $"AWS: {words.Trim().TrimEnd('.')}" : "AWS gives no reason";

    private static string Tail(string text, string after) =>
        text.IndexOf(after, StringComparison.Ordinal) is >= 0 and var at ? text[(at + after.Length)..].Trim() : text;

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
