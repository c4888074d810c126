using System.CommandLine;
using Tenfold.App.Cancelling;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
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
            return Write(ChangeView.Of(result), parsed.GetValue(json));
        }, async (parsed, server, cancellationToken) => Write(
            await server.PostAsync(
                "cancel", RemoteIds.Body(parsed.GetValue(ids)!), ViewJson.Default.ChangeView, cancellationToken), parsed.GetValue(json)));
    }

    private static int Write(ChangeView changed, bool json)
    {
        foreach (var note in changed.Notes) Terminal.Say(note);
        if (json) Json.Write(new ChangedView(changed.Runs), ViewJson.Default.ChangedView);
        else if (changed.Runs.Count == 0) Terminal.Say("nothing to cancel: all of these runs have ended");
        else Terminal.Say($"cancelling {Numbers.Count(changed.Runs.Count, "run")}: {HumanText.Ids(changed.Runs)}");
        return ExitCodes.Success;
    }
}
