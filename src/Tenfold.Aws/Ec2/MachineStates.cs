using Amazon.EC2.Model;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Translates the states of machines.</summary>
/// <remarks>Source: Amazon EC2 API, InstanceState and StateReason.</remarks>
internal static class MachineStates
{
    /// <summary>True for a machine that starts or runs.</summary>
    public static bool IsAlive(Instance machine) => StateOf(machine) is "pending" or "running";

    /// <summary>EC2's word for the machine's state, for example <c>shutting-down</c>.</summary>
    public static string StateOf(Instance machine) => machine.State?.Name?.Value ?? "";

    /// <summary>The state of a machine's attempt.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="isClaimed">True when an agent has begun the attempt.</param>
    public static BackendState ToBackendState(Instance machine, bool isClaimed) => StateOf(machine) switch
    {
        "pending" => new BackendState(
            BackendKind.Waiting, Ec2Reason.Of(Ec2Fact.MachineStarting, $"the machine {machine.InstanceId} is starting", "pending")),
        "running" => new BackendState(BackendKind.Running),
        _ => Ended(machine, isClaimed),
    };

    private static BackendState Ended(Instance machine, bool isClaimed)
    {
        var code = machine.StateReason?.Code ?? "";
        var id = machine.InstanceId;
        return code switch
        {
            "Server.SpotInstanceTermination" or "Server.SpotInstanceShutdown" => Gone(
                Ending.Lost, Ec2Fact.MachineReclaimed, $"Amazon took the spot machine {id} back"),
            "Server.InsufficientInstanceCapacity" => Gone(
                Ending.Lost, Ec2Fact.MachineNotProvided, $"Amazon had no machine for {id} after all"),
            "Server.InternalError" or "Server.ScheduledStop" => Gone(
                Ending.Lost, Ec2Fact.MachineFailed, $"the machine {id} failed at Amazon"),
            "Client.VolumeLimitExceeded" => Gone(
                Ending.NotStarted, Ec2Fact.DiskNotProvided,
                $"the machine {id} got no disk, because your account's quota of disks is used up: ask for more, or lower `disk`"),
            "Client.InternalError" or "Client.InvalidSnapshot.NotFound" => Gone(
                Ending.NotStarted, Ec2Fact.MachineNotStarted,
                $"the machine {id} could not start ({machine.StateReason?.Message}): check `image` and the key of encrypted disks"),
            "Client.UserInitiatedShutdown" or "Client.UserInitiatedHibernate" => Gone(
                Ending.Cancelled, Ec2Fact.StoppedOutside, $"someone ended the machine {id} with AWS's own tools"),
            // The machine ended itself. What the agent reported decides.
            _ when isClaimed => new BackendState(BackendKind.Gone),
            _ => Gone(
                Ending.NotStarted, Ec2Fact.SetupFailed,
                $"the machine {id} ended before it could begin the run: see what it printed "
                + $"(`aws ec2 get-console-output --latest --instance-id {id}`), and correct `setup`, the network or the store"),
        };

        BackendState Gone(Ending ending, Ec2Fact fact, string words) => new(
            BackendKind.Gone, Ec2Reason.Of(fact, words, code, machine.StateReason?.Message, ("machine", id)), ending);
    }
}
