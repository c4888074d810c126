using System.CommandLine;
using Tenfold.Cli.Output;
using Tenfold.Cli.Reports;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;

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
                foreach (var other in await ElsewhereAsync(place, asked, cancellationToken)) Terminal.Say($"asked, and carried out elsewhere: {other}");
                if (parsed.GetValue(json)) Json.Write(new ChangedView(asked), ViewJson.Default.ChangedView);
                else Terminal.Say(asked.Count == 0 ? "no run to cancel: they have all ended" : $"cancelling {Numbers.Count(asked.Count, "run")}: {string.Join(' ', asked.Take(8))}{(asked.Count > 8 ? " …" : "")}");
                return ExitCodes.Success;
            });
    }

    // Not of what can't be reached just now: the round has said that.
    private static async Task<IReadOnlyList<string>> ElsewhereAsync(Workplace place, IEnumerable<string> runs, CancellationToken cancellationToken)
    {
        var others = new List<string>();
        foreach (var group in runs.Select(RunNames.GroupOf).Distinct())
        {
            try
            {
                if (await place.Places.ElsewhereAsync((await place.Ledger.GroupAsync(group, cancellationToken))!, cancellationToken) is { } other) others.Add(other);
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                // It is asked for again with the next look.
            }
        }

        return [.. others.Distinct()];
    }
}
