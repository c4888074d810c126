using Tenfold.Core.Platform;
using Tenfold.Core.Pools;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>
/// Starts as many instances as the waiting attempts of a pool need, and never one that isn't listed. Starting is idempotent, and the
/// waiting attempts are in the store: so a round that is interrupted anywhere is continued by the next one, of any controller.
/// </summary>
/// <param name="pool">The pool.</param>
/// <param name="store">Its store.</param>
/// <param name="cloud">The cloud.</param>
/// <param name="time">The clock.</param>
public sealed class InstanceStarter(string pool, IStore store, IPoolInstances cloud, TimeProvider time)
{
    /// <summary>An instance that has run for longer without its agent has a fault.</summary>
    public static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(10);

    // An instance that was refused is tried again after this time. A stopping one is tried in each round.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    private readonly PoolRoster _roster = new(store, pool);
    private readonly RecentlyUsed<string, bool> _deleted = new(TimeSpan.FromHours(1), time);
    private readonly Dictionary<string, (InstanceRefusal Refusal, long At)> _refused = [];

    /// <summary>Starts what is needed.</summary>
    /// <param name="wanted">The waiting attempts, the first to start first.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    /// <exception cref="TargetException">The cloud does not answer.</exception>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<StartRound> RunAsync(IReadOnlyList<WaitingAttempt> wanted, CancellationToken cancellationToken)
    {
        var instances = await cloud.ListAsync([.. wanted.SelectMany(one => one.Instances).Distinct()], cancellationToken);
        var situation = await PoolSituation.ReadAsync(_roster, instances, cancellationToken);
        var rooms = situation.Rooms.ToList();
        var round = new StartRound();
        foreach (var one in wanted)
        {
            if (rooms.Find(room => room.Serves(one) && room.Packing.TryAdd(one.Group, one.Work)) is { } found)
            {
                if (found is { Name: null, Instance: { } starting }) round.Waiting[one.Attempt] = Starting(starting);
                continue;
            }

            if (await StartForAsync(one, situation, rooms, round, cancellationToken) is { } why) round.Waiting[one.Attempt] = why;
        }

        return round;
    }

    // Returns why the attempt waits; null when nothing is known that the usual explanation lacks.
    private async Task<InstanceWait?> StartForAsync(
        WaitingAttempt one, PoolSituation situation, List<MachineRoom> rooms, StartRound round, CancellationToken cancellationToken)
    {
        InstanceWait? wait = null;
        foreach (var id in one.Instances)
        {
            if (round.Started.Contains(id) || situation.Find(id) is not { } instance) continue;
            var size = situation.SizeOf(instance);
            if (situation.WhyUnfit(instance, one) is { } unfit)
            {
                wait = InstanceWait.Least(wait, unfit);
                continue;
            }

            if (!RunPacking.Fits(size, one.Work)) continue;
            if (instance.State is InstanceState.Starting or InstanceState.Running)
            {
                var isAlone = situation.AgentOf(id) is not { IsOnline: true } && !situation.IsBooting(instance);
                if (isAlone) wait = InstanceWait.Least(wait, Alone(id));
                continue;
            }

            var refusal = await TryStartAsync(instance, cancellationToken);
            if (refusal is null or { Kind: InstanceRefusalKind.NoAnswer })
            {
                var room = new MachineRoom(size, id, Name: null);
                room.Packing.TryAdd(one.Group, one.Work);
                rooms.Add(room);
                round.Started.Add(id);
                return Starting(id);
            }

            var isStopping = refusal.Kind == InstanceRefusalKind.WrongState;
            wait = InstanceWait.Least(wait, new InstanceWait(
                isStopping ? PoolFact.InstanceStopping : PoolFact.InstanceNotStarted, id, refusal.Words, refusal.Code));
        }

        return wait;
    }

    private static InstanceWait Starting(string id) => new(PoolFact.InstanceStarting, id, $"the machine {id} starts for it", null);

    private static InstanceWait Alone(string id) => new(
        PoolFact.InstanceStopping, id,
        $"{id} is on without its agent: it stops by itself now, or `tenfold pool watch` stops it, and then it is started again", "silent");

    private async Task<InstanceRefusal?> TryStartAsync(PoolInstance instance, CancellationToken cancellationToken)
    {
        var id = instance.Id;
        switch (instance.State)
        {
            case InstanceState.Stopping:
                return new InstanceRefusal(
                    InstanceRefusalKind.WrongState, $"{id} is stopping; it is started for this run once it has stopped", "stopping");
            case InstanceState.Missing:
                return new InstanceRefusal(
                    InstanceRefusalKind.Gone, $"there is no machine {id}: correct `instances` or `region` of the target", "missing");
            case InstanceState.Deleted:
                return new InstanceRefusal(
                    InstanceRefusalKind.Gone, $"the machine {id} was terminated: take it from `instances`, and list another", "terminated");
        }

        if (_refused.TryGetValue(id, out var last) && time.GetElapsedTime(last.At) < Rest) return last.Refusal;
        _refused.Remove(id);
        var refusal = await IsDeletedByShutdownAsync(id, cancellationToken)
            ? new InstanceRefusal(
                InstanceRefusalKind.Other,
                $"{id} would be deleted when it shuts itself down: run `aws ec2 modify-instance-attribute --instance-id {id} "
                + "--instance-initiated-shutdown-behavior stop`", "terminate")
            : await cloud.StartAsync(id, cancellationToken);
        // What may have changed by the next round is asked again then.
        if (refusal is { Kind: not (InstanceRefusalKind.WrongState or InstanceRefusalKind.NoAnswer) })
            _refused[id] = (refusal, time.GetTimestamp());
        return refusal;
    }

    // A user who may not ask is trusted to have followed the documentation.
    private async Task<bool> IsDeletedByShutdownAsync(string id, CancellationToken cancellationToken)
    {
        if (_deleted.TryGet(id, out var known)) return known;
        var isDeleted = await cloud.IsDeletedByShutdownAsync(id, cancellationToken) == true;
        // Its owner may change it any time after reading the reason.
        if (!isDeleted) _deleted.Set(id, false);
        return isDeleted;
    }
}

/// <summary>An attempt that waits in a pool, and the instances that may be started for it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Group">Its group.</param>
/// <param name="Work">What its runs are.</param>
/// <param name="Instances">The ids of the instances.</param>
public sealed record WaitingAttempt(string Attempt, string Group, WorkSpec Work, IReadOnlyList<string> Instances);

/// <summary>What a round did.</summary>
public sealed class StartRound
{
    /// <summary>The instances that start.</summary>
    public HashSet<string> Started { get; } = [];

    /// <summary>Why attempts wait, by the attempt. One that fits on a machine that runs or starts is missing.</summary>
    internal Dictionary<string, InstanceWait> Waiting { get; } = [];

    /// <summary>Why attempts wait, in words, each once.</summary>
    public IReadOnlyList<string> Reasons => [.. Waiting.Values.Select(wait => wait.Words).Distinct()];
}

/// <summary>Why an attempt waits for an instance.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Words">The fact in words, with the next step.</param>
/// <param name="Code">The cloud's code; null for none.</param>
internal sealed record InstanceWait(PoolFact Fact, string Instance, string Words, string? Code)
{
    /// <summary>The better of two reasons to wait: the one that passes by itself.</summary>
    public static InstanceWait Least(InstanceWait? one, InstanceWait other) =>
        one is null || (one.Fact != PoolFact.InstanceStopping && other.Fact == PoolFact.InstanceStopping) ? other : one;
}
