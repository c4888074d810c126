using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tenfold.Core.Ledger;
using Tenfold.Core.Versions;
using Tenfold.Gateway.Protocol;

namespace Tenfold.Gateway.Routing;

/// <summary>
/// Follows the ledger: starts and ends versions, and puts a model's new route into force once every version in it is ready. While the
/// ledger is unreachable, everything stays as it is.
/// </summary>
/// <param name="ledger">The ledger.</param>
/// <param name="host">Starts versions.</param>
/// <param name="table">The routes in force.</param>
/// <param name="pause">The pause between two looks at the ledger.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class RouteUpdater(
    IVersionLedger ledger, IReplicaHost host, RouteTable table, TimeSpan pause, TimeProvider time, ILogger<RouteUpdater> log)
    : BackgroundService
{
    private readonly Dictionary<(string Model, string Version), StartedVersion> _started = [];
    private readonly List<Task> _stopping = [];
    private IReadOnlyList<ModelVersion> _versions = [];
    private IReadOnlyList<Route> _routes = [];
    private IReadOnlyList<Experiment> _experiments = [];
    private long? _revision;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        table.Replace(new Dictionary<string, ModelRoute>());
        foreach (var started in _started.Values) _stopping.Add(StopAsync(started));
        _started.Clear();
        await Task.WhenAll(_stopping);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        SocketThreads.RunElsewhereAsync(() => FollowAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(pause, time);
        do
        {
            try
            {
                await ReadAsync(cancellationToken);
            }
            catch (Exception e) when (e is LedgerException or IOException or InvalidDataException)
            {
                log.LedgerUnreadable(e.Message);
            }

            Apply(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // The revision is read first: what changes after it is read again at the next look.
        var revision = await ledger.ReadServingRevisionAsync(cancellationToken);
        if (revision == _revision) return;
        var versions = await ledger.ListVersionsAsync(null, cancellationToken);
        var routes = await ledger.ListRoutesAsync(cancellationToken);
        // No route is ever removed, so a model without one has a damaged record. It keeps its route, and the others get their new ones.
        var kept = _routes.Where(known => routes.All(route => route.Model != known.Model)).ToList();
        var experiments = new List<Experiment>();
        foreach (var route in routes)
            experiments.AddRange(await ReadExperimentsAsync(route.Model, cancellationToken));
        (_versions, _routes, _experiments, _revision) = (versions, [.. routes, .. kept], experiments, revision);
    }

    private async Task<IEnumerable<Experiment>> ReadExperimentsAsync(string model, CancellationToken cancellationToken)
    {
        try
        {
            return (await ledger.ListExperimentsAsync(model, cancellationToken)).Where(test => test.EndedAt is null);
        }
        catch (LedgerException e) when (e.IsUnreadable)
        {
            log.LedgerUnreadable(e.Message);
            return _experiments.Where(test => test.Model == model);
        }
    }

    private void Apply(CancellationToken cancellationToken)
    {
        if (_revision is null) return;
        var active = _versions.Where(version => version.State == VersionState.Active).ToList();
        foreach (var version in active)
        {
            var name = (version.Model, version.Version);
            if (_started.TryGetValue(name, out var known) && !known.MustRestart(time.GetUtcNow())) continue;
            // Only the last fault is shown, so only the last start is kept.
            _started[name] = new StartedVersion(
                StartAsync(version, cancellationToken), known is null ? null : known with { Before = null }, time.GetUtcNow());
        }

        var models = Models();
        // A version that is ended must be in no table, not even for pinned requests: they would look for it again and again.
        var unused = TakeUnused(active, models.Values);
        if (unused.Count > 0) models = Models();
        if (models.Count != table.Models.Count || models.Any(model => !IsInForce(model.Value)) || !table.IsLoaded) table.Replace(models);
        _stopping.AddRange(unused.Select(StopAsync));
        _stopping.RemoveAll(task => task.IsCompleted);
    }

    private Dictionary<string, ModelRoute> Models() => _routes.Select(Choose).ToDictionary(route => route.Route.Model);

    // The recorded route once all its versions are ready; until then the route in force, with the reason.
    private ModelRoute Choose(Route route)
    {
        var running = _started.Where(pair => pair.Key.Model == route.Model && pair.Value.Endpoint is not null)
            .ToDictionary(pair => pair.Key.Version, pair => pair.Value.Endpoint!);
        var experiment = _experiments.FirstOrDefault(test => test.Model == route.Model);
        var current = table.Find(route.Model);
        var wasInForce = current is { Pending: null } && current.Route.Revision == route.Revision;
        var waiting = wasInForce ? null
            : route.Shares().Keys.FirstOrDefault(name => running.GetValueOrDefault(name) is not { IsReady: true });
        if (waiting is null) return new ModelRoute(route, running, experiment, pending: null);
        var pending = $"route {route.Revision} waits for version {waiting}: {Explain(route.Model, waiting)}";
        return new ModelRoute(current?.Route ?? route, running, experiment, pending);
    }

    private string Explain(string model, string version) =>
        !_started.TryGetValue((model, version), out var started) ? "it is not active"
        : (started.Fault ?? started.Endpoint?.Replicas.Fault ?? "it is starting").Split('\n')[0];

    private bool IsInForce(ModelRoute route) =>
        table.Find(route.Route.Model) is { } current && current.Route.Revision == route.Route.Revision && current.Pending == route.Pending
        && current.Experiment == route.Experiment && current.Versions.Count == route.Versions.Count
        && current.Versions.All(pair => route.Versions.GetValueOrDefault(pair.Key) == pair.Value);

    private List<StartedVersion> TakeUnused(List<ModelVersion> active, IEnumerable<ModelRoute> routes)
    {
        var used = active.Select(version => (version.Model, version.Version))
            .Concat(routes.SelectMany(route => route.Route.Shares().Keys.Append(route.Route.Shadow ?? "")
                .Select(name => (route.Route.Model, name)))).ToHashSet();
        var unused = _started.Where(pair => !used.Contains(pair.Key)).ToList();
        foreach (var (name, _) in unused) _started.Remove(name);
        return [.. unused.Select(pair => pair.Value)];
    }

    private async Task<Outcome<VersionEndpoint>> StartAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (!InputCheck.Parse(version.InputSchema).Succeeded(out var input, out var refusal)) return refusal;
            return (await host.StartAsync(version, cancellationToken)).Match<Outcome<VersionEndpoint>>(
                replicas => new VersionEndpoint(version, replicas, input.Check, time), refused => refused);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.VersionNotStarted(version.Model, version.Version, e.Message);
            return Refusal.Unavailable(e.Message);
        }
    }

    private async Task StopAsync(StartedVersion started)
    {
        try
        {
            if ((await started.Start).Succeeded(out var endpoint, out _)) await endpoint.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // It was not started yet.
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            log.VersionNotEnded(e.Message);
        }
    }
}

/// <summary>A version that the gateway starts or has started.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Before">The failed start before; null for the first.</param>
/// <param name="At">When it was started.</param>
internal sealed record StartedVersion(Task<Outcome<VersionEndpoint>> Start, StartedVersion? Before, DateTimeOffset At)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    /// <summary>Where it is served; null until then.</summary>
    public VersionEndpoint? Endpoint =>
        Start.IsCompletedSuccessfully ? Start.Result.Match<VersionEndpoint?>(endpoint => endpoint, _ => null) : null;

    /// <summary>Why it could not be started; null when it could, or is still being started for the first time.</summary>
    public string? Fault => Start.IsCompletedSuccessfully
        ? Start.Result.Match<string?>(_ => null, refusal => refusal.Message)
        : Before?.Fault;

    /// <summary>True when the start failed a while ago.</summary>
    public bool MustRestart(DateTimeOffset now) => Start.IsCompleted && Endpoint is null && now - At > RetryPause;
}
