using System.Security.Cryptography;
using Tenfold.Core.Platform;
using Tenfold.Core.Pools;
using Tenfold.Core.Queueing;
using Tenfold.Core.Store;

namespace Tenfold.Agent.Pools;

/// <summary>
/// The agent of a machine in a pool: it takes attempts from the pool's queue in the store as the machine has room, until it is asked to
/// end. The claim of each attempt decides which of the pool's machines runs it.
/// </summary>
/// <param name="options">The pool, and what its runs may have.</param>
/// <param name="settings">What the agent works with; <see cref="AgentSettings.Host"/> is ignored.</param>
/// <param name="resources">What the machine has.</param>
public sealed class PoolServer(PoolOptions options, AgentSettings settings, ResourcePool resources) : IDisposable
{
    private static readonly TimeSpan CleaningInterval = TimeSpan.FromHours(6);

    private readonly PoolQueue _queue = new(settings, options.Pool);
    private readonly Dictionary<Task, RunningEntry> _running = [];
    private readonly FairOrder _turns = new();
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _preempts = new();
    private readonly MachineLimits _limits = new(
        options, settings.Time,
        new GpuProbe(resources.CudaDevices, settings.Variables.GetValueOrDefault("PATH"), settings.Time).ReadAsync);
    private readonly DateTimeOffset _startedAt = settings.Time.GetUtcNow();
    private readonly string _session = $"{SafeName(settings.Machine)}-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
    private HashSet<string> _missingSecrets = [];
    private HashSet<string> _declined = [];
    private bool _isGpuFaultTold;
    private bool _isDraining;
    private long? _cleanedAt;

    /// <summary>Why the agent ends; null before it does.</summary>
    public PoolEnding? Ending { get; private set; }

