namespace Tenfold.Targets.Slurm.Submit;

/// <summary>
/// What Slurm's answer to a submission means. <see cref="SubmitAnswerParser"/> is the only place that derives it from Slurm's words;
/// <see cref="SubmitRefusals"/> says what follows from each refusal. The names of refusals are stored with runs, so they never change.
/// </summary>
internal enum SubmitKind
{
    /// <summary>Slurm accepted the job.</summary>
    Accepted,

    /// <summary>No answer arrived: Slurm may have accepted the job, or may still accept it.</summary>
    NoAnswer,

    /// <summary>The array has more elements than the cluster allows.</summary>
    ArrayTooLarge,

    /// <summary>A refusal that this program doesn't know, in words that promise a later success.</summary>
    OtherTemporary,

    /// <summary>A refusal that this program doesn't know.</summary>
    Other,

    /// <summary>Slurm's queue is full.</summary>
    QueueFull,

    /// <summary>A limit of the account or of the quality of service is reached.</summary>
    LimitReached,

    /// <summary>Slurm accepts no jobs at the moment.</summary>
    SubmissionsDisabled,

    /// <summary>The user sends more requests than Slurm allows.</summary>
    RateLimited,

    /// <summary>slurmctld could not write the script to its disk.</summary>
    ScriptNotWritten,

    /// <summary>All suitable nodes are busy.</summary>
    NodesBusy,

    /// <summary>A maintenance reservation begins before the job could end.</summary>
    MaintenanceNear,

    /// <summary>The partition doesn't exist.</summary>
    PartitionNotFound,

    /// <summary>The user may not use the partition.</summary>
    PartitionDenied,

    /// <summary>The partition's nodes can't serve the job at the moment.</summary>
    PartitionNotReady,

    /// <summary>The partition is inactive or drained.</summary>
    PartitionInactive,

    /// <summary>The partition is down.</summary>
    PartitionDown,

    /// <summary>The account doesn't exist, or doesn't go with the partition.</summary>
    AccountNotFound,

    /// <summary>The account may not use the partition.</summary>
    AccountDenied,

    /// <summary>The quality of service doesn't exist for this user.</summary>
    QosNotFound,

    /// <summary>The quality of service may not be used.</summary>
    QosDenied,

    /// <summary>No node has the features.</summary>
    FeatureNotFound,

    /// <summary>The cluster has no such GPUs.</summary>
    GpuNotFound,

    /// <summary>No node has as much memory.</summary>
    TooMuchMemory,

    /// <summary>No node has as many cores.</summary>
    TooManyCores,

    /// <summary>No node has everything that the job requests.</summary>
    NoSuitableNode,

    /// <summary>The number of nodes isn't possible.</summary>
    NodeCountInvalid,

    /// <summary>A named node doesn't exist.</summary>
    NodeNotFound,

    /// <summary>The time limit is longer than the partition allows.</summary>
    TimeLimitTooLong,

    /// <summary>The time limit can't be read.</summary>
    TimeLimitInvalid,

    /// <summary>The reservation doesn't exist.</summary>
    ReservationNotFound,

    /// <summary>The user may not use the reservation.</summary>
    ReservationDenied,

    /// <summary>The reservation can't be used at the moment.</summary>
    ReservationNotReady,

    /// <summary>The licences don't exist.</summary>
    LicenseNotFound,

    /// <summary>All licences are in use.</summary>
    LicensesInUse,

    /// <summary>The cluster doesn't forward X11.</summary>
    NoX11,

    /// <summary>sbatch doesn't know an option.</summary>
    OptionNotKnown,

    /// <summary>The user may not submit jobs.</summary>
    UserDenied,

    /// <summary>The cluster doesn't know the user.</summary>
    UserNotFound,
}
