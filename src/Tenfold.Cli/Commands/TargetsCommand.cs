using System.CommandLine;
using Tenfold.Cli.Fitting;
using Tenfold.Cli.Output;
using Tenfold.Core.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold targets</c>: where runs can execute.</summary>
internal static class TargetsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = Shared.Json();
        return new Command("targets", "List where runs can execute, and what each can do.".WithExample("tenfold targets")) { json }
            .Does((parsed, place, _) =>
            {
                var can = place.Local.Capabilities;
                var state = place.Queue.HasAgent() ? $"{place.Queue.Running().Count} running, {place.Queue.Waiting().Count} waiting" : "idle";
                var views = new List<TargetView> { new("local", can.Kind, state, can.Cores, can.LiveLogs, can.Stop, can.Resume, can.Gpus, "this machine") };
                if (ProjectFinder.Find(".") is { } file)
                {
                    var project = ProjectFinder.Open(Path.GetDirectoryName(file)!).Match(located => located.Project, faults => throw FitPlanner.Faulty(faults));
                    foreach (var (name, settings) in project.Targets.Where(target => target.Key != "local"))
                    {
                        var kind = settings.Kind.ToString().ToLowerInvariant();
                        views.Add(settings.Kind == TargetKind.Local
                            ? views[0] with { Name = name }
                            : new TargetView(name, kind, "not available yet", null, false, false, false, false, $"targets of the kind {kind} are not available yet"));
                    }
                }

                if (parsed.GetValue(json)) Json.Write(views, ViewJson.Default.IReadOnlyListTargetView);
                else
                {
                    var table = new TextTable("TARGET", "KIND", "STATE", "CORES>", "LOGS", "STOP", "RESUME", "GPUS");
                    foreach (var view in views)
                        table.Add(view.Name, view.Kind, view.State, view.Cores?.ToString(), Mark(view.LiveLogs), Mark(view.Stop), Mark(view.Resume), Mark(view.Gpus));
                    table.Write(Console.Out, Terminal.Width);
                }

                return Task.FromResult(ExitCodes.Success);
            });
    }

    private static string Mark(bool can) => can ? "yes" : "no";
}
