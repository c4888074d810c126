using Tenfold.Core.Reasons;
using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Routing;

/// <summary>Divides a model's traffic, and takes versions out of service. Each change is one new route.</summary>
/// <param name="services">The services of this home.</param>
public sealed class TrafficControl(Services services)
{
    private const int MaxTries = 5;

    /// <summary>Divides a model's traffic.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shares">The share of each version in buckets; their sum is all of them.</param>
    /// <param name="shadow">The version that gets copies; empty for none; null for the one that it is now.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The route in force; or a refusal: no such version, or it was reverted.</returns>
    public Task<Outcome<Route>> DivideAsync(
        string model, IReadOnlyDictionary<string, int> shares, string? shadow, CancellationToken cancellationToken) =>
        ChangeAsync(model, new Reason.TrafficSet(), (route, _, versions) =>
        {
            if (FindUnfit([.. shares.Keys, .. shadow is { Length: > 0 } ? new[] { shadow } : []], model, versions) is { } unfit)
                return unfit;
            if (shadow is { Length: > 0 } && shares.GetValueOrDefault(shadow) > 0)
                return Refusal.BadInput(
                    $"{shadow} has a share of the traffic, so it needs no copies: give it a share or make it the shadow");
            var copied = shadow ?? (route.Shadow is { } kept && shares.GetValueOrDefault(kept) > 0 ? null : route.Shadow);
            return route with
            {
                Ranges = BucketRanges.Reassign(route.Ranges, shares),
                Shadow = copied is { Length: > 0 } ? copied : null,
            };
        }, cancellationToken);

    /// <summary>
    /// Takes a version out of service: its traffic goes to the others, in proportion to their shares. When it has all traffic, the route
    /// before it is restored. Its artifacts, requests and outcomes stay.
    /// </summary>
    /// <returns>The route in force; or a refusal: no such version, or no other version can take its traffic.</returns>
    public async Task<Outcome<Route>> RevertAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(model, version, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        if (found.State != VersionState.Active)
            return Refusal.BadInput($"{model} {version} was {found.State.ToString().ToLowerInvariant()} already: nothing was changed");
        for (var number = 1; ; number++)
        {
            var changed = await ChangeAsync(model, new Reason.VersionReverted(version), (route, history, versions) =>
                Without(route, history, versions, version) is { } without
                    ? without
                    : Refusal.BadInput(
                        $"{model} {version} has all traffic, and no other version had any before: send the traffic to another version "
                        + $"first, with `tenfold traffic {model} VERSION=100`"),
                cancellationToken);
            if (!changed.Succeeded(out var route, out refusal)) return refusal;
            var now = services.Time.GetUtcNow();
            if (await services.Versions.ChangeVersionAsync(model, version, VersionState.Reverted, now, cancellationToken)) return route;
            // Another process gave it traffic again between the two changes.
            if (number == MaxTries) return Refusal.BadInput($"{model} {version} keeps getting traffic from another process: try again");
        }
    }

    /// <summary>Puts a reverted version into service again, without traffic.</summary>
    /// <returns>The version; or a refusal: no such version, or it was not reverted.</returns>
    public async Task<Outcome<ModelVersion>> RestoreAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (!(await FindAsync(model, version, cancellationToken)).Succeeded(out var found, out var refusal)) return refusal;
        if (found.State != VersionState.Reverted)
        {
            return Refusal.BadInput(found.State == VersionState.Active
                ? $"{model} {version} is in service: nothing was changed"
                : $"{model} {version} was purged: deploy its run as a new version");
        }

