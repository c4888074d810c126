using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>
/// Stops listed instances that are on for nothing: without their agent, idle, or over their lifetime. It never stops one that is busy, and
/// never one that isn't listed. It lives outside the machines, for when they can't stop themselves.
/// </summary>
/// <param name="list">The instances.</param>
/// <param name="store">The pool's store.</param>
/// <param name="cloud">The cloud.</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// Ages come from the store's clock and the cloud's. The watchdog's own clock only says for how long it has seen something itself. After an
/// outage of the store every agent seems silent, so the watchdog looks twice before it concludes.
/// </remarks>
public sealed class InstanceWatchdog(InstanceList list, IStore store, IPoolInstances cloud, TimeProvider time)
{
    /// <summary>For how long something must be seen by the watchdog itself.</summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(60);

    // The controller gives the runs of a silent agent to others after two minutes.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(5);

    // A machine stops itself earlier, and may need this time to do so.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    // After a longer pause between two rounds, the watchdog knows nothing of the time between.
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private readonly PoolRoster _roster = new(store, list.Pool);
    private readonly Dictionary<(string Instance, string What), (long First, long Last)> _seen = [];

    /// <summary>The instances.</summary>
    public InstanceList List => list;

    /// <summary>Looks at the instances, and stops what is on for nothing.</summary>
    /// <exception cref="TargetException">The cloud does not answer.</exception>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<WatchRound> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var instances = await cloud.ListAsync(list.Instances, cancellationToken);
            var situation = await PoolSituation.ReadAsync(_roster, instances, cancellationToken);
            var found = new List<WatchedInstance>();
            foreach (var instance in instances) found.Add(await LookAsync(instance, situation, cancellationToken));
            foreach (var old in _seen.Where(one => time.GetElapsedTime(one.Value.Last) > MaxPause).ToList()) _seen.Remove(old.Key);
            return new WatchRound(found);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            // Agents could perhaps not write either, so that their silence says nothing.
            _seen.Clear();
            throw;
        }
    }

    private async Task<WatchedInstance> LookAsync(PoolInstance instance, PoolSituation situation, CancellationToken cancellationToken)
    {
        var agent = situation.AgentOf(instance.Id);
        var looked = new WatchedInstance(instance, agent, WatchFinding.Fine, "");
        if (instance.State is InstanceState.Missing or InstanceState.Deleted)
        {
            return looked with
            {
                Finding = WatchFinding.Gone,
                Words = $"{instance.Id} does not exist any more: take it from `instances`, and list another",
            };
        }

        if (instance.State != InstanceState.Running) return looked;
        return agent is { SilentFor: var silentFor } && silentFor <= MaxSilence
            ? await LookAtServedAsync(looked, agent, situation.AgeOf(instance), cancellationToken)
            : await LookAtSilentAsync(looked, agent, situation, cancellationToken);
    }

    private async Task<WatchedInstance> LookAtServedAsync(
        WatchedInstance looked, SeenMachine agent, TimeSpan? age, CancellationToken cancellationToken)
    {
        var id = looked.Instance.Id;
        var isBusy = agent.Machine.Running.Count > 0 || agent.Machine.HasBusyGpus;
        var idle = isBusy ? Forget(id, "idle") : Max(IdleOf(agent), See(id, "idle"));
        var isOld = age > list.Lifetime + Margin;
        if (!isOld && !(idle > list.Idle + Margin)) return looked;
        var why = isOld ? $"it has been on for {Words(age!.Value)}, longer than its `lifetime`"
            : $"it has had nothing to do for {Words(idle!.Value)}";
        if (!agent.Machine.IsDraining)
        {
            // From the drain on it takes nothing, so that it can't be busy when it is stopped.
            await store.WriteAsync(PoolKeys.DrainMark(list.Pool, agent.Machine.Session), ReadOnlyMemory<byte>.Empty, cancellationToken);
            var asked = See(id, "drain");
            if (isBusy || !(asked >= Margin))
                return looked with { Finding = WatchFinding.Suspect, Words = $"{id}: {why}, so its agent was asked to end" };
        }

        if (isBusy) return looked with { Finding = WatchFinding.Suspect, Words = $"{id}: {why}, and is stopped when it is no longer busy" };
        return See(id, "end") >= Confirmation
            ? await StopAsync(looked, why, leaving: null, cancellationToken)
            : looked with { Finding = WatchFinding.Suspect, Words = $"{id}: {why}" };
    }

    private async Task<WatchedInstance> LookAtSilentAsync(
        WatchedInstance looked, SeenMachine? agent, PoolSituation situation, CancellationToken cancellationToken)
    {
        var id = looked.Instance.Id;
        var age = situation.AgeOf(looked.Instance);
        if (age < InstanceStarter.BootLimit) return looked;
        // An agent that could not find out its instance may be this one, and busy.
        if (situation.Seen.FirstOrDefault(one => one.IsOnline && one.Machine.Instance is null && !IsNamed(one)) is { } unknown)
        {
            return looked with
            {
                Finding = WatchFinding.Unknown,
                Words = $"{id} is on, and the agent on {unknown.Machine.Machine} does not say which instance it is: start it with "
                    + $"`--instance`, or name {unknown.Machine.Machine} under `machines`. Nothing is stopped until then",
            };
        }

        var hasLeft = agent is null && situation.HasLeft(looked.Instance);
        var why = hasLeft ? "its agent has ended, and it is still on"
            : agent is null ? $"it has been on for {Words(age ?? InstanceStarter.BootLimit)} without its agent"
            : $"its agent has given no sign of life for {Words(agent.SilentFor)}";
        if (!(See(id, "silent") >= Confirmation)) return looked with { Finding = WatchFinding.Suspect, Words = $"{id}: {why}" };
        var leaving = hasLeft ? null : new PoolLeaving(id, PoolEnding.Silent) { Machine = agent?.Machine };
        return await StopAsync(looked, why, leaving, cancellationToken);
    }

    private async Task<WatchedInstance> StopAsync(
        WatchedInstance looked, string why, PoolLeaving? leaving, CancellationToken cancellationToken)
    {
        var id = looked.Instance.Id;
        // The agent may have written since, or taken a run.
        var now = (await _roster.ReadAsync(cancellationToken)).Where(one => one.Machine.Instance == id).MinBy(one => one.SilentFor);
        var isHeard = now?.SilentFor <= MaxSilence;
        if ((leaving is not null && isHeard) || (isHeard && (now!.Machine.Running.Count > 0 || now.Machine.HasBusyGpus))) return looked;
        // First, so that the instance is not started again at once by a controller that only knows that work waits.
        if (leaving is not null) await _roster.WriteLeavingAsync(leaving, cancellationToken);
        if (await cloud.StopAsync(id, cancellationToken) is { } refusal)
            return looked with { Finding = WatchFinding.NotStopped, Words = $"{id} should be stopped, since {why}: {refusal.Words}" };
        foreach (var what in _seen.Keys.Where(key => key.Instance == id).ToList()) _seen.Remove(what);
        return looked with { Finding = WatchFinding.Stopped, Words = $"{id} was stopped, since {why}" };
    }

    private bool IsNamed(SeenMachine one) => list.Machines.Contains(one.Machine.Machine, StringComparer.OrdinalIgnoreCase);

    // For how long the watchdog has seen something, by its own clock.
    private TimeSpan? See(string instance, string what)
    {
        var now = time.GetTimestamp();
        var first = _seen.TryGetValue((instance, what), out var seen) && time.GetElapsedTime(seen.Last, now) <= MaxPause ? seen.First : now;
        _seen[(instance, what)] = (first, now);
        return time.GetElapsedTime(first, now);
    }

    private TimeSpan? Forget(string instance, string what)
    {
        _seen.Remove((instance, what));
        _seen.Remove((instance, "end"));
        return null;
    }

    private static TimeSpan? IdleOf(SeenMachine agent) =>
        agent.Machine.IdleSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static TimeSpan? Max(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;

    private static string Words(TimeSpan time) => time.TotalHours >= 2 ? $"{time.TotalHours:0.#} h" : $"{time.TotalMinutes:0} min";
}

