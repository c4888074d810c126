using System.CommandLine;
using Tenfold.Cli.Output;
using Tenfold.Cli.Reports;
using Tenfold.Core.Runs;
using Tenfold.Core.Studies;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold cancel</c>: ends runs, by the worker contract.</summary>
internal static class CancelCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = Shared.Ids("ids", "Studies, groups or runs", ArgumentArity.OneOrMore);
        var json = Shared.Json();
        return new Command("cancel", "End runs: SIGTERM, 30 s to save, SIGKILL. What waits never starts, and a study asks for no more.".WithExample("tenfold cancel k7m2xqab", "tenfold cancel k7m2xqab-3 k7m2xqab-4")) { ids, json }
            .Does(async (parsed, place, cancellationToken) =>
            {
                await place.Controller.RoundAsync(cancellationToken);
                var asked = new List<string>();
                var runs = new List<string>();
                foreach (var id in parsed.GetValue(ids)!)
                {
                    var found = await place.Ids.AnyAsync(id, cancellationToken);
                    if (await place.Studies.StudyAsync(found, cancellationToken) is { } study)
                    {
                        asked.AddRange(await place.CancelStudyAsync(found, cancellationToken));
                        Terminal.Say(study.State is StudyState.Running or StudyState.Confirming ? $"{found} asks for no more trials" : $"{found} had come to its end: {study.State.ToString().ToLowerInvariant()}");
                    }
                    else runs.AddRange((await place.Ids.RunsAsync(found, cancellationToken)).Select(run => run.Id));
                }

                asked.AddRange(await place.Ledger.AskCancelAsync([.. runs.Distinct()], place.Time.GetUtcNow(), null, cancellationToken));
                // Two rounds: the first asks the target, the second sees what never started already gone.
                await place.Controller.RoundAsync(cancellationToken);
                foreach (var fault in (await place.Controller.RoundAsync(cancellationToken)).Faults) Terminal.Say($"asked, and not carried out yet: {fault}");
                foreach (var group in asked.Select(RunNames.GroupOf).Distinct())
                    if (await place.Places.OtherAsync((await place.Ledger.GroupAsync(group, cancellationToken))!, cancellationToken) is { } other) Terminal.Say($"asked, and carried out elsewhere: {other}");
                if (parsed.GetValue(json)) Json.Write(new ChangedView(asked), ViewJson.Default.ChangedView);
                else Terminal.Say(asked.Count == 0 ? "no run to cancel: they have all ended" : $"cancelling {Numbers.Count(asked.Count, "run")}: {string.Join(' ', asked.Take(8))}{(asked.Count > 8 ? " …" : "")}");
                return ExitCodes.Success;
            });
    }
}
