using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Core.Versions;

/// <summary>
/// The record of versions, routes and experiments in a store, which several machines share. Revision <c>n</c> is one object with the whole
/// state, and nothing ever changes or removes it. Thread-safe.
/// </summary>
/// <remarks><see cref="StoreRevisions{T}"/> says how.</remarks>
/// <param name="store">The store.</param>
public sealed class StoreVersionLedger(IStore store) : IVersionLedger
{
    /// <summary>The folder of the record in a store.</summary>
    public const string Folder = "serving/record";

    private readonly StoreRevisions<ServingState> _record =
        new(store, Folder, VersionJson.Default.ServingState, new ServingState());

    /// <inheritdoc/>
    public async Task<long> ReadServingRevisionAsync(CancellationToken cancellationToken) =>
        (await _record.ReadAsync(cancellationToken)).Number;

    /// <inheritdoc/>
    public Task<bool> AddVersionAsync(ModelVersion version, string salt, CancellationToken cancellationToken) => ChangeAsync(state =>
    {
        var known = state.Versions.Where(one => one.Model == version.Model).ToList();
        if (known.Any(one => one.Version == version.Version)) return null;
        var next = state with { Versions = [.. state.Versions, version] };
        return known.Count > 0 ? next : next with { Routes = [.. next.Routes, Route.First(version, salt)] };
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ModelVersion>> ListVersionsAsync(string? model, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Versions.Where(version => model is null || version.Model == model)];

    /// <inheritdoc/>
    public Task<bool> ChangeVersionAsync(
        string model, string version, VersionState state, DateTimeOffset at, CancellationToken cancellationToken) => ChangeAsync(before =>
    {
        var found = before.Versions.FirstOrDefault(one => one.Model == model && one.Version == version);
        if (found is null || found.State == state || found.State == VersionState.Purged) return null;
        if (state != VersionState.Active && before.RouteOf(model) is { } route && route.Serves(version)) return null;
        return before with
        {
            Versions = [.. before.Versions.Select(one => one == found ? found with { State = state, ChangedAt = at } : one)],
        };
    }, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> AddRouteAsync(Route route, CancellationToken cancellationToken) => ChangeAsync(state =>
    {
        if (route.Revision != (state.RouteOf(route.Model)?.Revision ?? 0) + 1) return null;
        var active = state.Versions.Where(one => one.Model == route.Model && one.State == VersionState.Active)
            .Select(one => one.Version).ToHashSet();
        var isFit = route.Ranges.All(range => active.Contains(range.Version))
            && (route.Shadow is not { } shadow || active.Contains(shadow));
        return isFit ? state with { Routes = [.. state.Routes, route] } : null;
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Route>> ListRoutesAsync(CancellationToken cancellationToken) =>
    [
        .. (await ReadAsync(cancellationToken)).Routes.GroupBy(route => route.Model)
            .Select(routes => routes.MaxBy(route => route.Revision)!),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Route>> ListRouteHistoryAsync(string model, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Routes.Where(route => route.Model == model).OrderBy(route => route.Revision)];

    /// <inheritdoc/>
    public async Task<int?> AddExperimentAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        int? number = null;
        var isAdded = await ChangeAsync(state =>
        {
            var known = state.Experiments.Where(one => one.Model == experiment.Model).ToList();
            if (known.Any(one => one.EndedAt is null)) return null;
            number = known.Count + 1;
            var numbered = experiment with { Number = number.Value, EndedAt = null, EndReason = null };
            return state with { Experiments = [.. state.Experiments, numbered] };
        }, cancellationToken);
        return isAdded ? number : null;
    }

    /// <inheritdoc/>
    public Task<bool> EndExperimentAsync(
        string model, int number, DateTimeOffset at, Reason reason, CancellationToken cancellationToken) => ChangeAsync(state =>
    {
        var found = state.Experiments.FirstOrDefault(one => one.Model == model && one.Number == number && one.EndedAt is null);
        return found is null ? null : state with
        {
            Experiments = [.. state.Experiments.Select(one => one == found ? found with { EndedAt = at, EndReason = reason } : one)],
        };
    }, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Experiment>> ListExperimentsAsync(string model, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Experiments.Where(one => one.Model == model).OrderBy(one => one.Number)];

    // The change returns null when there is nothing to record.
    private Task<bool> ChangeAsync(Func<ServingState, ServingState?> change, CancellationToken cancellationToken) =>
        _record.ChangeAsync(change, cancellationToken);

    private async Task<ServingState> ReadAsync(CancellationToken cancellationToken) => (await _record.ReadAsync(cancellationToken)).State;
}

/// <summary>All versions, routes and experiments of a store, at one revision.</summary>
public sealed record ServingState
{
    /// <summary>The versions, in the order in which they were deployed.</summary>
    public IReadOnlyList<ModelVersion> Versions { get; init; } = [];

    /// <summary>All routes, in the order in which they were recorded.</summary>
    public IReadOnlyList<Route> Routes { get; init; } = [];

    /// <summary>The experiments, in the order in which they were started.</summary>
    public IReadOnlyList<Experiment> Experiments { get; init; } = [];

    /// <summary>A model's route in force; null for none.</summary>
    internal Route? RouteOf(string model) => Routes.Where(route => route.Model == model).MaxBy(route => route.Revision);
}
