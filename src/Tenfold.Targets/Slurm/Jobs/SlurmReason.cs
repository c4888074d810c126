using Tenfold.Core.Reasons;

namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>Makes reasons from what Slurm says about an attempt.</summary>
internal static class SlurmReason
{
    private const string Backend = "slurm";

    /// <summary>Makes a reason from a state of Slurm's.</summary>
    /// <param name="state">Slurm's own code, such as <c>NODE_FAIL</c>.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    public static Reason.OfBackend OfState(string state, string words) => new(Backend, state, words);

    /// <summary>Makes a reason from a fact for which Slurm has no state.</summary>
    /// <param name="fact">What happened. The fact's name is stored, so that it must never change.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    /// <param name="answer">Slurm's own answer; null when it gave none.</param>
    /// <param name="about">What the fact is about, by name. A null value is left out.</param>
    public static Reason.OfBackend OfFact<TFact>(
        TFact fact, string words, string? answer = null, params (string Name, string? Value)[] about)
        where TFact : struct, Enum => Reason.OfBackend.From(Backend, fact, words, state: null, answer, about);
}

/// <summary>What Tenfold finds out about a job for which Slurm has no state. <see cref="Submit.SubmitKind"/> has the refusals.</summary>
internal enum SlurmFact
{
    /// <summary>Slurm did not answer a submission, so the job may exist or not.</summary>
    SubmissionUnanswered,

    /// <summary>As many jobs wait as the target's <c>max_queued</c> allows.</summary>
    MaxQueuedReached,

    /// <summary>No partition that the run may use allows the run's <c>max_runtime</c>.</summary>
    RuntimeTooLong,

    /// <summary>The folder in which jobs start and print can't be created.</summary>
    FolderNotCreated,

    /// <summary>This shell can't tell in which folder jobs start and print.</summary>
    FolderUnknown,

    /// <summary>The agent can't be brought to the nodes.</summary>
    AgentNotDelivered,

    /// <summary>Slurm requeued the job.</summary>
    Requeued,

    /// <summary>The node was shut down, or the agent was killed there by someone other than Slurm.</summary>
    NodeShutDown,

    /// <summary>Slurm ended the job and gave no cause.</summary>
    EndedWithoutCause,

    /// <summary>Accounting does not answer, so the state of jobs that slurmctld has forgotten is unknown.</summary>
    AccountingSilent,

    /// <summary>Neither slurmctld nor accounting knows the job's end yet.</summary>
    EndNotAccounted,

    /// <summary>Slurm lists no job at all, which may be a passing fault.</summary>
    NothingListed,
}
