using Amazon.EC2.Model;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Jobs;

namespace Tenfold.Aws.Ec2;

/// <summary>Lists the machines of attempts.</summary>
/// <param name="ec2">EC2.</param>
internal sealed class MachineList(IEc2 ec2)
{
    // The most values that a filter may have.
    private const int ValuesAtOnce = 200;

    /// <summary>
    /// Finds the machines of attempts. A new machine may be missing for some seconds, and one that ended is gone after an hour.
    /// </summary>
    /// <returns>Attempt to machine. If an attempt has several, the one that runs counts.</returns>
    /// <exception cref="Core.Targets.TargetException">EC2 does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, Instance>> FindAsync(
        IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, Instance>();
        foreach (var chunk in attempts.Distinct().Chunk(ValuesAtOnce))
        {
            var machines = await Ec2Faults.TranslateAsync(
                () => ec2.ListAsync([MachineTags.Filter(ResourceTags.Attempt, chunk)], cancellationToken));
            foreach (var machine in machines)
                if (MachineTags.AttemptOf(machine) is { } attempt
                    && (!found.TryGetValue(attempt, out var other) || MachineStates.IsAlive(machine) || !MachineStates.IsAlive(other)))
                    found[attempt] = machine;
        }

        return found;
    }

    /// <summary>Lists the attempts of a ledger that have machines.</summary>
    /// <exception cref="Core.Targets.TargetException">EC2 does not answer.</exception>
    public async Task<IReadOnlyList<string>> ListLiveAsync(string ledger, CancellationToken cancellationToken)
    {
        var filters = new List<Filter>
        {
            MachineTags.Filter(ResourceTags.Ledger, [ledger]),
            new("instance-state-name", ["pending", "running"]),
        };
        var machines = await Ec2Faults.TranslateAsync(() => ec2.ListAsync(filters, cancellationToken));
        return [.. machines.Select(machine => MachineTags.AttemptOf(machine)).OfType<string>().Distinct()];
    }

    /// <summary>Finds machines by their ids.</summary>
    /// <exception cref="Core.Targets.TargetException">EC2 does not answer.</exception>
    public Task<IReadOnlyList<Instance>> FindByIdAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        Ec2Faults.TranslateAsync(() => ec2.ListAsync([new Filter("instance-id", [.. ids])], cancellationToken));
}
