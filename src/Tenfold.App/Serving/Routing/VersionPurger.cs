using Tenfold.Core.Versions;

namespace Tenfold.App.Serving.Routing;

/// <summary>Deletes what a version's clients sent and got. The version's record stays, and so do its model and its run.</summary>
/// <param name="services">The services of this home.</param>
public sealed class VersionPurger(Services services)
{
    /// <summary>Deletes the logged requests of a reverted version, with their outcomes, and marks the version as purged.</summary>
    /// <remarks>Calling it again deletes requests that a gateway has loaded since.</remarks>
    /// <returns>How many requests were deleted; or a refusal: no such version, or it is in service.</returns>
    public async Task<Outcome<long>> PurgeAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (!(await MarkAsync(model, version, cancellationToken)).Succeeded(out _, out var refusal)) return refusal;
        return await services.Requests.DeleteVersionAsync(model, version, cancellationToken);
    }

    /// <summary>Marks a reverted version as purged, and deletes nothing.</summary>
    /// <returns>The version; or a refusal: no such version, or it is in service.</returns>
    public async Task<Outcome<ModelVersion>> MarkAsync(string model, string version, CancellationToken cancellationToken)
    {
        if (!(await new TrafficControl(services).FindAsync(model, version, cancellationToken)).Succeeded(out var found, out var refusal))
            return refusal;
        if (found.State == VersionState.Active)
        {
            return Refusal.BadInput(
                $"{model} {version} is in service, and its requests are not deleted: revert it first, with "
                + $"`tenfold revert {model} {version}`");
        }

        // The state comes first: from then on the version can't be put into service again.
        var now = services.Time.GetUtcNow();
        if (!await services.Versions.ChangeVersionAsync(model, version, VersionState.Purged, now, cancellationToken)
            && found.State != VersionState.Purged)
            return TrafficControl.ChangedMeanwhile(model, version);
        return found;
    }
}
