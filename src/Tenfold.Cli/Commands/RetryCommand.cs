using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Fitting;
using Tenfold.Cli.Following;
using Tenfold.Cli.Output;
using Tenfold.Core.Runs;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold retry</c>: another attempt for runs that failed or were cancelled.</summary>
internal static class RetryCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("ids", "Groups or runs", ArgumentArity.OneOrMore);
        var detach = new Option<bool>("--detach", "-d") { Description = "Return once the attempts are handed over." };
        var json = CommandOptions.Json();
        return new Command("retry", "Try failed or cancelled runs again: same seed, from their checkpoint.".WithExample("tenfold retry k7m2xqab-3", "tenfold retry k7m2xqab")) { ids, detach, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                await services.Controller.ReconcileAsync(cancellationToken);
                var retried = new List<string>();
                foreach (var id in parsed.GetValue(ids)!)
                    foreach (var run in await services.Ids.RunsOfAsync(await services.Ids.GroupOrRunAsync(id, cancellationToken).OrFailAsync(), cancellationToken))
                        if (await services.Ledger.RequestRetryAsync(run.Id, services.Time.GetUtcNow(), cancellationToken)) retried.Add(run.Id);
                if (retried.Count == 0) throw new CommandException(ExitCodes.BadInput, "nothing to retry: no such run has failed or was cancelled; `tenfold fit --like ID` does a good one again");
                Terminal.Say($"retrying {Numbers.Count(retried.Count, "run")}: {string.Join(' ', retried.Take(8))}{(retried.Count > 8 ? " …" : "")}");
                var groups = retried.Select(RunNames.GroupOf).Distinct().ToList();
                var exitCode = ExitCodes.Success;
                foreach (var group in groups)
                {
                    var record = (await services.Ledger.GroupAsync(group, cancellationToken))!;
                    var other = await services.Targets.WhyNotHereAsync(record, cancellationToken);
                    if (other is not null) Terminal.Say($"recorded, and not handed over from here: {other}");
                    if (parsed.GetValue(detach))
                    {
                        if (other is null && await services.HandOverAsync(group, cancellationToken) is { } waits) Terminal.Say($"recorded, and not handed over yet: {waits}");
                    }
                    else if (!await new Follower(services).FollowAsync(new FollowedGroup(services, record), cancellationToken)) return ExitCodes.Interrupted;
                    var code = await GroupResult.PrintAsync(services, record, parsed.GetValue(json) && groups.Count == 1, judge: !parsed.GetValue(detach), cancellationToken);
                    exitCode = Math.Max(exitCode, code);
                }

                return exitCode;
            });
    }
}
