using Tenfold.Core.Pools;
using Tenfold.Core.Store;
using Tenfold.Projects;

namespace Tenfold.App.Pools;

/// <summary>Shows a pool and drains its machines, from any machine that can use the pool's store.</summary>
/// <param name="services">The services of this home.</param>
public sealed class PoolDesk(Services services)
{
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
        if (!Open(pool, store).Succeeded(out var opened, out var refusal)) return refusal;
        var machines = await new PoolRoster(opened, pool).ReadAsync(cancellationToken);
        var waiting = await opened.ListAsync(PoolKeys.Queue(pool), cancellationToken).CountAsync(cancellationToken);
        return new PoolStatus(pool, opened.Url, machines, waiting);
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
        return FindStore(store).Succeeded(out var address, out var refusal) ? services.Stores.Open(address.Url) : refusal;
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
public sealed record PoolStatus(string Pool, string StoreUrl, IReadOnlyList<SeenMachine> Machines, int Waiting);
