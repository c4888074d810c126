using System.CommandLine;
using Tenfold.App.Targets;
using Tenfold.App.Views;
using Tenfold.Cli.Output;

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
            if (parsed.GetValue(json)) Json.Write([.. targets.Select(TargetView.Of)], ViewJson.Default.IReadOnlyListTargetView);
            else Write(targets);
            return ExitCodes.Success;
        });
    }

    private static void Write(IReadOnlyList<TargetListing> targets)
    {
        var table = new TextTable("TARGET", "KIND", "STATE", "CORES>", "LOGS", "STOP", "RESUME", "GPUS");
        foreach (var target in targets)
        {
            var can = target.Capabilities;
            table.Add(
                target.Name, target.Kind, target.State.ToString(), can?.Cores?.ToString(), YesNo(can?.ReportsLive), YesNo(can?.CanStop),
                YesNo(can?.CanResume), YesNo(can?.HasGpus));
        }

        table.Write(Console.Out, Terminal.Width);
        foreach (var target in targets.Where(target => target.Capabilities is null))
            Terminal.Say($"{target.Name}: {target.Note}");
    }

    private static string YesNo(bool? can) => can == true ? "yes" : "no";
}
