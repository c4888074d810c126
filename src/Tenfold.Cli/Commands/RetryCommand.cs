using System.CommandLine;
using Tenfold.App.Cancelling;
using Tenfold.App.Fitting;
using Tenfold.App.Views;
using Tenfold.Cli.Output;
using Tenfold.Cli.Remote;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold retry</c>: gives runs that failed or were cancelled another attempt.</summary>
internal static class RetryCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("ids", "Groups or runs", ArgumentArity.OneOrMore);
        var detach = new Option<bool>("--detach", "-d") { Description = "Return once the attempts are submitted." };
        var json = CommandOptions.Json();
        var description = "Retry failed or cancelled runs with the same seed, from their checkpoints.".WithExample(
            "tenfold retry k7m2xqab-3", "tenfold retry k7m2xqab");
        return new Command("retry", description) { ids, detach, json }.WithAction(async (parsed, services, cancellationToken) =>
        {
            var (isDetached, isJson) = (parsed.GetValue(detach), parsed.GetValue(json));
            var result = await new RunRetrier(services).RetryAsync(parsed.GetValue(ids)!, cancellationToken).OrFailAsync();
            Terminal.Say($"retrying {Numbers.Count(result.Runs.Count, "run")}: {HumanText.Ids(result.Runs)}");
            var exitCode = ExitCodes.Success;
            foreach (var note in result.Groups.Select(group => group.Note).OfType<string>().Distinct()) Terminal.Say($"note: {note}");
            foreach (var work in result.Groups.Select(group => group.Foreign).OfType<string>())
                Terminal.Say($"note: another home recorded these runs, or their record has changed since: {work}");
            foreach (var (group, whyNotHere) in result.Groups)
            {
                if (whyNotHere is not null) Terminal.Say($"recorded, but not submitted from here: {whyNotHere}");
                if (!isDetached && !await FitCommand.FollowAsync(services, group, cancellationToken)) return ExitCodes.Interrupted;
                if (isDetached && whyNotHere is null
                    && await new Submitter(services).SubmitAsync(group.Id, cancellationToken) is { } pending)
                    FitCommand.SayPending(pending);
                var printsJson = isJson && result.Groups.Count == 1;
                var code = await GroupResultText.PrintAsync(services, group, printsJson, judge: !isDetached, cancellationToken);
                exitCode = Math.Max(exitCode, code);
            }

            return exitCode;
        }, async (parsed, server, cancellationToken) =>
        {
            var (isDetached, isJson) = (parsed.GetValue(detach), parsed.GetValue(json));
            var changed = await server.PostAsync(
                "retry", RemoteIds.Body(parsed.GetValue(ids)!), ViewJson.Default.ChangeView, cancellationToken);
            Terminal.Say($"retrying {Numbers.Count(changed.Runs.Count, "run")}: {HumanText.Ids(changed.Runs)}");
            foreach (var note in changed.Notes) Terminal.Say(note);
            var (groups, exitCode) = (changed.Runs.Select(RunNames.GroupOf).Distinct().ToList(), ExitCodes.Success);
            foreach (var id in groups)
            {
                var group = await new RemoteGroup(server).GetAsync(id, cancellationToken);
                var printsJson = isJson && groups.Count == 1;
                if (isDetached)
                {
                    if (printsJson) Json.Write([group], ViewJson.Default.IReadOnlyListGroupResultView);
                    else ViewRecords.Print(() => GroupResultText.Print(ViewRecords.Of(group), json: false));
                    continue;
                }

                var code = await new RemoteGroup(server).FollowAsync(group, added: null, printsJson, cancellationToken);
                if (code == ExitCodes.Interrupted) return code;
                exitCode = Math.Max(exitCode, code);
            }

            return exitCode;
        });
    }
}
