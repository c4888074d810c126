using Tenfold.Core.Reasons;

namespace Tenfold.Aws.SageMaker;

/// <summary>Makes reasons from what SageMaker says about an attempt.</summary>
internal static class SageMakerReason
{
    /// <summary>Makes a reason.</summary>
    /// <param name="fact">What happened. The fact's name is stored, so that it must never change.</param>
    /// <param name="words">What it means, in plain words, with a next step if there is one.</param>
    /// <param name="job">The training job; null when there is none.</param>
    /// <param name="state">SageMaker's own secondary status or error code; null when it gave none.</param>
    /// <param name="answer">SageMaker's own words; null when it gave none.</param>
    public static Reason.OfBackend Of(SageMakerFact fact, string words, string? job = null, string? state = null, string? answer = null) =>
        Reason.OfBackend.From("sagemaker", fact, words, state, answer is { Length: > 0 } ? answer : null, ("job", job));
}

/// <summary>What happened to a training job, or why it could not be created.</summary>
internal enum SageMakerFact
{
    /// <summary>The run can never start on the target as it is.</summary>
    Refused,

    /// <summary>The agent can't be put into the store.</summary>
    AgentNotDelivered,

    /// <summary>The secrets of the runs could not be stored for the job.</summary>
    SecretsNotPassed,

    /// <summary>SageMaker refused the request.</summary>
    RequestRefused,

    /// <summary>The user may not create the job.</summary>
    Denied,

    /// <summary>A quota of the account is used up.</summary>
    QuotaReached,

    /// <summary>Another job has the name that the attempt's job must have.</summary>
    NameTaken,

    /// <summary>SageMaker gave no answer to a submission, so the job may exist or not.</summary>
    SubmissionUnanswered,

    /// <summary>SageMaker takes no more submissions at the moment.</summary>
    SubmissionsThrottled,

    /// <summary>The job's machine is being started.</summary>
    MachineStarting,

    /// <summary>SageMaker looks for a free machine.</summary>
    WaitingForMachine,

    /// <summary>The machine downloads the image and the channels.</summary>
    Downloading,

    /// <summary>The container runs, and its agent is about to begin.</summary>
    AgentStarting,

    /// <summary>AWS took the spot machine back, and SageMaker starts the job again.</summary>
    SpotInterrupted,

    /// <summary>Someone has asked SageMaker to stop the job.</summary>
    Stopping,

    /// <summary>AWS has no machine of the type.</summary>
    NoCapacity,

    /// <summary>No spot machine was free for as long as the job may wait.</summary>
    NoSpotInTime,

    /// <summary>The job's time limit was over.</summary>
    TimeLimit,

    /// <summary>Someone stopped the job with SageMaker's own tools.</summary>
    StoppedOutside,

    /// <summary>The container ended before the agent could begin.</summary>
    AgentNeverStarted,

    /// <summary>The agent was killed.</summary>
    AgentKilled,

    /// <summary>The container ended, and its agent reported no end.</summary>
    EndNotReported,

    /// <summary>The job's role may not do what the job needs.</summary>
    RoleDenied,

    /// <summary>The image can't be used.</summary>
    ImageRefused,

    /// <summary>An input of the job can't be downloaded.</summary>
    InputMissing,

    /// <summary>SageMaker can't execute the job as it was requested.</summary>
    JobInvalid,

    /// <summary>SageMaker or the machine failed.</summary>
    ServiceFailed,

    /// <summary>SageMaker lists no such job.</summary>
    NotListed,
}
