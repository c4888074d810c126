using System.CommandLine;
using Tenfold.Agent;
using Tenfold.Agent.Preparation;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Attempts;
using Tenfold.Core.Garbage;
using Tenfold.Core.Targets;
using Tenfold.Projects;
using Tenfold.Reports.Text;
using Tenfold.Sql;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold gc</c>: what was left behind, and its removal.</summary>
internal static class GcCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var apply = new Option<bool>("--apply") { Description = "Stop and remove what is listed. Without it, nothing is touched." };
        var keep = new Option<string?>("--keep") { Description = "How long checkpoints of failed and cancelled runs, agents of earlier versions, and files that no ledger knows, are kept: 12h, 7d. Default: 7d; of environments and copies on this machine, 14d after their last use." };
        var json = CommandOptions.Json();
        return new Command(
            "gc", ("List what was left behind: what runs on a target and isn't wanted by the ledger; checkpoints that no run goes on from; files that nothing refers to. " +
                "Logs, metrics, models and results of recorded runs always stay.").WithExample("tenfold gc", "tenfold gc --apply", "tenfold gc --keep 30d --apply"))
        {
            apply, keep, json,
        }.Does(async (parsed, services, cancellationToken) =>
        {
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var look = await FindAsync(services, ToRetention(parsed.GetValue(keep)), cancellationToken);
            foreach (var fault in look.Faults) Terminal.Say($"warning: not looked through: {fault}");
            var views = new List<GarbageView>();
            foreach (var item in look.Items)
            {
                var fault = parsed.GetValue(apply) ? await GarbageScan.RemoveAsync(item, cancellationToken) : null;
                views.Add(new GarbageView(item.Kind.ToString().ToLowerInvariant(), item.Where, item.Name, item.SizeBytes, item.Why, parsed.GetValue(apply) && fault is null, fault));
            }

            if (parsed.GetValue(json)) Json.Write(views, ViewJson.Default.IReadOnlyListGarbageView);
            else Write(views, parsed.GetValue(apply), isWhole: look.Faults.Count == 0);
            return look.Faults.Count > 0 || views.Exists(view => view.Fault is not null) ? ExitCodes.RunFailed : ExitCodes.Success;
        });
    }

    private static async Task<GarbageScan> FindAsync(Services services, Retention retention, CancellationToken cancellationToken)
    {
        // What that one did since is not known here: what it runs, and goes on from, would be taken for left behind.
        if (await new SqlLedger(services.Database).ImportedIntoAsync(cancellationToken) is { } other)
            throw new CommandException(ExitCodes.BadInput, $"{services.Database.Place} was imported into {other}, which looks after its runs and files since: run `tenfold gc` with TENFOLD_LEDGER naming that one");
        var id = await services.Ledger.IdAsync(cancellationToken);
        // The home's own ledger may be older than the marks by which a store tells who uses it.
        var isBesideAnother = services.Database.Place != services.LaptopLedger && File.Exists(services.LaptopLedger);
        var queued = services.Queue.Waiting().Concat(services.Queue.Running()).Select(WorkQueue.Read).OfType<Assignment>().Where(assignment => assignment.Ledger == id);
        var finder = new GarbageFinder(services.Garbage, services.Targets, services.Time)
        {
            SharedStores = isBesideAnother ? [services.Stores.Home.Url] : [],
            Agent = AgentOf(services, cancellationToken),
            AlwaysScanned = await services.Targets.HereAsync(queued.Select(assignment => assignment.Spec.Store), cancellationToken),
        };
        var look = await finder.FindAsync(
            id, [services.Stores.Home], Path.Combine(services.AgentHome, "checkpoints"), retention, cancellationToken);
        return look with { Items = [.. look.Items, .. Caches(services, retention)] };
    }

    // On machines of backends the agents clean up by themselves. Here a user may be about to go on without a network.
    private static IEnumerable<GarbageItem> Caches(Services services, Retention retention)
    {
        var since = services.Time.GetUtcNow() - retention.Caches;
        return new CacheCleaner(services.AgentHome, services.Time).UnusedSince(since).Select(path => new GarbageItem(
            GarbageKind.Cache, "this machine", path,
            new DirectoryInfo(path).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }).Sum(file => file.Length),
            $"no run has used it for {retention.Caches.TotalDays:0.##} days")
        {
            RemoveAsync = _ =>
            {
                CacheEntry.TryRemove(path, since);
                return Task.CompletedTask;
            },
        });
    }

    // A program that is no bundle (a developer's) can't tell which version of it is the one in use.
    private static string? AgentOf(Services services, CancellationToken cancellationToken)
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

    private static Retention ToRetention(string? keep)
    {
        if (keep is null) return new Retention();
        var kept = Durations.Read(keep, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--keep {fault}");
        return new Retention { Checkpoints = kept, Unknown = kept, Caches = kept };
    }

    private static void Write(List<GarbageView> views, bool applied, bool isWhole)
    {
        if (views.Count == 0)
        {
            Terminal.Say(isWhole ? "nothing was left behind" : "nothing was found in what could be looked through");
            return;
        }

        var table = new TextTable("KIND", "WHERE", "NAME", "SIZE>", "WHY");
        foreach (var view in views) table.Add(view.Kind, view.Where, view.Name, view.SizeBytes is { } size ? Numbers.Size(size) : null, view.Fault is null ? view.Why : $"not removed: {view.Fault}");
        table.Write(Console.Out, Terminal.Width);
        var freed = Numbers.Size(views.Where(view => view.Fault is null).Sum(view => view.SizeBytes ?? 0));
        var orphans = views.Count(view => view is { Kind: "orphan", Fault: null });
        Terminal.Say(applied
            ? $"removed {freed}{(orphans > 0 ? $", asked {Numbers.Count(orphans, "orphan")} to stop" : "")}"
            : $"{freed} could go{(orphans > 0 ? $", and {Numbers.Count(orphans, "orphan")} could be stopped" : "")}: tenfold gc --apply");
    }
}
