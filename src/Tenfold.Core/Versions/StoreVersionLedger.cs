using System.Globalization;
using System.Text.Json;
using Tenfold.Core.Ledger;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;

namespace Tenfold.Core.Versions;

/// <summary>
/// The record of versions, routes and experiments in a store, which several machines share. Revision <c>n</c> is one object with the whole
/// state, and nothing ever changes or removes it. Thread-safe.
/// </summary>
/// <remarks>
/// A change creates the object of the next revision, and a store lets exactly one of several writers create it. The others read it, and
/// try again with what it says. To look for a change is to read one object that does not exist yet.
/// </remarks>
/// <param name="store">The store.</param>
public sealed class StoreVersionLedger(IStore store) : IVersionLedger
{
    /// <summary>The folder of the record in a store.</summary>
    public const string Folder = "serving/record";

    private const string Extension = ".json";
    private const int MaxTries = 100;
    private readonly Lock _gate = new();
    private volatile Known? _known;

    /// <inheritdoc/>
    public async Task<long> ReadServingRevisionAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Revision;

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
        [.. (await ReadAsync(cancellationToken)).State.Versions.Where(version => model is null || version.Model == model)];

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
        .. (await ReadAsync(cancellationToken)).State.Routes.GroupBy(route => route.Model)
            .Select(routes => routes.MaxBy(route => route.Revision)!),
    ];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Route>> ListRouteHistoryAsync(string model, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).State.Routes.Where(route => route.Model == model).OrderBy(route => route.Revision)];

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
        [.. (await ReadAsync(cancellationToken)).State.Experiments.Where(one => one.Model == model).OrderBy(one => one.Number)];

    private static string KeyOf(long revision) => string.Create(CultureInfo.InvariantCulture, $"{Folder}/{revision:D12}{Extension}");

    // The change returns null when there is nothing to record.
    private async Task<bool> ChangeAsync(Func<ServingState, ServingState?> change, CancellationToken cancellationToken)
    {
        try
        {
            for (var number = 0; number < MaxTries; number++)
            {
                var known = await CatchUpAsync(cancellationToken);
                if (change(known.State) is not { } next) return false;
                var json = JsonSerializer.SerializeToUtf8Bytes(next, VersionJson.Default.ServingState);
                if (!await store.TryCreateAsync(KeyOf(known.Revision + 1), json, cancellationToken)) continue;
                Remember(new Known(known.Revision + 1, next));
                return true;
            }
        }
        catch (StoreException e)
        {
            throw new LedgerException(e.Message, e.IsDamaged, e);
        }

        throw new LedgerException($"other processes change {store.Url}/{Folder} all the time: try again", isUnreadable: false);
    }

    private async Task<Known> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await CatchUpAsync(cancellationToken);
        }
        catch (StoreException e)
        {
            throw new LedgerException(e.Message, e.IsDamaged, e);
        }
    }

    // Several callers may do this at once: what they find is the same, and the newest counts.
    private async Task<Known> CatchUpAsync(CancellationToken cancellationToken)
    {
        var known = _known ?? await FindNewestAsync(cancellationToken);
        while (await FetchAsync(known.Revision + 1, cancellationToken) is { } next) known = new Known(known.Revision + 1, next);
        return Remember(known);
    }

    // The first time, the newest object is found by its name; each has the whole state.
    private async Task<Known> FindNewestAsync(CancellationToken cancellationToken)
    {
        var newest = 0L;
        await foreach (var entry in store.ListAsync($"{Folder}/", cancellationToken))
        {
            var name = entry.Key[(Folder.Length + 1)..];
            if (name.EndsWith(Extension, StringComparison.Ordinal) && long.TryParse(
                name[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) && revision > newest)
                newest = revision;
        }

        return newest > 0 && await FetchAsync(newest, cancellationToken) is { } state
            ? new Known(newest, state) : new Known(0, new ServingState());
    }

    private Known Remember(Known found)
    {
        lock (_gate)
        {
            if (_known is null || _known.Revision < found.Revision) _known = found;
            return _known;
        }
    }

    /// <summary>What was read last.</summary>
    private sealed record Known(long Revision, ServingState State);

    private async Task<ServingState?> FetchAsync(long revision, CancellationToken cancellationToken)
    {
        var key = KeyOf(revision);
        if (await store.ReadAsync(key, cancellationToken) is not { } json) return null;
        try
        {
            return JsonSerializer.Deserialize(json, VersionJson.Default.ServingState)
                ?? throw new LedgerException($"{store.Url}/{key} is damaged: it is empty", isUnreadable: true);
        }
        catch (JsonException e)
        {
            throw new LedgerException(
                $"{store.Url}/{key} can't be read ({e.Message}): a newer version of Tenfold wrote it, or it is damaged",
                isUnreadable: true, e);
        }
    }
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
