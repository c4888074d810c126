using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>What the store and the cloud know of a pool's machines at one moment.</summary>
/// <param name="instances">The instances.</param>
/// <param name="seen">The agents that have a record.</param>
/// <param name="leavings">What instances left behind, by their ids.</param>
/// <param name="now">What time it is at the store.</param>
internal sealed class PoolSituation(
    IReadOnlyList<PoolInstance> instances, IReadOnlyList<SeenMachine> seen, IReadOnlyDictionary<string, PoolLeaving> leavings,
    DateTimeOffset now)
{
    private readonly Dictionary<string, PoolInstance> _instances = instances.DistinctBy(one => one.Id).ToDictionary(one => one.Id);

    /// <summary>The instances.</summary>
    public IReadOnlyCollection<PoolInstance> Instances => _instances.Values;

    /// <summary>The agents that have a record.</summary>
    public IReadOnlyList<SeenMachine> Seen => seen;

    /// <summary>Free room: on machines that take work, and on instances that start.</summary>
    public IEnumerable<MachineRoom> Rooms => seen.Where(one => one.TakesWork).Select(RoomOf)
        .Concat(Instances.Where(IsBooting).Select(one => new MachineRoom(SizeOf(one), one.Id, Name: null)));

    /// <summary>Reads the situation.</summary>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public static async Task<PoolSituation> ReadAsync(
        PoolRoster roster, IReadOnlyList<PoolInstance> instances, CancellationToken cancellationToken) => new(
            instances, await roster.ReadAsync(cancellationToken), await roster.ReadLeavingsAsync(cancellationToken),
            await roster.ReadClockAsync(cancellationToken));

    /// <summary>An instance; null when it wasn't asked for.</summary>
    public PoolInstance? Find(string id) => _instances.GetValueOrDefault(id);

    /// <summary>The record of an instance's agent: the one that was heard last; null for none.</summary>
    public SeenMachine? AgentOf(string id) => seen.Where(one => one.Machine.Instance == id).MinBy(one => one.SilentFor);

    /// <summary>True when an instance's agent has ended by itself since the instance started.</summary>
    public bool HasLeft(PoolInstance instance) =>
        leavings.GetValueOrDefault(instance.Id) is { Why: not PoolEnding.Silent } last && !(last.At < instance.StartedAt);

    /// <summary>For how long an instance has run since its last start; null when that isn't known. Both clocks are the cloud's.</summary>
    public TimeSpan? AgeOf(PoolInstance instance) => now - instance.StartedAt;

    /// <summary>What an instance has: what its agent said, else what its type has; null when neither is known.</summary>
    public PoolRoom? SizeOf(PoolInstance instance) => leavings.GetValueOrDefault(instance.Id)?.Machine is { } last
        ? new PoolRoom(last.Cpus, last.MemoryBytes, last.Gpus) : instance.Size;

    /// <summary>True while an instance starts and its agent isn't there yet.</summary>
    public bool IsBooting(PoolInstance instance) =>
        instance.State == InstanceState.Starting
        || (instance.State == InstanceState.Running && AgentOf(instance.Id) is not { IsOnline: true }
            && AgeOf(instance) < InstanceStarter.BootLimit);

    /// <summary>
    /// Why starting an instance would not help an attempt, as the instance has shown within the last hour; null when it may.
    /// </summary>
    public InstanceWait? WhyUnfit(PoolInstance instance, WaitingAttempt one)
    {
        if (instance.State != InstanceState.Stopped || leavings.GetValueOrDefault(instance.Id) is not { } last) return null;
        if (last.Why == PoolEnding.Silent)
        {
            return new InstanceWait(
                PoolFact.InstanceNotStarted, instance.Id,
                $"{instance.Id} was on without its agent, and was stopped: look at `systemctl status tenfold-agent` there. "
                + "Tenfold starts it again after an hour", "silent");
        }

        if (!last.Declined.Contains(one.Attempt)) return null;
        var missing = one.Work.Secrets.Intersect(last.Machine?.MissingSecrets ?? []).ToList();
        return new InstanceWait(
            PoolFact.InstanceNotStarted, instance.Id,
            missing.Count > 0
                ? $"the agent on {instance.Id} gives runs no secret {string.Join(", ", missing)}: start it with "
                    + $"`--secret {string.Join(" --secret ", missing)}`. Tenfold starts the machine again after an hour"
                : $"{instance.Id} was started and could not take the run: it is too small, or not among its `machines`", "declined");
    }

    private static MachineRoom RoomOf(SeenMachine one)
    {
        var machine = one.Machine;
        var whole = new PoolRoom(machine.Cpus, machine.MemoryBytes, machine.Gpus);
        var free = machine.Free ?? (machine.Running.Count == 0 ? whole : new PoolRoom(0, 0, 0));
        return new MachineRoom(free, machine.Instance, machine.Machine) { MissingSecrets = machine.MissingSecrets };
    }
}

/// <summary>Room on a machine that takes work, or will.</summary>
/// <param name="Free">What is free; null when that isn't known.</param>
/// <param name="Instance">The instance; null for a machine that is none.</param>
/// <param name="Name">The machine's name; null when it isn't known yet.</param>
internal sealed record MachineRoom(PoolRoom? Free, string? Instance, string? Name)
{
    /// <summary>What is packed into it.</summary>
    public RunPacking Packing { get; } = new(Free);

    /// <summary>The secrets that the machine lacks.</summary>
    public IReadOnlyList<string> MissingSecrets { get; init; } = [];

    /// <summary>True when the machine may take the attempt.</summary>
    public bool Serves(WaitingAttempt one)
    {
        if (one.Work.Secrets.Intersect(MissingSecrets).Any()) return false;
        var machines = one.Work.Target is { } target ? TargetSettings.From(target).Texts("machines") : [];
        return machines.Count == 0 || (Name is not null && machines.Contains(Name, StringComparer.OrdinalIgnoreCase))
            || (Instance is not null && one.Instances.Contains(Instance));
    }
}
