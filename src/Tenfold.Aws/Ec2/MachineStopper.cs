using Amazon.EC2.Model;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Ends the machines of unwanted runs. A machine is ended at once when its agent has not started. A running agent stops by itself and then
/// ends its machine, so its machine is ended here only when the agent is stuck.
/// </summary>
/// <param name="ec2">EC2.</param>
/// <param name="machines">Lists machines.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineStopper(IEc2 ec2, MachineList machines, IStore store, TimeProvider time)
{
    private readonly StuckAgents _stuck = new(store, time);

    /// <inheritdoc cref="Core.Targets.ITarget.StopAsync"/>
    public async Task StopAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        if (attempts.Count == 0) return;
        var found = await machines.FindAsync(attempts, cancellationToken);
        var unwanted = new List<Instance>();
        foreach (var (attempt, machine) in found)
            if (MachineStates.IsAlive(machine) && await MayEndAsync(attempt, cancellationToken)) unwanted.Add(machine);
        await EndAsync([.. unwanted.Where(MachineTags.IsBorrowed)], ec2.StopAsync, cancellationToken);
        await EndAsync([.. unwanted.Where(machine => !MachineTags.IsBorrowed(machine))], ec2.TerminateAsync, cancellationToken);
    }

    // If EC2 doesn't know one id yet, the whole call ends nothing. The machine of that id finds the stop mark, and ends itself.
    private static async Task EndAsync(
        IReadOnlyList<Instance> unwanted, Func<IReadOnlyList<string>, CancellationToken, Task> end, CancellationToken cancellationToken)
    {
        if (unwanted.Count == 0) return;
        List<string> ids = [.. unwanted.Select(machine => machine.InstanceId)];
        try
        {
            await end(ids, cancellationToken);
        }
        catch (AwsException e) when (e.Fault is AwsFault.NotFound or AwsFault.Conflict && ids.Count > 1)
        {
            foreach (var machine in unwanted) await EndAsync([machine], end, cancellationToken);
        }
        catch (AwsException e) when (e.Fault is AwsFault.NotFound or AwsFault.Conflict)
        {
            // The next round tries again.
        }
        catch (AwsException e)
        {
            throw Ec2Faults.ToTarget(e);
        }
    }

    private async Task<bool> MayEndAsync(string attempt, CancellationToken cancellationToken) =>
        !await store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken)
        || (await StopMarks.ReadTimeAsync(store, attempt, cancellationToken) is { } requestedAt
            && await _stuck.IsStuckAsync(attempt, requestedAt, cancellationToken));
}
