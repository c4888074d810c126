using Tenfold.Core.Versions;

namespace Tenfold.Gateway.Routing;

/// <summary>How the requests for a model are divided among its versions, until the next change. Immutable.</summary>
internal sealed class ModelRoute
{
    /// <summary>Puts a recorded route into force.</summary>
    /// <param name="route">The route.</param>
    /// <param name="versions">The versions of the model that run, by name.</param>
    /// <param name="experiment">The experiment that runs; null for none.</param>
    /// <param name="pending">Why a newer route is not in force yet; null when there is none.</param>
    public ModelRoute(Route route, IReadOnlyDictionary<string, VersionEndpoint> versions, Experiment? experiment, string? pending)
    {
        (Route, Versions, Experiment, Pending) = (route, versions, experiment, pending);
        Shadow = route.Shadow is { } shadow ? versions.GetValueOrDefault(shadow) : null;
    }

    /// <summary>The recorded route.</summary>
    public Route Route { get; }

    /// <summary>The versions of the model that run, by name; also those without traffic.</summary>
    public IReadOnlyDictionary<string, VersionEndpoint> Versions { get; }

    /// <summary>The version that gets copies of requests; null for none.</summary>
    public VersionEndpoint? Shadow { get; }

    /// <summary>The experiment that runs; null for none.</summary>
    public Experiment? Experiment { get; }

    /// <summary>Why a newer route is not in force yet; null when there is none.</summary>
    public string? Pending { get; }

    /// <summary>Finds the version for a request.</summary>
    /// <param name="key">What keeps a user on one version; null when the client sent none.</param>
    /// <param name="request">The request's id, which takes the place of a missing key.</param>
    public RouteAssignment Assign(string? key, Guid request)
    {
        var name = Route.Ranges.Count == 1
            ? Route.Ranges[0].Version
            : BucketRanges.VersionOf(Route.Ranges, BucketRanges.BucketOf(Route.Salt, key ?? request.ToString()));
        return new RouteAssignment(name, Versions.GetValueOrDefault(name), ArmOf(name), Route.Revision);
    }

    /// <summary>Takes the version that the client names, outside any experiment.</summary>
    /// <returns>The assignment; null when no such version runs.</returns>
    public RouteAssignment? Pin(string version) =>
        Versions.TryGetValue(version, out var endpoint)
            ? new RouteAssignment(version, endpoint, Arm: null, RouteRevision: 0) : null;

    private string? ArmOf(string version) =>
        version == Experiment?.Baseline ? Arms.Baseline : version == Experiment?.Candidate ? Arms.Candidate : null;
}

/// <summary>The names of an experiment's arms, in headers and in the request log.</summary>
internal static class Arms
{
    /// <summary>The version that is in production.</summary>
    public const string Baseline = "baseline";

    /// <summary>The version that may replace it.</summary>
    public const string Candidate = "candidate";
}

/// <summary>The version that a request was assigned to.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Endpoint">Where it is served; null when it has not started.</param>
/// <param name="Arm">The arm of the experiment; null without an experiment.</param>
/// <param name="RouteRevision">The route that assigned it; 0 when the client named the version.</param>
internal readonly record struct RouteAssignment(string Version, VersionEndpoint? Endpoint, string? Arm, long RouteRevision);
