using Tenfold.Agent;
using Tenfold.Agent.Preparation;
using Tenfold.App.Infrastructure;
using Tenfold.App.Serving.OnAws;
using Tenfold.Aws.Cleaning;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Control;
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
    /// <param name="on">
    /// A target of the project in this folder, or the kind of some, which is searched even if no recorded group used it; null for none.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was found; or BadInput when this ledger was imported into another, which alone knows what is in use.</returns>
    public async Task<Outcome<GarbageScan>> FindAsync(Retention retention, string? on, CancellationToken cancellationToken)
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
        var local = await services.Targets.ListLocalAsync(queued.Select(assignment => assignment.Spec.Store), cancellationToken);
        var named = new NamedTargets([], new Dictionary<string, IFindsLeftovers>(), []);
        if (on is not null && !(await ResolveAsync(on, cancellationToken)).Succeeded(out named, out var refusal)) return refusal;
        var finder = new GarbageFinder(services.Garbage, services.Targets, services.Time)
        {
            SharedStores = hasOtherLedger ? [services.Stores.Home.Url] : [],
            Agent = AgentVersion(cancellationToken),
            AlwaysScanned = [.. local, .. named.Targets],
            Places = named.Places,
        };
        var checkpoints = Path.Combine(services.AgentHome, "checkpoints");
        var scan = await finder.FindAsync(ledger, [services.Stores.Home], checkpoints, retention, cancellationToken);
        var (served, serveFaults) = on is null ? ([], []) : await new ServingLeftovers(services).FindAsync(on, cancellationToken);
        return scan with
        {
            Items = [.. scan.Items, .. served, .. Caches(retention)],
            Faults = [.. named.Faults, .. scan.Faults, .. serveFaults],
        };
    }

    // "aws" stands for every target in Amazon's cloud.
    private async Task<Outcome<NamedTargets>> ResolveAsync(string on, CancellationToken cancellationToken)
    {
        if (!services.Projects.Open(".").ToOutcome().Succeeded(out var located, out var refusal)) return refusal;
        var wanted = located.Project.Targets
            .Where(target => target.Key == on || target.Value.Kind == on || (on == "aws" && StackPlace.IsOnAws(target.Value))).ToList();
        if (wanted.Count == 0)
            return Refusal.BadInput($"--on {on}: the project has no such target; it has {string.Join(", ", located.Project.Targets.Keys)}");
        var (found, faults) = (new List<ResolvedTarget>(), new List<ControlFault>());
        foreach (var (name, _) in wanted)
        {
            // A target that can't be used, for example because its stack is gone, must not keep the others from being searched.
            if ((await services.Targets.PlanNewAsync(located, name, cancellationToken)).Succeeded(out var planned, out var unusable))
                found.Add(new ResolvedTarget($"{planned.Spec.Kind} {planned.Spec.Place}", planned.Target, planned.Store));
            else faults.Add(new ControlFault(ControlFaultKind.Target, name, $"target {name}: {unusable.Message}"));
        }

        return new NamedTargets(found, PlacesOf(wanted.Select(target => target.Value), faults), faults);
    }

    // What outlives a target's stack is found by tag in each region that the targets name.
    private Dictionary<string, IFindsLeftovers> PlacesOf(IEnumerable<TargetSettings> targets, List<ControlFault> faults)
    {
        var stacks = targets.Where(StackPlace.IsOnAws)
            .Select(target => (target.Text("region"), target.Text("stack") ?? AwsStack.DefaultName));
        return RegionLeftovers.Open(stacks, new AwsOptions(), services.Time, Fail)
            .ToDictionary<RegionLeftovers, string, IFindsLeftovers>(place => $"aws {place.Region}", place => place);

        void Fail(string? region, AwsException e) =>
            faults.Add(new ControlFault(ControlFaultKind.Target, $"aws {region}", e.Message));
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
    private string? AgentVersion(CancellationToken cancellationToken) =>
        services.Bundle.Version(cancellationToken).Match<string?>(version => version, _ => null);

    /// <summary>What `--on` names.</summary>
    /// <param name="Targets">The targets that can be used.</param>
    /// <param name="Places">The regions of targets in Amazon's cloud.</param>
    /// <param name="Faults">Which targets can't be used, and why.</param>
    private sealed record NamedTargets(
        IReadOnlyList<ResolvedTarget> Targets, IReadOnlyDictionary<string, IFindsLeftovers> Places, IReadOnlyList<ControlFault> Faults);
}
