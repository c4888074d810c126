using System.Buffers.Text;
using System.Globalization;
using System.Text;
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
        if (machine is not null && MachineStates.IsAlive(machine)) return MachineStates.ToBackendState(machine, isClaimed: false);
        var isClaimed = await store.ExistsAsync(AttemptKeys.Claim(attempt), cancellationToken);
        if (machine is not null) return MachineStates.ToBackendState(machine, isClaimed);
        // An ended machine is listed for an hour, and loses its tags earlier. Its agent has left a claim.
        if (isClaimed || !await store.ExistsAsync(AttemptKeys.Assignment(attempt), cancellationToken))
            return new BackendState(BackendKind.Gone);
        return await IsMissingForLongAsync(attempt, cancellationToken)
            ? new BackendState(
                BackendKind.Gone,
                Ec2Reason.Of(Ec2Fact.MachineMissing, "EC2 has no machine for the attempt, and no agent has started it"), Ending.Lost)
            : new BackendState(BackendKind.Waiting, Ec2Reason.Of(Ec2Fact.MachineNotListed, "EC2 does not show the new machine yet"));
    }

    // The time is in the store, so that commands that look only once come to a conclusion together.
    private async Task<bool> IsMissingForLongAsync(string attempt, CancellationToken cancellationToken)
    {
        var (key, now) = (AttemptKeys.Missing(attempt), time.GetUtcNow());
        if (Utf8Parser.TryParse(await store.ReadAsync(key, cancellationToken), out long at, out _))
            return (now - DateTimeOffset.FromUnixTimeMilliseconds(at)).Duration() > Invisible;
        var text = now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        await store.WriteAsync(key, Encoding.ASCII.GetBytes(text), cancellationToken);
        return false;
    }
}
