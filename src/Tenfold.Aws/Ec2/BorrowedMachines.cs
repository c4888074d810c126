using Amazon.EC2.Model;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Starts stopped machines of the user's own, one for each attempt. The machine's tag names its attempt. It is set before the machine
/// starts, so a call that is interrupted is continued by the next one.
/// </summary>
/// <param name="ec2">EC2.</param>
/// <param name="machines">Lists machines.</param>
internal sealed class BorrowedMachines(IEc2 ec2, MachineList machines)
{
    private readonly Dictionary<string, Instance> _own = [];
    private readonly HashSet<string> _taken = [];

    /// <summary>Reads the states of the machines that the options name.</summary>
    /// <exception cref="TargetException">EC2 does not answer.</exception>
    public async Task ReadAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        List<string> wanted = [.. ids.Where(id => !_own.ContainsKey(id)).Distinct()];
        if (wanted.Count == 0) return;
        foreach (var machine in await machines.FindByIdAsync(wanted, cancellationToken)) _own[machine.InstanceId] = machine;
    }

    /// <summary>Starts a machine for an attempt.</summary>
    /// <param name="assignment">The attempt.</param>
    /// <param name="options">The options, whose machines were read before.</param>
    /// <param name="script">The machine's script.</param>
    /// <param name="region">The region.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<StartOutcome> StartAsync(
        Assignment assignment, Ec2Options options, string script, string region, CancellationToken cancellationToken)
    {
        if (options.Instances.FirstOrDefault(id => !_own.ContainsKey(id)) is { } unknown)
            return new StartOutcome(StartKind.Invalid, Ec2Reason.Of(
                Ec2Fact.InstanceNotFound,
                $"there is no machine {unknown} in {region}: correct `instances` or `region` of the target", about: ("machine", unknown)));
        var free = options.Instances.Select(id => _own[id]).FirstOrDefault(IsFree);
        if (free is null) return NoneFree(options);
        _taken.Add(free.InstanceId);
        try
        {
            await ec2.TagAsync(free.InstanceId, MachineTags.Of(assignment, stack: null), cancellationToken);
            await ec2.SetUserDataAsync(free.InstanceId, script, cancellationToken);
            await ec2.StartAsync(free.InstanceId, cancellationToken);
            return StartOutcome.Started;
        }
        catch (AwsException e)
        {
            return LaunchRefusals.ToOutcome(e, $"{free.InstanceType?.Value} machine", region);
        }
    }

    private bool IsFree(Instance machine) => MachineStates.StateOf(machine) == "stopped" && !_taken.Contains(machine.InstanceId);

    private StartOutcome NoneFree(Ec2Options options)
    {
        var states = options.Instances.Select(id => $"{id} {MachineStates.StateOf(_own[id])}").Take(5);
        var isForEver = options.Instances.All(id => MachineStates.StateOf(_own[id]) is "terminated" or "shutting-down");
        return isForEver
            ? new StartOutcome(StartKind.Invalid, Ec2Reason.Of(
                Ec2Fact.InstancesEnded, "all `instances` of the target were terminated: name others"))
            : new StartOutcome(StartKind.NoCapacity, Ec2Reason.Of(
                Ec2Fact.InstancesInUse,
                $"no machine of the target's `instances` is stopped ({string.Join(", ", states)}); a run starts when one is"));
    }
}