        var now = services.Time.GetUtcNow();
        if (!await services.Versions.ChangeVersionAsync(model, version, VersionState.Active, now, cancellationToken))
            return ChangedMeanwhile(model, version);
        return found with { State = VersionState.Active, ChangedAt = now };
    }

    /// <summary>The refusal when another process has changed a version's state since it was read.</summary>
    internal static Refusal ChangedMeanwhile(string model, string version) =>
        Refusal.BadInput($"another process has just changed {model} {version}, so nothing was done: look at `tenfold versions {model}`");

    /// <summary>Finds a version.</summary>
    /// <returns>The version; or NotFound.</returns>
    public async Task<Outcome<ModelVersion>> FindAsync(string model, string version, CancellationToken cancellationToken)
    {
        var versions = await services.Versions.ListVersionsAsync(model, cancellationToken);
        if (versions.Count == 0) return NoModel(model);
        return versions.FirstOrDefault(one => one.Version == version) is { } found
            ? found
            : Refusal.NotFound($"{model} has no version {version}; it has {string.Join(", ", versions.Select(one => one.Version))}");
    }

    private async Task<Outcome<Route>> ChangeAsync(
        string model, Reason reason, Func<Route, IReadOnlyList<Route>, IReadOnlyList<ModelVersion>, Outcome<Route>> change,
        CancellationToken cancellationToken)
    {
        for (var number = 1; number <= MaxTries; number++)
        {
            var history = await services.Versions.ListRouteHistoryAsync(model, cancellationToken);
            if (history.Count == 0) return NoModel(model);
            var versions = await services.Versions.ListVersionsAsync(model, cancellationToken);
            if (!change(history[^1], history, versions).Succeeded(out var changed, out var refusal)) return refusal;
            if (changed.DividesLike(history[^1])) return history[^1];
            var route = changed with
            {
                Revision = history[^1].Revision + 1,
                At = services.Time.GetUtcNow(),
                By = services.Session.Place,
                Reason = reason,
            };
            if (await services.Versions.AddRouteAsync(route, cancellationToken)) return route;
        }

        return Refusal.BadInput($"other processes change the routes of {model} at the same time: try again");
    }

    private static Refusal? FindUnfit(IReadOnlyList<string> named, string model, IReadOnlyList<ModelVersion> versions)
    {
        foreach (var name in named)
        {
            if (versions.FirstOrDefault(version => version.Version == name) is not { } version)
                return Refusal.NotFound($"{model} has no version {name}; `tenfold versions {model}` lists them");
            if (version.State == VersionState.Reverted)
                return Refusal.BadInput($"{model} {name} was reverted: `tenfold revert --undo {model} {name}` puts it into service again");
            if (version.State == VersionState.Purged)
                return Refusal.BadInput($"{model} {name} was purged: deploy its run as a new version");
        }

        return null;
    }

    // The route without a version; null when no other version can take its traffic.
    private static Route? Without(Route route, IReadOnlyList<Route> history, IReadOnlyList<ModelVersion> versions, string version)
    {
        var shadow = route.Shadow == version ? null : route.Shadow;
        var shares = route.Shares();
        if (!shares.TryGetValue(version, out var freed)) return route with { Shadow = shadow };
        var others = shares.Where(share => share.Key != version && share.Value > 0).ToDictionary();
        if (others.Count == 0)
        {
            var active = versions.Where(one => one.State == VersionState.Active).Select(one => one.Version).ToHashSet();
            var before = history.LastOrDefault(one =>
                one.Shares().Where(share => share.Value > 0).All(share => share.Key != version && active.Contains(share.Key)));
            if (before is null) return null;
            others = new Dictionary<string, int>(before.Shares());
            freed = 0;
        }

        if (shadow is not null && others.GetValueOrDefault(shadow) > 0) shadow = null;
        return route with { Ranges = BucketRanges.Reassign(route.Ranges, Grow(others, freed)), Shadow = shadow };
    }

    // Each version grows in proportion to its share. The buckets that rounding leaves go to the first versions, one each.
    private static Dictionary<string, int> Grow(Dictionary<string, int> shares, int freed)
    {
        var (sum, left) = (shares.Values.Sum(), freed);
        var grown = new Dictionary<string, int>();
        foreach (var (version, share) in shares)
        {
            var more = (int)((long)freed * share / sum);
            grown[version] = share + more;
            left -= more;
        }

        foreach (var version in shares.Keys.Take(left)) grown[version]++;
        return grown;
    }

    private static Refusal NoModel(string model) =>
        Refusal.NotFound(
            $"no version of {model} is deployed; `tenfold versions` lists all, and `tenfold deploy RUN --as 1.0.0` deploys one");
}
