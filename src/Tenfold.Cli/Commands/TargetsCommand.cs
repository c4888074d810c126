using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Cli.Output;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold targets</c>: where runs can execute.</summary>
internal static class TargetsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        return new Command("targets", "List where runs can execute, and what each can do.".WithExample("tenfold targets")) { json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                var located = ProjectFinder.Find(".") is { } file
                    ? services.Projects.Open(Path.GetDirectoryName(file)!).Match(project => project, faults => throw new CommandException(ExitCodes.BadInput, string.Join("\n  ", faults)))
                    : null;
                // All at once: one that does not answer takes its time.
                var views = await Task.WhenAll((located?.Project.Targets.Keys ?? []).Prepend("local").Distinct().Select(name => ViewAsync(services, located, name, cancellationToken)));
                if (parsed.GetValue(json)) Json.Write(views, ViewJson.Default.IReadOnlyListTargetView);
                else
                {
                    var table = new TextTable("TARGET", "KIND", "STATE", "CORES>", "LOGS", "STOP", "RESUME", "GPUS");
                    foreach (var view in views)
                        table.Add(view.Name, view.Kind, view.State, view.Cores?.ToString(), Mark(view.LiveLogs), Mark(view.Stop), Mark(view.Resume), Mark(view.Gpus));
                    table.Write(Console.Out, Terminal.Width);
                    foreach (var view in views.Where(view => view.State == "not reached")) Terminal.Say($"{view.Name}: {view.Note}");
                }

                return ExitCodes.Success;
            });
    }

    private static async Task<TargetView> ViewAsync(Services services, LocatedProject? located, string name, CancellationToken cancellationToken)
    {
        try
        {
            if (!(await services.Targets.PlanAsync(located, name, cancellationToken)).Succeeded(out var planned, out var refusal)) return Failed("not available yet", refusal.Message);
            var can = planned.Target.Capabilities;
            var state = !planned.IsHere ? "reached" : services.Queue.HasAgent() ? $"{services.Queue.Running().Count} running, {services.Queue.Waiting().Count} waiting" : "idle";
            return new TargetView(name, can.Kind, state, can.Cores, can.ReportsLive, can.CanStop, can.CanResume, can.HasGpus, planned.IsHere ? "this machine" : planned.Spec.Place);
        }
        catch (Exception e) when (e is TargetException or StoreException)
        {
            return Failed("not reached", e.Message);
        }

        TargetView Failed(string state, string why) =>
            new(name, located!.Project.Targets[name].Kind, state, null, false, false, false, false, why);
    }

    private static string Mark(bool can) => can ? "yes" : "no";
}
