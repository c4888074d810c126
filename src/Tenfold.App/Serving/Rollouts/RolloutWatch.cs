using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Rollouts;

/// <summary>
/// Watches every version that shares a model's traffic with its baseline, and takes a failed one's traffic away. A gateway calls
/// <see cref="Count"/> for each request that has ended, and <see cref="LookAsync"/> periodically, for example every second.
/// </summary>
/// <remarks>
/// The baseline is that of the running experiment; without one, it is the version with traffic that was deployed first. A failed version
/// keeps running without traffic: only the route changes, in one step, with the reason in it. An experiment with it ends.
/// </remarks>
public sealed class RolloutWatch
{
    private readonly IVersionLedger _ledger;
    private readonly string _by;
    private readonly RolloutOptions _options;
    private readonly RolloutFile? _file;
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Model, long Revision), Route> _routes = [];
    private IReadOnlyList<WatchedModel> _models = [];
    private long? _revision;
    private IReadOnlyDictionary<string, IReadOnlyList<RolloutMemory>> _memory;
    private volatile Dictionary<string, RolloutMonitor[]> _monitors = [];

    /// <summary>Begins to watch.</summary>
    /// <param name="ledger">The ledger.</param>
    /// <param name="by">Who changes routes: <c>user@host</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="file">Where a restarted gateway finds what this one has learned; null for nowhere.</param>
    public RolloutWatch(IVersionLedger ledger, string by, TimeProvider time, RolloutOptions? options = null, RolloutFile? file = null)
    {
        (_ledger, _by, _time, _options, _file) = (ledger, by, time, options ?? new(), file);
        _memory = file?.Read() ?? new Dictionary<string, IReadOnlyList<RolloutMemory>>();
    }

    /// <summary>Counts a live request that has ended. Thread-safe; it costs nothing for a model with one version.</summary>
    public void Count(string model, in FinishedRequest request)
    {
        if (!_monitors.TryGetValue(model, out var monitors)) return;
        foreach (var monitor in monitors) monitor.Count(request);
    }

    /// <summary>Looks at every version that is watched, and takes the traffic of those that fail.</summary>
    /// <param name="health">Whether a version of a model can answer now; null when this gateway doesn't know it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The state of each version that is watched, by model.</returns>
    /// <remarks>When another process changes the route at the same time, the next look tries again.</remarks>
    public async Task<IReadOnlyList<(string Model, RolloutStatus Status)>> LookAsync(
        Func<string, string, ArmHealth?> health, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        var statuses = new List<(string, RolloutStatus)>();
        foreach (var (route, experiment, monitors) in _models)
        {
            foreach (var monitor in monitors)
            {
                var (other, own) = (health(route.Model, monitor.Baseline), health(route.Model, monitor.Candidate));
                if (other is null || own is null) continue;
                var status = monitor.Look(revision => ShareOf(route.Model, revision, monitor), other, own);
                statuses.Add((route.Model, status));
                if (status.Reason is not { } reason) continue;
                // One version at a time: the next look sees the new route.
                await RollBackAsync(route, monitor, reason, experiment, cancellationToken);
                break;
            }
        }

        Remember();
        return statuses;
    }

    // Most looks find the ledger as it was.
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var revision = await _ledger.ReadServingRevisionAsync(cancellationToken);
        if (revision == _revision) return;
        var models = new List<WatchedModel>();
        foreach (var route in await _ledger.ListRoutesAsync(cancellationToken))
        {
            if (route.Shares().Count < 2) continue;
            var experiments = await _ledger.ListExperimentsAsync(route.Model, cancellationToken);
            var experiment = experiments.FirstOrDefault(one => one.EndedAt is null);
            var baseline = await BaselineOfAsync(route, experiment, cancellationToken);
            var candidates = route.Shares().Keys.Where(version => version != baseline);
            models.Add(new(route, experiment, [.. candidates.Select(version => MonitorOf(route.Model, baseline, version))]));
            // Requests that are still in flight were assigned by earlier routes.
            foreach (var one in await _ledger.ListRouteHistoryAsync(route.Model, cancellationToken))
                _routes[(one.Model, one.Revision)] = one;
        }

        (_models, _monitors, _revision) = (models, models.ToDictionary(model => model.Route.Model, model => model.Monitors), revision);
    }

    private async Task RollBackAsync(
        Route route, RolloutMonitor monitor, Reason reason, Experiment? experiment, CancellationToken cancellationToken)
    {
        var shares = route.Shares().ToDictionary();
        shares[monitor.Baseline] += shares[monitor.Candidate];
        shares.Remove(monitor.Candidate);
        var now = _time.GetUtcNow();
        var next = route with
        {
            Revision = route.Revision + 1,
            At = now,
            By = _by,
            Reason = reason,
            Ranges = BucketRanges.Reassign(route.Ranges, shares),
        };
        if (!await _ledger.AddRouteAsync(next, cancellationToken)) return;
        if (experiment?.Candidate == monitor.Candidate)
            await _ledger.EndExperimentAsync(route.Model, experiment.Number, now, reason, cancellationToken);
    }

    private async Task<string> BaselineOfAsync(Route route, Experiment? experiment, CancellationToken cancellationToken)
    {
        var shares = route.Shares();
        if (experiment is not null && shares.ContainsKey(experiment.Baseline)) return experiment.Baseline;
        var versions = await _ledger.ListVersionsAsync(route.Model, cancellationToken);
        return versions.FirstOrDefault(version => shares.ContainsKey(version.Version))?.Version ?? shares.Keys.First();
    }

    private RolloutMonitor MonitorOf(string model, string baseline, string candidate)
    {
        var known = _monitors.GetValueOrDefault(model)?.FirstOrDefault(one => one.Baseline == baseline && one.Candidate == candidate);
        if (known is not null) return known;
        var monitor = new RolloutMonitor(baseline, candidate, _options, _time);
        var memory = _memory.GetValueOrDefault(model)?.FirstOrDefault(one => one.Baseline == baseline && one.Candidate == candidate);
        if (memory is not null) monitor.Recall(memory);
        return monitor;
    }

    private double? ShareOf(string model, long revision, RolloutMonitor monitor)
    {
        if (!_routes.TryGetValue((model, revision), out var route)) return null;
        var shares = route.Shares();
        var (baseline, candidate) = (shares.GetValueOrDefault(monitor.Baseline), shares.GetValueOrDefault(monitor.Candidate));
        return baseline > 0 && candidate > 0 ? (double)candidate / (baseline + candidate) : null;
    }

    private void Remember()
    {
        if (_file is null) return;
        _memory = _monitors.ToDictionary(
            pair => pair.Key,
            IReadOnlyList<RolloutMemory> (pair) => [.. pair.Value.Select(monitor => monitor.Remember()).OfType<RolloutMemory>()]);
        _file.Write(_memory);
    }

    /// <summary>A model whose traffic several versions share.</summary>
    private sealed record WatchedModel(Route Route, Experiment? Experiment, RolloutMonitor[] Monitors);
}
