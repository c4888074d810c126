using Tenfold.Agent;
using Tenfold.Agent.Preparation;
using Tenfold.Core.Attempts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Targets;
using Tenfold.Sql;

namespace Tenfold.App.Cleaning;

/// <summary>Finds what was left behind on targets, in stores and on this machine. <see cref="GarbageScan"/> removes it.</summary>
/// <param name="services">The services of this home.</param>
public sealed class GarbageCollector(Services services)
{
    /// <summary>Finds garbage, and removes nothing.</summary>
    /// <param name="retention">How long each kind of garbage is kept.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was found; or BadInput when this ledger was imported into another, which alone knows what is in use.</returns>
    public async Task<Outcome<GarbageScan>> FindAsync(Retention retention, CancellationToken cancellationToken)
    {
        // This ledger doesn't know what the other ledger has run since, and would take all of that for garbage.
        if (await new SqlLedger(services.Database).ImportedIntoAsync(cancellationToken) is { } other)
        {
            return Refusal.BadInput(
                $"{services.Database.Place} was imported into {other}, which has managed its runs and files since then: " +
                "run `tenfold gc` with TENFOLD_LEDGER set to that ledger");
        }

        var ledger = await services.Ledger.ReadIdAsync(cancellationToken);
        // An old version may have written the home's own ledger without registering it with the store.
        var hasOtherLedger = !services.IsLedgerHere && File.Exists(services.LaptopLedger);
        var queued = services.Queue.Waiting().Concat(services.Queue.Running()).Select(WorkQueue.Read)
            .OfType<Assignment>().Where(assignment => assignment.Ledger == ledger);
        var finder = new GarbageFinder(services.Garbage, services.Targets, services.Time)
        {
            SharedStores = hasOtherLedger ? [services.Stores.Home.Url] : [],
            Agent = AgentVersion(cancellationToken),
            AlwaysScanned = await services.Targets.ListLocalAsync(queued.Select(assignment => assignment.Spec.Store), cancellationToken),
        };
        var checkpoints = Path.Combine(services.AgentHome, "checkpoints");
        var scan = await finder.FindAsync(ledger, [services.Stores.Home], checkpoints, retention, cancellationToken);
        return scan with { Items = [.. scan.Items, .. Caches(retention)] };
    }

    // Agents on a backend's machines clean their caches up. This machine's caches stay until `gc`: the user may be about to go offline.
    private IEnumerable<GarbageItem> Caches(Retention retention)
    {
        var since = services.Time.GetUtcNow() - retention.Caches;
        var why = $"no run has used it for {retention.Caches.TotalDays:0.##} days";
        return new CacheCleaner(services.AgentHome, services.Time).UnusedSince(since).Select(path =>
            new GarbageItem(GarbageKind.Cache, "this machine", path, SizeOf(path), why)
            {
                RemoveAsync = _ =>
                {
                    CacheEntry.TryRemove(path, since);
                    return Task.CompletedTask;
                },
            });
    }

    private static long SizeOf(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return new DirectoryInfo(folder).EnumerateFiles("*", options).Sum(file => file.Length);
    }

    // A developer's build has no bundle, and so doesn't know which version of the agent is in use.
    private string? AgentVersion(CancellationToken cancellationToken)
    {
        try
        {
            return services.Bundle.Version(cancellationToken);
        }
        catch (TargetException)
        {
            return null;
        }
    }
}
