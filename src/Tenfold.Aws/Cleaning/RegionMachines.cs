using Amazon.EC2.Model;
using Tenfold.Aws.Ec2;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Cleaning;

/// <summary>
/// Finds a ledger's machines and disks. A machine that runs is a leftover unless the ledger wants its attempt.
/// </summary>
/// <param name="ec2">EC2.</param>
internal sealed class RegionMachines(IEc2 ec2)
{
    /// <inheritdoc cref="IFindsLeftovers.FindLeftoversAsync"/>
    public async Task<IReadOnlyList<TargetLeftover>> FindAsync(string ledger, CancellationToken cancellationToken)
    {
        var left = await new MachineLeftovers(ec2).FindAsync(ledger, cancellationToken);
        var running = await ec2.ListAsync(
            [MachineTags.Filter(ResourceTags.Ledger, [ledger]), new Filter("instance-state-name", ["pending", "running"])],
            cancellationToken);
        return
        [
            .. left,
            .. running.Where(machine => !MachineTags.IsBorrowed(machine)).Select(machine => new TargetLeftover(
                machine.InstanceId, "the machine runs, and the ledger wants no attempt of it")
            {
                Attempt = MachineTags.AttemptOf(machine),
                RemoveAsync = token => RegionLeftovers.RemoveAsync(() => ec2.TerminateAsync([machine.InstanceId], token)),
            }),
        ];
    }
}
