using System.CommandLine;
using Tenfold.App.Targets;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Queueing;
using Tenfold.Projects;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold targets</c>: where runs can execute.</summary>
internal static class TargetsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var json = CommandOptions.Json();
        var description = "List where runs can execute, and what each target can do.".WithExample("tenfold targets");
        return new Command("targets", description) { json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var targets = await new TargetLister(services).ListAsync(".", cancellationToken).OrFailAsync();
            return Write([.. targets.Select(TargetView.Of)], parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) =>
        {
            // Without a project there is no commit that names targets, and the server lists its own machine.
            var targets = ProjectFinder.Find(".") is null
                ? await server.GetAsync("targets", ViewJson.Default.IReadOnlyListTargetView, cancellationToken)
                : await server.PostAsync(
                    "targets", await RemoteCommit.FindAsync(folder: null, target: null, RunPriority.Normal, cancellationToken),
                    ViewJson.Default.IReadOnlyListTargetView, cancellationToken);
            return Write(targets, parsed.GetValue(json));
        });
    }

    private static int Write(IReadOnlyList<TargetView> targets, bool isJson)
    {
        if (isJson)
        {
            Json.Write(targets, ViewJson.Default.IReadOnlyListTargetView);
            return ExitCodes.Success;
        }

        var table = new TextTable("TARGET", "KIND", "STATE", "CORES>", "LOGS", "STOP", "RESUME", "GPUS");
        foreach (var target in targets)
        {
            table.Add(
                target.Name, target.Kind, target.State, target.Cores?.ToString(), YesNo(target.LiveLogs), YesNo(target.Stop),
                YesNo(target.Resume), YesNo(target.Gpus));
        }

        table.Write(Console.Out, Terminal.Width);
        foreach (var target in targets.Where(target => !target.Usable)) Terminal.Say($"{target.Name}: {target.Note}");
        return ExitCodes.Success;
    }

    private static string YesNo(bool can) => can ? "yes" : "no";
}
