using System.CommandLine;
using Tenfold.App.Cancelling;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold adopt</c>: makes runs that another home recorded this home's own.</summary>
internal static class AdoptCommand
{
    private const string Description =
        "Control runs that another home recorded: commands here then start, stop and retry them. Nothing else starts such runs.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("ids", "Studies, groups or runs", ArgumentArity.OneOrMore);
        var json = CommandOptions.Json();
        var command = new Command("adopt", Description.WithExample("tenfold show k7m2xqab", "tenfold adopt k7m2xqab")) { ids, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var result = await new RunAdopter(services).AdoptAsync(parsed.GetValue(ids)!, cancellationToken).OrFailAsync();
            foreach (var work in result.Groups) Terminal.Say(AdoptedWork.Describe(work));
            foreach (var study in result.Studies) Terminal.Say($"adopted study {study}; continue it with: tenfold sweep --resume {study}");
            if (result.Runs.Count > 0) Terminal.Say($"adopted {Numbers.Count(result.Runs.Count, "run")}: {HumanText.Ids(result.Runs)}");
            else if (result.Studies.Count == 0) Terminal.Say("nothing to adopt: these runs have ended, or are this home's own already");
            Terminal.WarnOutdated(result.Faults);
            if (parsed.GetValue(json)) Json.Write(new ChangedView(result.Runs), ViewJson.Default.ChangedView);
            return ExitCodes.Success;
        });
    }
}
