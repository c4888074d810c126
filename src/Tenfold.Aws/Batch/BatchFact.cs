namespace Tenfold.Aws.Batch;

/// <summary>What is known of an attempt on AWS Batch. Ledgers store the names, so that none may be changed or removed.</summary>
internal enum BatchFact
{
    /// <summary>The agent can't be put into the store.</summary>
    AgentNotDelivered,

    /// <summary>The stack was deleted, and its queues with it.</summary>
    StackDeleted,

    /// <summary>The secrets of the run could not be stored for its job.</summary>
    SecretsNotPassed,

    /// <summary>The target's <c>setup</c> is longer than a job may carry.</summary>
    SetupTooLong,

    /// <summary>The stack has no queue of such machines.</summary>
    QueueNotInStack,

    /// <summary>The queue has fair-share scheduling, and the target names no share.</summary>
    ShareMissing,

    /// <summary>The target names a share, and the queue has no fair-share scheduling.</summary>
    ShareNotUsed,

    /// <summary>No role is known with which jobs read and write the store.</summary>
    JobRoleMissing,

    /// <summary>No role is known with which Fargate pulls the image.</summary>
    ExecutionRoleMissing,

    /// <summary>No machine of the queue has a GPU.</summary>
    GpuNotFound,

    /// <summary>The run may take longer than the queue allows.</summary>
    RuntimeTooLong,

    /// <summary>No machine of the queue has as many cores or as much memory as the run needs.</summary>
    JobTooLarge,

    /// <summary>The run needs more than the queue's maximum of vCPUs.</summary>
    QueueTooSmall,

    /// <summary>The job's variables are longer than ECS allows.</summary>
    VariablesTooLong,

    /// <summary>The queue is disabled.</summary>
    QueueDisabled,

    /// <summary>AWS calls the queue invalid.</summary>
    QueueInvalid,

    /// <summary>The compute environments of the queue are disabled.</summary>
    EnvironmentDisabled,

    /// <summary>AWS calls the compute environments of the queue invalid.</summary>
    EnvironmentInvalid,

    /// <summary>All vCPUs of the queue are in use.</summary>
    QueueFull,

    /// <summary>An earlier submission was interrupted, and its job may still appear.</summary>
    SubmissionInterrupted,

    /// <summary>AWS did not answer a submission, so the job may exist or not.</summary>
    SubmissionUnanswered,

    /// <summary>AWS refused a submission; the reason's state is its code.</summary>
    SubmissionRefused,

    /// <summary>AWS could not take a submission now; the reason's state is its code.</summary>
    SubmissionFailed,

    /// <summary>Batch has not looked at the job yet.</summary>
    Submitted,

    /// <summary>The job waits for a machine, and Batch says nothing else.</summary>
    WaitsForMachine,

    /// <summary>The first job of the queue can't start; the reason's state is Batch's code.</summary>
    QueueBlocked,

    /// <summary>The job has waited for long, and nothing is known to be wrong.</summary>
    WaitsWithoutReason,

    /// <summary>The machine of the job pulls the image.</summary>
    MachineStarting,

    /// <summary>Batch lists no job for an attempt that was submitted.</summary>
    JobNotListed,

    /// <summary>The job succeeded, but its agent never reported an end.</summary>
    EndNotReported,

    /// <summary>AWS took the machine of the job back.</summary>
    MachineReclaimed,

    /// <summary>The job was ended at its time limit.</summary>
    TimeLimitReached,

    /// <summary>The job ran out of memory.</summary>
    OutOfMemory,

    /// <summary>Batch could not start the job, after it had waited.</summary>
    NotStarted,

    /// <summary>Somebody stopped the job with other tools than Tenfold.</summary>
    StoppedOutside,

    /// <summary>The job ended with an exit code, without a report of its agent.</summary>
    JobExited,

    /// <summary>A signal killed the agent.</summary>
    AgentKilled,

    /// <summary>The machine was lost, or the container could not run.</summary>
    MachineLost,

    /// <summary>The job ended before its agent started.</summary>
    SetupFailed,

    /// <summary>The registry limits how often images are pulled.</summary>
    RegistryLimit,

    /// <summary>The machine's disk is full.</summary>
    DiskFull,

    /// <summary>The machine can't connect to the registry of the image.</summary>
    RegistryUnreachable,

    /// <summary>The image is made for another processor.</summary>
    WrongProcessor,

    /// <summary>There is no such image.</summary>
    ImageNotFound,

    /// <summary>The image could not be pulled.</summary>
    ImageNotPulled,

    /// <summary>ECS can't assume a role of the job.</summary>
    RoleNotAssumed,

    /// <summary>ECS could not prepare the task.</summary>
    TaskNotPrepared,

    /// <summary>The image has no shell.</summary>
    ShellMissing,

    /// <summary>Docker could not create or start the container.</summary>
    ContainerNotStarted,

    /// <summary>Docker did not answer in time.</summary>
    DockerSilent,

    /// <summary>ECS lost sight of the container.</summary>
    ContainerLost,
}
