using Amazon.EC2.Model;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Wire;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Finds machines and disks that cost money and that no attempt needs: machines that someone stopped instead of ending them, and disks that
/// outlived their machine.
/// </summary>
/// <param name="ec2">EC2.</param>
internal sealed class MachineLeftovers(IEc2 ec2)
{
    /// <inheritdoc cref="IFindsLeftovers.FindLeftoversAsync"/>
    public async Task<IReadOnlyList<TargetLeftover>> FindAsync(string ledger, CancellationToken cancellationToken)
    {
        var own = MachineTags.Filter(ResourceTags.Ledger, [ledger]);
        var stopped = await Ec2Faults.TranslateAsync(
            () => ec2.ListAsync([own, new Filter("instance-state-name", ["stopped", "stopping"])], cancellationToken));
        var volumes = await Ec2Faults.TranslateAsync(() => ec2.ListFreeVolumesAsync(own, cancellationToken));
        return
        [
            // A machine of the user's own stays.
            .. stopped.Where(machine => !MachineTags.IsBorrowed(machine)).Select(machine => new TargetLeftover(
                machine.InstanceId, "someone stopped the machine, and its disk is paid for")
            {
                RemoveAsync = token => RemoveAsync(() => ec2.TerminateAsync([machine.InstanceId], token)),
            }),
            .. volumes.Select(volume => new TargetLeftover(volume, "the disk outlived its machine")
            {
                RemoveAsync = token => RemoveAsync(() => ec2.DeleteVolumeAsync(volume, token)),
            }),
        ];
    }

    private static async Task RemoveAsync(Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // It is gone.
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }
    }
}
