using System.Text.Json;
using System.Text.Json.Serialization;
using Tenfold.Core.Ledger;
using Tenfold.Core.Runs;
using Tenfold.Core.Snapshots;

namespace Tenfold.App.Views;

// The shapes of what a group fixes for its runs. Views.cs says what may change.
#pragma warning disable MA0048

/// <summary>A group with everything that it pins for its runs.</summary>
public sealed record GroupView(
    string Id, string Project, string Target, string Root, DateTimeOffset CreatedAt, string Host, string Version, long BaseSeed, int Repeat,
    string? Like, string? GitCommit, string? GitBranch, bool? GitDirty, string Snapshot, string? Command, string? Script,
    EnvironmentSpec Environment, JsonElement Parameters, IReadOnlyDictionary<string, DataSpec> Data, string? Metric, string? Goal,
    IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>The view of a record.</summary>
    public static GroupView Of(GroupRecord group) => new(
        group.Id, group.Spec.Project, group.Target, group.Root, group.CreatedAt, group.Host, group.Version, group.BaseSeed, group.Repeat,
        group.Like, group.GitCommit, group.GitBranch, group.GitDirty, group.Spec.Snapshot, group.Spec.Command, group.Spec.Script,
        group.Spec.Environment, group.Spec.Parameters, group.Spec.Data, group.Spec.Metric?.Name,
        group.Spec.Metric?.Goal.ToString().ToLowerInvariant(),
        group.Spec.Variables ?? new Dictionary<string, string>())
    {
        Resources = ResourcesView.Of(group.Spec.Resources),
        EarlyStopping = EarlyStoppingView.Of(group.Spec.EarlyStopping),
        TestFraction = group.Spec.TestFraction,
        TargetKind = group.Spec.Target is { IsLocal: false } target ? target.Kind : null,
        TargetPlace = group.Spec.Target is { IsLocal: false } place ? place.Place : null,
        Store = group.Spec.Store,
        Vary = group.Spec.Variation is { } variation
            ? [.. variation.Sources.Select(source => new VariedSourceView(source.Name, source.Parameter))] : null,
        UsdPerHour = group.Spec.UsdPerHour,
        MaxUsd = group.Spec.MaxUsd,
        Missing = group.Spec.Missing,
    };

    /// <summary>What each run needs and may take; null from a server of an earlier version.</summary>
    public ResourcesView? Resources { get; init; }

    /// <summary>When a run that no longer improves is stopped; null for never.</summary>
    public EarlyStoppingView? EarlyStopping { get; init; }

    /// <summary>The share of the data that each run tests on, when the seed chooses it anew; else null.</summary>
    public double? TestFraction { get; init; }

    /// <summary>The sources of variance that the runs vary; left out when they differ in their seed only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<VariedSourceView>? Vary { get; init; }

    /// <summary>The kind of the target; null for the machine that made the group.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Where the target is; null for the machine that made the group.</summary>
    public string? TargetPlace { get; init; }

    /// <summary>The URL of the store; null for the home's.</summary>
    public string? Store { get; init; }

    /// <summary>What an hour of each run's machine costs in US dollars; null when that is unknown.</summary>
    public decimal? UsdPerHour { get; init; }

    /// <summary>What the group's machines may cost in US dollars; null for no limit.</summary>
    public decimal? MaxUsd { get; init; }

    /// <summary>What the project's repository only points to, and the snapshot lacks; left out for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MissingContent? Missing { get; init; }
}

/// <summary>A source of variance that a group's runs vary.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parameter">The parameter by which the script receives its draws; null for the seed and the hardware.</param>
public sealed record VariedSourceView(string Name, string? Parameter);

/// <summary>What each run of a group needs and may take.</summary>
/// <param name="Cpus">Cores; null when the project states none.</param>
/// <param name="MemoryBytes">Memory; null when the project states none.</param>
/// <param name="Gpus">Graphics processors.</param>
/// <param name="Spot">True when preemptible machines may be used.</param>
/// <param name="MaxRuntimeSeconds">How long an attempt may take; null for no limit.</param>
/// <param name="Retries">How many more attempts follow when the command fails.</param>
/// <param name="LostRetries">How many more attempts follow when the machine is lost.</param>
public sealed record ResourcesView(
    double? Cpus, long? MemoryBytes, int Gpus, bool Spot, double? MaxRuntimeSeconds, int Retries,
    int LostRetries = ResourceSpec.UsualLostRetries)
{
    /// <summary>The view of what is recorded.</summary>
    public static ResourcesView Of(ResourceSpec needs) =>
        new(needs.Cpus, needs.MemoryBytes, needs.Gpus, needs.Spot, needs.MaxRuntime?.TotalSeconds, needs.Retries, needs.MaxLost);
}

/// <summary>When a run that no longer improves is stopped.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Goal"><c>maximize</c> or <c>minimize</c>.</param>
/// <param name="Patience">How many evaluations without improvement are tolerated.</param>
/// <param name="MinDelta">The smallest change that counts, in the metric's unit.</param>
public sealed record EarlyStoppingView(string Metric, string Goal, int Patience, double MinDelta)
{
    /// <summary>The view of what is recorded; null for none.</summary>
    public static EarlyStoppingView? Of(EarlyStoppingSpec? early) =>
        early is null ? null : new(early.Metric, early.Goal.ToString().ToLowerInvariant(), early.Patience, early.MinDelta);
}
