using Tenfold.App.Serving.Checking;
using Tenfold.App.Serving.Deploying;
using Tenfold.App.Serving.Routing;
using Tenfold.Core.Versions;

namespace Tenfold.App.Views;

// The shapes of --json; docs/json.md describes every field. Programs read them: a field may be added, never changed or removed.
#pragma warning disable MA0048

/// <summary>A rule of the container contract, in <c>serve check</c> and <c>deploy</c>.</summary>
public sealed record RuleView(string Rule, string Title, string Verdict, string Detail)
{
    /// <summary>The view of a result.</summary>
    public static RuleView Of(RuleResult result) =>
        new(result.Code, result.Title, result.Verdict.ToString().ToLowerInvariant(), result.Detail);
}

/// <summary>A version, in <c>versions</c> and <c>deploy</c>.</summary>
public sealed record VersionView(
    string Model, string Version, string State, double TrafficPercent, bool IsShadow, DateTimeOffset DeployedAt, string DeployedBy,
    DateTimeOffset ChangedAt, string? Address, string? Run, string? Manifest, string? Snapshot, string? GitCommit, bool? GitDirty,
    long? Seed, System.Text.Json.JsonElement? Parameters, IReadOnlyDictionary<string, string>? Data, string? Command, int? Replicas)
{
    /// <summary>The view of a version with its traffic.</summary>
    public static VersionView Of(ListedVersion listed)
    {
        var (version, run) = (listed.Version, listed.Version.Run);
        return new VersionView(
            version.Model, version.Version, version.State.ToString().ToLowerInvariant(), listed.Share / 100.0, listed.IsShadow,
            version.DeployedAt, version.DeployedBy, version.ChangedAt, version.Address?.ToString(), run?.Run, run?.Manifest,
            run?.Spec.Snapshot, run?.GitCommit, run?.GitDirty, run?.Seed, run?.Spec.Parameters,
            run?.Spec.Data.ToDictionary(channel => channel.Key, channel => channel.Value.Hash), run?.Command, run?.Replicas);
    }
}

/// <summary>A version that was deployed, with the results of its check.</summary>
public sealed record DeployView(VersionView Version, string? Gate, IReadOnlyList<RuleView> Rules)
{
    /// <summary>The view of a deployed version.</summary>
    public static DeployView Of(DeployedVersion deployed) => new(
        VersionView.Of(new ListedVersion(deployed.Version, deployed.Share, IsShadow: false)), deployed.Gate,
        [.. deployed.Results.Select(RuleView.Of)]);
}

/// <summary>A route, in <c>traffic</c> and <c>revert</c>.</summary>
public sealed record RouteView(
    string Model, long Revision, DateTimeOffset At, string By, string Reason, string ReasonCode,
    IReadOnlyDictionary<string, double> TrafficPercent, string? Shadow)
{
    /// <summary>The view of a route.</summary>
    public static RouteView Of(Route route) => new(
        route.Model, route.Revision, route.At, route.By, $"{route.Reason}", route.Reason.Code,
        route.Shares().ToDictionary(share => share.Key, share => share.Value / 100.0), route.Shadow);
}
