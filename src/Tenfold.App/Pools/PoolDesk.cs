using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;
using Tenfold.Targets.Pool;
using Tenfold.Targets.Pool.Instances;

namespace Tenfold.App.Pools;

/// <summary>Shows a pool and drains its machines, from any machine that can use the pool's store.</summary>
/// <param name="services">The services of this home.</param>
public sealed class PoolDesk(Services services)
{
    // A pool is looked for among the newest groups only.
    private const int Newest = 500;

    /// <summary>
    /// Finds the URL of a pool's store: the one that is named, else that of the project in the working folder, else the home's.
    /// </summary>
    /// <param name="named">The URL or the folder that the user named; null for none.</param>
    /// <returns>The URL; null for the home's store. Or a refusal: the project can't be read.</returns>
    public Outcome<StoreAddress> FindStore(string? named)
    {
        if (named is not null)
            return new StoreAddress(named.Contains("://", StringComparison.Ordinal) ? named : Path.GetFullPath(named));
        if (ProjectFinder.Find(services.Session.WorkingFolder ?? ".") is not { } file) return new StoreAddress(null);
        return services.Projects.Open(Path.GetDirectoryName(file)!).ToOutcome().Succeeded(out var located, out var refusal)
            ? new StoreAddress(services.Targets.StoreUrl(located)) : refusal;
    }

    /// <summary>Shows a pool: its machines, and how many attempts wait.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="store">The store that the user named; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The pool; or a refusal: the name or the store is wrong.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Outcome<PoolStatus>> InspectAsync(string pool, string? store, CancellationToken cancellationToken)
    {
        return Open(pool, store).Succeeded(out var opened, out var refusal)
            ? await InspectAsync(pool, opened, cancellationToken) : refusal;
    }

    /// <summary>
    /// Shows a pool of a server. Only stores in which this home's own runs have waited are read, since the user who asks chooses the name.
    /// </summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="store">The store that the user named; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The pool; or a refusal: the name is wrong, no such store is known, or several are.</returns>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<Outcome<PoolStatus>> InspectServedAsync(string pool, string? store, CancellationToken cancellationToken)
    {
        if (PoolKeys.NameFault(pool) is { } fault) return Refusal.BadInput(fault);
        if (!services.Stores.Open(null).Succeeded(out var own, out var refusal)) return refusal;
        var known = new Dictionary<string, IStore>();
        foreach (var group in await services.Ledger.ListGroupsAsync(Newest, cancellationToken))
        {
            if (group.Spec.Target is not { } target || (target.Kind, target.Place) != (PoolKind.Declaration.Kind, pool)) continue;
            if (!services.StoreOf(group).Succeeded(out var opened, out _) || known.ContainsKey(opened.Url)) continue;
            if (await services.Comparisons.IsOwnGroupAsync(group.Id, cancellationToken)) known[opened.Url] = opened;
        }

        if (known.Count == 0 || store == own.Url) known[own.Url] = own;
        if (store is null && known.Count == 1) return await InspectAsync(pool, known.Values.Single(), cancellationToken);
        var names = string.Join(", ", known.Keys.Order(StringComparer.Ordinal));
        if (store is null) return Refusal.BadInput($"the server uses pools with the name {pool} in several stores, so name one: {names}");
        return known.TryGetValue(store, out var named) ? await InspectAsync(pool, named, cancellationToken)
            : Refusal.NotFound($"the server has submitted no runs to the pool {pool} in the store {store}; it knows {names}");
    }

    private async Task<Outcome<PoolStatus>> InspectAsync(string pool, IStore opened, CancellationToken cancellationToken)
    {
        var machines = await new PoolRoster(opened, pool).ReadAsync(cancellationToken);
        var waiting = await opened.ListAsync(PoolKeys.Queue(pool), cancellationToken).CountAsync(cancellationToken);
        if (!new InstanceFinder(services).Find(pool, opened.Url).Succeeded(out var lists, out var refusal)) return refusal;
        var (instances, fault) = await InspectInstancesAsync(lists, machines, cancellationToken);
        return new PoolStatus(pool, opened.Url, machines, waiting) { Instances = instances, InstanceFault = fault };
    }

