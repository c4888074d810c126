namespace Tenfold.Aws.Ec2;

/// <summary>What is known of an attempt on EC2. Ledgers store the names, so that none may be changed or removed.</summary>
internal enum Ec2Fact
{
    /// <summary>The agent can't be put into the store.</summary>
    AgentNotDelivered,

    /// <summary>The secrets of the run could not be stored for its machine.</summary>
    SecretsNotPassed,

    /// <summary>No machine type that Tenfold knows has what the run needs.</summary>
    MachineNotFound,

    /// <summary>The machine type has an Arm processor.</summary>
    WrongProcessor,

    /// <summary>The machine type has less than the run needs.</summary>
    MachineTooSmall,

    /// <summary>The machine's script is longer than EC2 accepts.</summary>
    ScriptTooLong,

    /// <summary>The stack has no subnets.</summary>
    SubnetNotFound,

    /// <summary>A machine of the target's <c>instances</c> does not exist.</summary>
    InstanceNotFound,

    /// <summary>All machines of the target's <c>instances</c> were terminated.</summary>
    InstancesEnded,

    /// <summary>No machine of the target's <c>instances</c> is stopped.</summary>
    InstancesInUse,

    /// <summary>Amazon has no free machine of the type at the moment.</summary>
    NoCapacity,

    /// <summary>The type is not offered in the stack's zones.</summary>
    TypeNotOffered,

    /// <summary>The stack's subnets have no free address.</summary>
    NoFreeAddress,

    /// <summary>The spot price is above the on-demand price.</summary>
    SpotPriceTooHigh,

    /// <summary>A quota of the account is used up.</summary>
    QuotaReached,

    /// <summary>The AWS identity may not launch the machine.</summary>
    LaunchDenied,

    /// <summary>Amazon still verifies the account for the region.</summary>
    AccountNotVerified,

    /// <summary>The machine is still stopping.</summary>
    InstanceStopping,

    /// <summary>EC2 receives too many requests from the account.</summary>
    Throttled,

    /// <summary>EC2 did not answer the launch. A second launch with the same token makes no second machine.</summary>
    LaunchUnanswered,

    /// <summary>A part of the stack is missing.</summary>
    StackIncomplete,

    /// <summary>EC2 refused the machine; the reason's state is its code.</summary>
    LaunchRefused,

    /// <summary>The machine is starting.</summary>
    MachineStarting,

    /// <summary>EC2 does not show the new machine yet.</summary>
    MachineNotListed,

    /// <summary>EC2 has no machine for the attempt, and no agent has started it.</summary>
    MachineMissing,

    /// <summary>Amazon took the spot machine back.</summary>
    MachineReclaimed,

    /// <summary>Amazon had no machine after it had accepted the launch.</summary>
    MachineNotProvided,

    /// <summary>The machine failed at Amazon.</summary>
    MachineFailed,

    /// <summary>The machine got no disk, because a quota is used up.</summary>
    DiskNotProvided,

    /// <summary>The machine could not start.</summary>
    MachineNotStarted,

    /// <summary>Somebody ended the machine with other tools than Tenfold.</summary>
    StoppedOutside,

    /// <summary>The machine ended before it could begin the run.</summary>
    SetupFailed,

    /// <summary>The machine was shut down while its attempt ran.</summary>
    MachineShutDown,
}
