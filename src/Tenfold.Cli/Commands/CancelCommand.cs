using System.CommandLine;
using Tenfold.App.Cancelling;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold cancel</c>: cancels runs, groups and studies.</summary>
internal static class CancelCommand
{
    private const string Description =
        "Cancel runs: SIGTERM, 30 s to save their work, then SIGKILL. Waiting runs never start, and a study asks for no more trials.";

    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("ids", "Studies, groups or runs", ArgumentArity.OneOrMore);
        var json = CommandOptions.Json();
        var command = new Command(
            "cancel", Description.WithExample("tenfold cancel k7m2xqab", "tenfold cancel k7m2xqab-3 k7m2xqab-4")) { ids, json };
        return command.WithAction(async (parsed, services, cancellationToken) =>
        {
            var result = await new RunCanceller(services).CancelAsync(parsed.GetValue(ids)!, cancellationToken).OrFailAsync();
            foreach (var note in ChangeView.Of(result).Notes) Terminal.Say(note);
            if (parsed.GetValue(json)) Json.Write(new ChangedView(result.Runs), ViewJson.Default.ChangedView);
            else if (result.Runs.Count == 0) Terminal.Say("nothing to cancel: all of these runs have ended");
            else Terminal.Say($"cancelling {Numbers.Count(result.Runs.Count, "run")}: {HumanText.Ids(result.Runs)}");
            return ExitCodes.Success;
        });
    }
}
