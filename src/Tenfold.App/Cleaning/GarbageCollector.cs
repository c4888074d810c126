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
    /// <summary>Finds it; removes nothing.</summary>
    /// <param name="retention">How long things are kept.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found; or BadInput, when the ledger was imported into another one, which alone knows what is still used.</returns>
    public async Task<Outcome<GarbageScan>> FindAsync(Retention retention, CancellationToken cancellationToken)
    {
        // This ledger does not know what the other one has run since: all of that would look like garbage.
        if (await new SqlLedger(services.Database).ImportedIntoAsync(cancellationToken) is { } other)
        {
            return Refusal.BadInput(
                $"{services.Database.Place} was imported into {other}, which has looked after its runs and files since then: " +
                "run `tenfold gc` with TENFOLD_LEDGER set to that ledger");
        }

        var ledger = await services.Ledger.IdAsync(cancellationToken);
        // The home's own ledger may be older than the marks that tell which ledgers use a store.
        var hasOtherLedger = !services.IsLedgerHere && File.Exists(services.LaptopLedger);
        var queued = services.Queue.Waiting().Concat(services.Queue.Running()).Select(WorkQueue.Read)
            .OfType<Assignment>().Where(assignment => assignment.Ledger == ledger);
        var finder = new GarbageFinder(services.Garbage, services.Targets, services.Time)
        {
            SharedStores = hasOtherLedger ? [services.Stores.Home.Url] : [],
            Agent = AgentVersion(cancellationToken),
            AlwaysScanned = await services.Targets.HereAsync(queued.Select(assignment => assignment.Spec.Store), cancellationToken),
        };
        var checkpoints = Path.Combine(services.AgentHome, "checkpoints");
        var scan = await finder.FindAsync(ledger, [services.Stores.Home], checkpoints, retention, cancellationToken);
        return scan with { Items = [.. scan.Items, .. Caches(retention)] };
    }

    // Agents on machines of backends clean up by themselves. On this machine a user may be about to work without a network.
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

    // A developer's build is no bundle, and can't tell which agent is in use.
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
