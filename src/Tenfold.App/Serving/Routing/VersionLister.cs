using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Routing;

/// <summary>Lists deployed versions with their traffic.</summary>
/// <param name="services">The services of this home.</param>
public sealed class VersionLister(Services services)
{
    /// <summary>Lists the versions of a model, or of all models, in the order in which they were deployed.</summary>
    /// <param name="model">The model; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<ListedVersion>> ListAsync(string? model, CancellationToken cancellationToken)
    {
        var versions = await services.Versions.ListVersionsAsync(model, cancellationToken);
        var routes = (await services.Versions.ListRoutesAsync(cancellationToken)).ToDictionary(route => route.Model);
        var shares = routes.ToDictionary(route => route.Key, route => route.Value.Shares());
        return
        [
            .. versions.OrderBy(version => version.Model, StringComparer.Ordinal).Select(version => new ListedVersion(
                version,
                shares.GetValueOrDefault(version.Model)?.GetValueOrDefault(version.Version) ?? 0,
                routes.GetValueOrDefault(version.Model)?.Shadow == version.Version)),
        ];
    }
}

/// <summary>A version with its traffic.</summary>
/// <param name="Version">The version.</param>
/// <param name="Share">Its share in buckets.</param>
/// <param name="IsShadow">True when it gets a copy of each request.</param>
public sealed record ListedVersion(ModelVersion Version, int Share, bool IsShadow);