    /// <summary>
    /// Looks after the instances of a pool once: starts them for waiting work, and stops those that are on for nothing. It looks again
    /// after a minute where it must, and then ends.
    /// </summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="store">The store that the user named; null for none.</param>
    /// <param name="report">Receives what was found and done, a line each, once.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many instances should be off and could not be stopped; or a refusal: the pool has no instances.</returns>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<Outcome<WatchResult>> WatchAsync(
        string pool, string? store, Action<string> report, CancellationToken cancellationToken)
    {
        if (!Open(pool, store).Succeeded(out var opened, out var refusal)) return refusal;
        if (!new InstanceFinder(services).Find(pool, opened.Url).Succeeded(out var lists, out refusal)) return refusal;
        if (lists.Count == 0)
        {
            return Refusal.NotFound(
                $"the pool {pool} has no instances: call this in a project whose target lists `instances`, or where its runs were "
                + "submitted");
        }

        try
        {
            return await new InstanceKeeper(services, opened).RunAsync(lists, report, cancellationToken);
        }
        catch (TargetException e)
        {
            return Refusal.Unavailable(e.Message);
        }
    }

    private async Task<(IReadOnlyList<PoolInstanceStatus> Instances, string? Fault)> InspectInstancesAsync(
        IReadOnlyList<InstanceList> lists, IReadOnlyList<SeenMachine> machines, CancellationToken cancellationToken)
    {
        var found = new List<PoolInstanceStatus>();
        try
        {
            foreach (var region in lists.GroupBy(list => list.Region))
            {
                var ids = region.SelectMany(list => list.Instances).Distinct().ToList();
                foreach (var instance in await services.PoolCloud.Open(region.Key).ListAsync(ids, cancellationToken))
                {
                    var agent = machines.Where(seen => seen.Machine.Instance == instance.Id).MinBy(seen => seen.SilentFor);
                    found.Add(new PoolInstanceStatus(instance, region.Key, agent));
                }
            }

            return (found, null);
        }
        catch (TargetException e)
        {
            return (found, e.Message);
        }
    }

    /// <summary>Asks the agents of a pool to take no more work, and to end when their runs have ended.</summary>
    /// <param name="pool">The pool's name.</param>
    /// <param name="machine">The only machine that shall drain; null for all.</param>
    /// <param name="store">The store that the user named; null for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The machines that were asked; or a refusal: no such machine is online.</returns>
    /// <exception cref="StoreException">The store can't be read or written.</exception>
    public async Task<Outcome<IReadOnlyList<SeenMachine>>> DrainAsync(
        string pool, string? machine, string? store, CancellationToken cancellationToken)
    {
        if (!Open(pool, store).Succeeded(out var opened, out var refusal)) return refusal;
        var online = (await new PoolRoster(opened, pool).ReadAsync(cancellationToken)).Where(seen => seen.IsOnline).ToList();
        var asked = online.FindAll(seen => machine is null || seen.Machine.Machine.Equals(machine, StringComparison.OrdinalIgnoreCase));
        if (asked.Count == 0)
        {
            var known = online.Count == 0 ? "no machine serves it now"
                : $"it has {string.Join(", ", online.Select(seen => seen.Machine.Machine).Distinct())}";
            return Refusal.NotFound(
                machine is null ? $"the pool {pool} in {opened.Url} can't be drained: {known}"
                : $"the machine {machine} does not serve the pool {pool} in {opened.Url}: {known}");
        }

        foreach (var seen in asked)
            await opened.WriteAsync(PoolKeys.DrainMark(pool, seen.Machine.Session), ReadOnlyMemory<byte>.Empty, cancellationToken);
        return Outcome.Of<IReadOnlyList<SeenMachine>>(asked);
    }

    private Outcome<IStore> Open(string pool, string? store)
    {
        if (PoolKeys.NameFault(pool) is { } fault) return Refusal.BadInput(fault);
        if (!FindStore(store).Succeeded(out var address, out var refusal)) return refusal;
        return store is null && FindForeign(pool) is { } foreign ? foreign : services.Stores.Open(address.Url);
    }

    // A project without that pool would silently lead to its own store, where the pool has no machines and no queue.
    private Refusal? FindForeign(string pool)
    {
        if (ProjectFinder.Find(services.Session.WorkingFolder ?? ".") is not { } file) return null;
        if (!services.Projects.Open(Path.GetDirectoryName(file)!).ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        List<string> pools =
        [
            .. located.Project.Targets.Where(target => target.Value.Kind == PoolKind.Declaration.Kind)
                .Select(target => target.Value.Text("pool") ?? target.Key).Distinct(),
        ];
        if (pools.Contains(pool)) return null;
        var known = pools.Count == 0 ? "it has no pool" : $"it has {string.Join(", ", pools)}";
        return Refusal.NotFound(
            $"{file} has no pool {pool} ({known}): name the store of the pool with --store, or run this in the folder of a project "
            + "that has it");
    }
}

/// <summary>Where a pool's store is.</summary>
/// <param name="Url">The URL; null for the home's store.</param>
public sealed record StoreAddress(string? Url);

/// <summary>A pool.</summary>
/// <param name="Pool">Its name.</param>
/// <param name="StoreUrl">The store with its queue.</param>
/// <param name="Machines">Its machines, also those that went offline within a week.</param>
/// <param name="Waiting">How many attempts wait.</param>
public sealed record PoolStatus(string Pool, string StoreUrl, IReadOnlyList<SeenMachine> Machines, int Waiting)
{
    /// <summary>The instances of EC2 that serve it.</summary>
    public IReadOnlyList<PoolInstanceStatus> Instances { get; init; } = [];

    /// <summary>Why EC2 did not say what its instances do; null when it did.</summary>
    public string? InstanceFault { get; init; }
}

/// <summary>An instance of a pool.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="Region">Its region.</param>
/// <param name="Agent">The last sign of life of its agent; null for none.</param>
public sealed record PoolInstanceStatus(PoolInstance Instance, string Region, SeenMachine? Agent)
{
    /// <summary>Its state in a word or two.</summary>
    public string State => Instance.State switch
    {
        InstanceState.Missing => "not found",
        InstanceState.Deleted => "terminated",
        InstanceState.Running when Agent is not { IsOnline: true } => "no agent",
        InstanceState.Running => Agent!.Machine.IsDraining ? "draining" : Agent.Machine.Running.Count > 0 ? "busy"
            : Agent.Machine.HasBusyGpus ? "GPU busy" : "idle",
        var other => other.ToString().ToLowerInvariant(),
    };
}
