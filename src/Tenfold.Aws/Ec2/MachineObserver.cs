using Amazon.EC2.Model;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>Finds the states of attempts by the tags of their machines.</summary>
/// <param name="machines">Lists machines.</param>
/// <param name="store">The store in which the agents report.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineObserver(MachineList machines, IStore store, TimeProvider time)
{
    private const int ReadsAtOnce = 32;

    // EC2 usually shows a new machine within seconds. An agent reports its claim within minutes of the launch.
    private static readonly TimeSpan Invisible = TimeSpan.FromMinutes(10);

    private readonly MissingAttempts _missing = new(store, time);

    /// <inheritdoc cref="ITarget.ObserveAsync"/>
    public async Task<IReadOnlyList<BackendState>> ObserveAsync(IReadOnlyList<string> attempts, CancellationToken cancellationToken)
    {
        var found = await machines.FindAsync(attempts, cancellationToken);
        var states = new List<BackendState>();
        foreach (var chunk in attempts.Chunk(ReadsAtOnce))
            states.AddRange(await Task.WhenAll(
                chunk.Select(attempt => StateOfAsync(attempt, found.GetValueOrDefault(attempt), cancellationToken))));
        return states;
    }

    private async Task<BackendState> StateOfAsync(string attempt, Instance? machine, CancellationToken cancellationToken)
    {
        if (machine is not null) await _missing.ForgetAsync(attempt, cancellationToken);
        if (machine is not null && MachineStates.IsAlive(machine)) return MachineStates.ToBackendState(machine, isClaimed: false);
        var isClaimed = await store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken);
        if (machine is not null) return MachineStates.ToBackendState(machine, isClaimed);
        // An ended machine is listed for an hour, and loses its tags earlier. Its agent has left a claim.
        if (isClaimed || !await store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken))
            return new BackendState(BackendKind.Gone);
        return await _missing.IsLongerThanAsync(attempt, Invisible, cancellationToken)
            ? new BackendState(
                BackendKind.Gone,
                Ec2Reason.Of(Ec2Fact.MachineMissing, "EC2 has no machine for the attempt, and no agent has started it"), Ending.Lost)
            : new BackendState(BackendKind.Waiting, Ec2Reason.Of(Ec2Fact.MachineNotListed, "EC2 does not show the new machine yet"));
    }
}
