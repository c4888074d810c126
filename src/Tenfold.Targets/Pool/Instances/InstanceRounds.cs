using Tenfold.Core.Attempts;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Pool.Instances;

/// <summary>Starts instances for the attempts that a controller has submitted to a pool.</summary>
/// <param name="pool">The pool.</param>
/// <param name="store">Its store.</param>
/// <param name="cloud">The cloud that has the instances.</param>
/// <param name="time">The clock.</param>
internal sealed class InstanceRounds(string pool, IStore store, PoolCloud cloud, TimeProvider time)
{
    // A controller's rounds follow each other quickly, and several controllers may share an account's rate of calls.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, InstanceStarter> _starters = [];
    private volatile IReadOnlyDictionary<string, Reason.OfBackend> _last = new Dictionary<string, Reason.OfBackend>();
    private long? _lastAt;
    private int _isBusy;

    /// <summary>Records which instances may be started for assignments, whose record this home has signed.</summary>
    /// <exception cref="TargetException">The home can't be written.</exception>
    public async Task RecordAsync(IEnumerable<Assignment> assignments, CancellationToken cancellationToken)
    {
        var lists = assignments.Select(assignment => assignment.Spec).DistinctBy(spec => (spec.Project, spec.Target?.Options.GetRawText()))
            .Select(spec => PoolKind.FindList(spec, store.Url)).OfType<InstanceList>();
        try
        {
            foreach (var list in lists) await cloud.Book.RecordAsync(list, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TargetException(e.Message, e);
        }
    }

    /// <summary>Starts what waiting attempts need; at most every ten seconds.</summary>
    /// <param name="waiting">The attempts, the first to start first, and their specs. Others may have written the specs.</param>
    /// <param name="isNow">True to do it now, whenever the last round was.</param>
    /// <param name="cancellationToken">Cancels the round.</param>
    /// <returns>Why attempts wait, by the attempt. One that needs no instance is missing.</returns>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<IReadOnlyDictionary<string, Reason.OfBackend>> RunAsync(
        IReadOnlyList<KeyValuePair<string, WorkSpec>> waiting, bool isNow, CancellationToken cancellationToken)
    {
        // Two rounds at once would start more than is needed.
        if (Interlocked.Exchange(ref _isBusy, 1) == 1) return _last;
        try
        {
            if (!isNow && _lastAt is { } at && time.GetElapsedTime(at) < Interval) return _last;
            _lastAt = time.GetTimestamp();
            var reasons = new Dictionary<string, Reason.OfBackend>();
            foreach (var (region, wanted) in FindWanted(waiting)) await RunAsync(region, wanted, reasons, cancellationToken);
            return _last = reasons;
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    // The home's book says which instances: whatever the specs name, nothing else is started.
    private Dictionary<string, List<WaitingAttempt>> FindWanted(IReadOnlyList<KeyValuePair<string, WorkSpec>> waiting)
    {
        var lists = cloud.Book.Read().Where(list => (list.Pool, list.Store) == (pool, store.Url)).ToLookup(list => list.Project);
        var found = new Dictionary<string, List<WaitingAttempt>>();
        foreach (var (attempt, work) in waiting)
        {
            if (work.Target is not { } target || PoolSettings.From(target) is not { Instances.Count: > 0 } settings) continue;
            if (lists[work.Project].FirstOrDefault(list => list.Region == settings.Region) is not { } list) continue;
            if (!found.TryGetValue(list.Region, out var wanted)) found[list.Region] = wanted = [];
            wanted.Add(new WaitingAttempt(attempt, RunNames.GroupOf(attempt), work, list.Instances));
        }

        return found;
    }

    private async Task RunAsync(
        string region, List<WaitingAttempt> wanted, Dictionary<string, Reason.OfBackend> reasons, CancellationToken cancellationToken)
    {
        try
        {
            if (!_starters.TryGetValue(region, out var starter))
                _starters[region] = starter = new InstanceStarter(pool, store, cloud.Open(region), time);
            foreach (var (attempt, wait) in (await starter.RunAsync(wanted, cancellationToken)).Waiting)
            {
                reasons[attempt] = Reason.OfBackend.From(
                    "pool", wait.Fact, wait.Words, wait.Code, answer: null, ("instance", wait.Instance));
            }
        }
        catch (TargetException e)
        {
            // What runs is known from the store, so the round goes on.
            foreach (var one in wanted)
            {
                reasons[one.Attempt] = PoolReason.Of(
                    PoolFact.CloudNotAnswering, $"no machine can be started for it now: {e.Message}", ("region", region));
            }
        }
    }
}

/// <summary>The cloud that has the instances of pools.</summary>
/// <param name="Book">Which instances this home may start and stop.</param>
/// <param name="FindRegion">Finds the region of a target that names the given one, or none; or a refusal.</param>
/// <param name="Open">
/// Connects to a region. It may throw <see cref="TargetException"/>. The connection lives as long as the process.
/// </param>
public sealed record PoolCloud(
    InstanceBook Book, Func<string?, Core.Outcomes.Outcome<string>> FindRegion, Func<string, Core.Pools.IPoolInstances> Open);