/// <summary>What a round of a watchdog saw.</summary>
/// <param name="Instances">Each instance, in the order of the list.</param>
public sealed record WatchRound(IReadOnlyList<WatchedInstance> Instances)
{
    /// <summary>True when the watchdog must look again before it concludes.</summary>
    public bool IsOpen => Instances.Any(one => one.Finding == WatchFinding.Suspect);
}

/// <summary>An instance as a watchdog saw it.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Agent">Its agent's last sign of life; null for none.</param>
/// <param name="Finding">What the watchdog found, and did.</param>
/// <param name="Words">The same in words; empty when all is well.</param>
public sealed record WatchedInstance(PoolInstance Instance, SeenMachine? Agent, WatchFinding Finding, string Words);

/// <summary>What a watchdog found.</summary>
public enum WatchFinding
{
    /// <summary>All is well.</summary>
    Fine,

    /// <summary>Something may be wrong: it looks again.</summary>
    Suspect,

    /// <summary>It stopped the instance.</summary>
    Stopped,

    /// <summary>The instance should be stopped, and the cloud refused.</summary>
    NotStopped,

    /// <summary>An agent doesn't know which instance it is, so nothing is stopped.</summary>
    Unknown,

    /// <summary>The instance does not exist.</summary>
    Gone,
}