    /// <summary>Serves the pool until the agent is asked to end, or its machine's limits are reached, and its runs have ended.</summary>
    /// <param name="drain">Cancelled when the agent shall take no more work.</param>
    /// <param name="stop">Cancelled when its runs shall end too. They continue on another machine.</param>
    /// <returns>False when another agent serves a pool from this home folder.</returns>
    /// <exception cref="StoreException">The store can't be used at the start. Later the agent waits until the store answers.</exception>
    public async Task<bool> RunAsync(CancellationToken drain, CancellationToken stop)
    {
        Directory.CreateDirectory(settings.Home);
        using var held = FileLock.TryAcquire(Path.Combine(settings.Home, "serve.lock"));
        if (held is null) return false;
        var roster = new PoolRoster(settings.Store, options.Pool);
        await ReplaceEarlierAgentAsync(roster);
        var presence = new PoolPresence(settings, options.Pool, Describe);
        await presence.BeatAsync(CancellationToken.None);
        settings.Log.PoolServed(options.Pool, _session);
        using var ended = new CancellationTokenSource();
        var showing = presence.RunAsync(ended.Token);
        try
        {
            await ServeAsync(presence, drain, stop);
        }
        finally
        {
            await ended.CancelAsync();
            await showing;
        }

        await LeaveAsync(roster);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _preempts.Dispose();

    private async Task ServeAsync(PoolPresence presence, CancellationToken drain, CancellationToken stop)
    {
        long? signalledAt = null;
        while (true)
        {
            if (drain.IsCancellationRequested) signalledAt ??= settings.Time.GetTimestamp();
            if (FindEnding(presence, drain, stop) is { } ending && ending != Ending && (!_isDraining || ending == PoolEnding.Lifetime))
            {
                (_isDraining, Ending) = (true, ending);
                settings.Notify?.Invoke(_running.Count == 0 ? "no run is left; this agent ends"
                    : $"taking no more work; this agent ends when its {_running.Count} runs have ended");
                await TryAsync(() => presence.BeatAsync(CancellationToken.None));
            }

            if (!_isDraining) await TryAsync(() => StartWaitingAsync(drain));
            await RemoveEndedAsync();
            if (_isDraining && _running.Count == 0) return;
            var isOverdue = Ending == PoolEnding.Lifetime
                || (signalledAt is { } since && settings.Time.GetElapsedTime(since) >= options.DrainLimit);
            if ((isOverdue || stop.IsCancellationRequested) && !_preempts.IsCancellationRequested) await _preempts.CancelAsync();
            if (_running.Count == 0) Clean();
            await PauseAsync(signalledAt is null ? drain : stop);
        }
    }

    private PoolEnding? FindEnding(PoolPresence presence, CancellationToken drain, CancellationToken stop)
    {
        // It is asked in each round, since it observes the machine.
        var ofMachine = _limits.Decide(_running.Count > 0, stop);
        if (_limits.Gpus == GpuUse.Unknown && !_isGpuFaultTold)
        {
            _isGpuFaultTold = true;
            settings.Notify?.Invoke("nvidia-smi does not say whether the GPUs are in use, so this machine counts as busy");
        }

        return drain.IsCancellationRequested || stop.IsCancellationRequested ? PoolEnding.Signalled
            : ofMachine ?? (presence.IsAskedToDrain ? PoolEnding.Drained : null);
    }

    private async Task PauseAsync(CancellationToken wakes)
    {
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(wakes);
        // A token that was cancelled already would turn the loop into a busy one.
        var delay = Task.Delay(settings.PollInterval, settings.Time, wakes.IsCancellationRequested ? default : pause.Token);
        await Task.WhenAny([delay, .. _running.Keys]);
        await pause.CancelAsync();
    }

    private async Task StartWaitingAsync(CancellationToken drain)
    {
        var missing = new HashSet<string>();
        var declined = new HashSet<string>();
        var waiting = await _queue.ReadAsync(drain);
        // Other machines started what no longer waits. This way all machines agree on whose turn it is, without telling each other.
        foreach (var owner in _queue.TakenElsewhere) _turns.TakeTurn(owner);
        foreach (var entry in _turns.Order(waiting, entry => entry.Assignment.Owner))
        {
            if (drain.IsCancellationRequested) return;
            try
            {
                if (!StartIfPossible(entry, missing)) declined.Add(entry.Assignment.Attempt);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // For instance, another version of Tenfold wrote the options of its target. The other attempts can start.
                settings.Log.AttemptFaulted(entry.Assignment.Attempt, e);
                _queue.LetRest(entry.Assignment.Attempt);
            }
        }

        lock (_gate) (_missingSecrets, _declined) = (missing, declined);
    }

    // Adds the secrets that this machine lacks for the attempt. Returns false when the machine could not run it even if it were idle.
    private bool StartIfPossible(PoolEntry entry, HashSet<string> missing)
    {
        var assignment = entry.Assignment;
        if (IsRunning(assignment.Attempt)) return true;
        if (!options.Allows(assignment, settings.Machine) || resources.Refusal(assignment) is not null) return false;
        var unknown = assignment.Spec.Secrets.Where(name => !HasSecret(name)).ToList();
        missing.UnionWith(unknown);
        if (unknown.Count > 0) return false;
        if (resources.TryReserve(assignment) is not { } reservation) return true;
        var running = RunAsync(entry, reservation);
        lock (_gate) _running.Add(running, new RunningEntry(assignment.Attempt, reservation, assignment.Owner));
        _turns.Start(assignment.Owner);
        _queue.Started(assignment.Attempt);
        return true;
    }

    private bool IsRunning(string attempt) => _running.Values.Any(running => running.Attempt == attempt);

    private bool HasSecret(string name) => options.Secrets.Contains(name) && settings.Variables.ContainsKey(name);

    private async Task RunAsync(PoolEntry entry, Reservation reservation)
    {
        await Task.Yield();
        var attempt = entry.Assignment.Attempt;
        try
        {
            var agent = new AttemptAgent(
                settings with { Host = new PoolHost(_session, options, settings.Variables, reservation) }, attempt)
            {
                // Other machines skip it from now on. If this is interrupted, they find the claim.
                Claimed = () => _ = TryAsync(() => RemoveAsync(entry)),
            };
            var outcome = await agent.RunToOutcomeAsync(_preempts.Token);
            if (outcome.IsReported) await TryAsync(() => RemoveAsync(entry));
            else if (!_preempts.IsCancellationRequested) _queue.LetRest(attempt);
        }
        catch (Exception e)
        {
            // A fault of Tenfold in one attempt must not end the others.
            settings.Log.AttemptFaulted(attempt, e);
            _queue.LetRest(attempt);
        }
    }

    private Task RemoveAsync(PoolEntry entry) => settings.Store.DeleteAsync(entry.Key, CancellationToken.None);

    private async Task RemoveEndedAsync()
    {
        foreach (var task in _running.Keys.Where(task => task.IsCompleted).ToList())
        {
            resources.Release(_running[task].Reservation);
            _turns.End(_running[task].Owner);
            lock (_gate) _running.Remove(task);
            await task;
        }
    }

    private PoolMachine Describe()
    {
        lock (_gate)
        {
            return new PoolMachine
            {
                Session = _session,
                Machine = settings.Machine,
                Version = options.Version,
                StartedAt = _startedAt,
                Cpus = resources.Cores,
                MemoryBytes = resources.MemoryBytes,
                Gpus = resources.CudaDevices.Count,
                Running = [.. _running.Values.Select(running => running.Attempt).Order(StringComparer.Ordinal)],
                MissingSecrets = [.. _missingSecrets.Order(StringComparer.Ordinal)],
                IsDraining = _isDraining,
                Instance = options.Instance,
                IdleSeconds = _limits.IdleFor?.TotalSeconds,
                HasBusyGpus = _limits.Gpus != GpuUse.Free,
                Free = FreeRoom(),
            };
        }
    }

    private PoolRoom FreeRoom()
    {
        var reserved = _running.Values.Select(running => running.Reservation).ToList();
        return new PoolRoom(
            Math.Max(0, resources.Cores - reserved.Sum(one => one.Cpus)),
            Math.Max(0, resources.MemoryBytes - reserved.Sum(one => one.MemoryBytes)),
            resources.CudaDevices.Count - reserved.Sum(one => one.CudaDevices.Count));
    }

    // An agent of this home that was killed left its record, and perhaps attempts. Removing the record shows that they are lost.
    private async Task ReplaceEarlierAgentAsync(PoolRoster roster)
    {
        var file = Path.Combine(settings.Home, $"session.{options.Pool}");
        if (File.Exists(file))
        {
            await AbandonedWork.CleanUpAsync(settings with { Host = PlainHostOf() });
            await roster.RemoveAsync((await File.ReadAllTextAsync(file)).Trim(), CancellationToken.None);
        }

        await File.WriteAllTextAsync($"{file}.new", _session);
        File.Move($"{file}.new", file, overwrite: true);
        await roster.ForgetOldAsync(CancellationToken.None);
    }

    private Core.Hosts.PlainHost PlainHostOf() => new(settings.Variables);

    private async Task LeaveAsync(PoolRoster roster)
    {
        if (options.Instance is { } instance && Ending is { } ending and not PoolEnding.Signalled)
        {
            var leaving = new PoolLeaving(instance, ending) { Machine = Describe(), Declined = [.. _declined] };
            await TryAsync(() => roster.WriteLeavingAsync(leaving, CancellationToken.None));
        }

        await TryAsync(() => roster.RemoveAsync(_session, CancellationToken.None));
        File.Delete(Path.Combine(settings.Home, $"session.{options.Pool}"));
        settings.Log.PoolLeft(options.Pool, _session);
    }

    private void Clean()
    {
        if (_cleanedAt is { } at && settings.Time.GetElapsedTime(at) < CleaningInterval) return;
        _cleanedAt = settings.Time.GetTimestamp();
        if (new CacheCleaner(settings.Home, settings.Time).Run() is > 0 and var removed)
            settings.Log.CacheCleaned(removed, settings.Home);
    }

    // The agent outlives outages of the store, and every other fault: it tries again in the next round. If it ended instead, its runs
    // would be lost.
    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception e)
        {
            // A round that the end of the agent interrupts has not failed.
            if (e is not OperationCanceledException) settings.Log.PoolRoundFailed(options.Pool, e);
        }
    }

    private static string SafeName(string machine) =>
        string.Concat(machine.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) is { Length: > 0 } name ? name : "machine";

    private sealed record RunningEntry(string Attempt, Reservation Reservation, QueueOwner Owner);
}
