using Tenfold.Core.Attempts;
using Tenfold.Core.Platform;
using Tenfold.Core.Pools;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;

namespace Tenfold.Targets.Pool;

/// <summary>Says why an attempt waits in a pool.</summary>
/// <param name="pool">The pool's name.</param>
/// <param name="store">The store.</param>
/// <param name="time">The clock.</param>
internal sealed class WaitExplainer(string pool, IStore store, TimeProvider time)
{
    // A round explains many attempts, and rounds follow each other quickly.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly PoolRoster _roster = new(store, pool);
    private readonly StoredAttempts _attempts = new(store);
    private readonly RecentlyUsed<string, Assignment> _assignments = new(TimeSpan.FromHours(1), time);
    private volatile Reading? _last;

    /// <summary>Reads the machines that take work; at most every ten seconds.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<IReadOnlyList<PoolMachine>> ReadServingAsync(CancellationToken cancellationToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) < MaxAge) return last.Serving;
        var machines = await _roster.ReadAsync(cancellationToken);
        _last = new Reading([.. machines.Where(seen => seen.TakesWork).Select(seen => seen.Machine)], time.GetTimestamp());
        return _last.Serving;
    }

    /// <summary>Explains it.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="serving">The machines that take work.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Reason> ExplainAsync(
        string attempt, IReadOnlyList<PoolMachine> serving, CancellationToken cancellationToken) =>
        await FindSpecAsync(attempt, cancellationToken) is { } spec ? Explain(spec, serving) : new Reason.WaitsForRoom();

    /// <summary>Reads what an attempt's runs are, once for each group; null when the store has no such attempt.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<WorkSpec?> FindSpecAsync(string attempt, CancellationToken cancellationToken)
    {
        var group = RunNames.GroupOf(attempt);
        if (!_assignments.TryGet(group, out var assignment))
        {
            if (await _attempts.FindAssignmentAsync(attempt, cancellationToken) is not { } found) return null;
            _assignments.Set(group, assignment = found);
        }

        return assignment.Spec;
    }

    /// <summary>True when instances may be started for the runs.</summary>
    public static bool HasInstances(WorkSpec spec) => spec.Target is { } target && PoolSettings.From(target).Instances.Count > 0;

    private Reason.OfBackend Explain(WorkSpec spec, IReadOnlyList<PoolMachine> serving)
    {
        if (serving.Count == 0)
        {
            return PoolReason.Of(
                PoolFact.NoMachine,
                $"no machine serves the pool {pool}: start `tenfold agent serve --pool {pool} --store {store.Url}` on one");
        }

        var settings = spec.Target is { } target ? PoolSettings.From(target) : new PoolSettings();
        var named = settings.Machines;
        List<PoolMachine> machines =
        [
            .. serving.Where(machine => named.Count == 0 || named.Contains(machine.Machine, StringComparer.OrdinalIgnoreCase)
                || (machine.Instance is { } id && settings.Instances.Contains(id))),
        ];
        if (machines.Count == 0)
        {
            return PoolReason.Of(
                PoolFact.NoNamedMachine,
                $"none of {string.Join(", ", named)} serves the pool {pool}: start `tenfold agent serve --pool {pool}` on one of them, "
                + "or change `machines` of the target");
        }

        var needs = spec.Resources;
        var large = machines.FindAll(machine =>
            machine.Cpus >= (needs.Cpus ?? 0) && machine.MemoryBytes >= (needs.MemoryBytes ?? 0) && machine.Gpus >= needs.Gpus);
        if (large.Count == 0)
        {
            return PoolReason.Of(
                PoolFact.MachinesTooSmall,
                $"no machine of the pool {pool} has the cores, memory and GPUs that the run needs: see `tenfold pool status {pool}`, "
                + "then lower `resources` or add a machine");
        }

        if (large.TrueForAll(machine => spec.Secrets.Intersect(machine.MissingSecrets).Any()))
        {
            var missing = large[0].MissingSecrets.Intersect(spec.Secrets).ToList();
            return PoolReason.Of(
                PoolFact.SecretsMissing,
                $"no machine of the pool {pool} gives runs the secret {string.Join(", ", missing)}: set it where the agent starts, "
                + $"and start the agent with `--secret {string.Join(" --secret ", missing)}`");
        }

        return PoolReason.Of(PoolFact.NoRoom, $"the machines of the pool {pool} have no room for it now");
    }

    private sealed record Reading(IReadOnlyList<PoolMachine> Serving, long At);
}
