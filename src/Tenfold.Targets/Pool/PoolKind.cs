using System.Collections.Concurrent;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.Targets.Pool;

/// <summary>The kind <c>pool</c>: machines of the user's own, which take work from a queue in the store.</summary>
/// <param name="machine">The name of this machine.</param>
/// <param name="time">The clock.</param>
/// <param name="cloud">The cloud that has the instances of pools; null for none.</param>
public sealed class PoolKind(string machine, TimeProvider time, PoolCloud? cloud = null) : ITargetKind
{
    private readonly ConcurrentDictionary<(string Pool, string Store), PoolTarget> _targets = [];

    /// <summary>The word <c>pool</c>, and its options.</summary>
    public static TargetKindDeclaration Declaration => PoolSettings.Declaration;

    /// <inheritdoc/>
    TargetKindDeclaration ITargetKind.Declaration => Declaration;

    /// <inheritdoc/>
    public Task<Outcome<TargetSpec>> PlanAsync(TargetSettings settings, IStore store, CancellationToken cancellationToken)
    {
        var pool = PoolSettings.From(settings);
        return Task.FromResult(pool.FindFault(settings) is { } fault ? Refusal.BadInput(fault) : Plan(settings, pool));
    }

    /// <inheritdoc/>
    /// <remarks>The queue is in the store, so every machine that can use the store can control the pool's runs.</remarks>
    public Task<ITarget?> OpenAsync(TargetSpec spec, IStore store, CancellationToken cancellationToken) =>
        Task.FromResult<ITarget?>(_targets.GetOrAdd((spec.Place, store.Url), _ => new PoolTarget(spec.Place, store, machine, time, cloud)));

    /// <summary>The instances that a project lists for a pool.</summary>
    /// <param name="settings">A target of the project; its file of instances has been read.</param>
    /// <param name="project">The project's name.</param>
    /// <param name="store">The URL of the pool's store.</param>
    /// <param name="cloud">The cloud.</param>
    /// <returns>The list; empty for a target of another kind, or without instances. Or a refusal: no region is set.</returns>
    public static Outcome<IReadOnlyList<InstanceList>> FindList(TargetSettings settings, string project, string store, PoolCloud cloud)
    {
        if (settings.Kind != Declaration.Kind) return Outcome.Of<IReadOnlyList<InstanceList>>([]);
        var pool = PoolSettings.From(settings);
        if (pool.FindFault(settings) is { } fault) return Refusal.BadInput(fault);
        if (pool.Instances.Count == 0) return Outcome.Of<IReadOnlyList<InstanceList>>([]);
        return cloud.FindRegion(pool.Region).Succeeded(out var region, out var refusal)
            ? Outcome.Of<IReadOnlyList<InstanceList>>([pool.ToList(project, store, region)]) : refusal;
    }

    /// <summary>The instances that a group's record lists; null for none. Only a record that this home has signed may be trusted.</summary>
    /// <param name="work">The record.</param>
    /// <param name="store">The URL of the pool's store.</param>
    public static InstanceList? FindList(WorkSpec work, string store) =>
        work.Target is { } target && target.Kind == Declaration.Kind
        && PoolSettings.From(target) is { Instances.Count: > 0, Region: { } region } settings
            ? settings.ToList(work.Project, store, region) : null;

    // A record names the region: that of another controller's session may be another one.
    private Outcome<TargetSpec> Plan(TargetSettings settings, PoolSettings pool)
    {
        if (pool.Instances.Count > 0)
        {
            if (cloud is null) return Refusal.Unavailable("`instances`: this program can start no machines.");
            if (!cloud.FindRegion(pool.Region).Succeeded(out var region, out var refusal)) return refusal;
            settings = settings.With("region", new TextValue(region));
        }

        return new TargetSpec(Declaration.Kind, pool.Pool, settings.ToJson());
    }
}
