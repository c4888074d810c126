using System.CommandLine;
using Tenfold.App.Cleaning;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Core.Garbage;
using Tenfold.Projects;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold gc</c>: lists what was left behind, and removes it.</summary>
internal static class GcCommand
{
    private const string Description =
        "List what was left behind: jobs that the ledger does not know, checkpoints that no run will resume from, and files that " +
        "nothing refers to. Logs, metrics, models and results of recorded runs are never removed.";

    private const string KeepDescription =
        "How long to keep checkpoints of failed and cancelled runs, earlier versions of the agent, files that no ledger knows, and " +
        "unused environments and copies on this machine: 12h, 7d. Default: 7d, and 14d for the environments and copies.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var apply = new Option<bool>("--apply") { Description = "Stop and remove what is listed. Without this option nothing is changed." };
        var keep = new Option<string?>("--keep") { Description = KeepDescription };
        var on = new Option<string?>("--on")
        {
            Description = "Also search this target of the project, or every one of a kind (ec2), or all in Amazon's cloud (aws), even if "
                + "no recorded run used it.",
        };
        var json = CommandOptions.Json();
        var description = Description.WithExample(
            "tenfold gc", "tenfold gc --apply", "tenfold gc --keep 30d --apply", "tenfold gc --on aws");
        return new Command("gc", description) { apply, keep, on, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var isApplied = parsed.GetValue(apply);
            Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
            var scan = await new GarbageCollector(services)
                .FindAsync(ToRetention(parsed.GetValue(keep)), parsed.GetValue(on), cancellationToken).OrFailAsync();
            foreach (var fault in scan.Faults.Select(fault => fault.Detail).Distinct()) Terminal.Say($"warning: not searched: {fault}");
            var views = new List<GarbageView>();
            foreach (var item in scan.Items)
            {
                var fault = isApplied ? await GarbageScan.RemoveAsync(item, cancellationToken) : null;
                views.Add(GarbageView.Of(item, isApplied && fault is null, fault));
            }

            if (parsed.GetValue(json)) Json.Write(views, ViewJson.Default.IReadOnlyListGarbageView);
            else Write(views, isApplied, isComplete: scan.Faults.Count == 0);
            return scan.Faults.Count > 0 || views.Exists(view => view.Fault is not null) ? ExitCodes.RunFailed : ExitCodes.Success;
        });
    }

    private static Retention ToRetention(string? keep)
    {
        if (keep is null) return new Retention();
        var kept = Durations.Read(keep, out var fault) ?? throw new CommandException(ExitCodes.BadInput, $"--keep {fault}");
        return new Retention { Checkpoints = kept, Unknown = kept, Caches = kept, Environments = kept };
    }

    private static void Write(List<GarbageView> views, bool isApplied, bool isComplete)
    {
        if (views.Count == 0)
        {
            Terminal.Say(isComplete ? "nothing was left behind" : "nothing was found in the places that could be searched");
            return;
        }

        var table = new TextTable("KIND", "WHERE", "NAME", "SIZE>", "WHY");
        foreach (var view in views)
        {
            var why = view.Fault is null ? view.Why : $"not removed: {view.Fault}";
            table.Add(view.Kind, view.Where, view.Name, view.SizeBytes is { } size ? Numbers.Size(size) : null, why);
        }

        table.Write(Console.Out, Terminal.Width);
        var freed = Numbers.Size(views.Where(view => view.Fault is null).Sum(view => view.SizeBytes ?? 0));
        var orphans = views.Count(view => view is { Kind: "orphan", Fault: null });
        var count = Numbers.Count(orphans, "orphan");
        Terminal.Say(isApplied
            ? $"removed {freed}{(orphans > 0 ? $", asked {count} to stop" : "")}"
            : $"{freed} can be removed{(orphans > 0 ? $", and {count} can be stopped" : "")}: tenfold gc --apply");
    }
}
