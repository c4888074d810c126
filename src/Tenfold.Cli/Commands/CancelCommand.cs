using System.CommandLine;
using Tenfold.App;
using Tenfold.Cli.Output;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Studies;
using Tenfold.Core.Targets;
using Tenfold.Reports.Text;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold cancel</c>: ends runs, by the worker contract.</summary>
internal static class CancelCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("ids", "Studies, groups or runs", ArgumentArity.OneOrMore);
        var json = CommandOptions.Json();
        return new Command("cancel", "End runs: SIGTERM, 30 s to save, SIGKILL. What waits never starts, and a study asks for no more.".WithExample("tenfold cancel k7m2xqab", "tenfold cancel k7m2xqab-3 k7m2xqab-4")) { ids, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                await services.Controller.ReconcileAsync(cancellationToken);
                var asked = new List<string>();
                var runs = new List<string>();
                foreach (var id in parsed.GetValue(ids)!)
                {
                    var found = await services.Ids.AnyAsync(id, cancellationToken).OrFailAsync();
                    if (await services.Studies.StudyAsync(found, cancellationToken) is { } study)
                    {
                        asked.AddRange(await services.CancelStudyAsync(found, cancellationToken));
                        Terminal.Say(study.State is StudyState.Running or StudyState.Confirming ? $"{found} asks for no more trials" : $"{found} had come to its end: {study.State.ToString().ToLowerInvariant()}");
                    }
                    else runs.AddRange((await services.Ids.RunsOfAsync(found, cancellationToken)).Select(run => run.Id));
                }

                asked.AddRange(await services.Ledger.RequestCancelAsync([.. runs.Distinct()], services.Time.GetUtcNow(), null, cancellationToken));
                // Two rounds: the first asks the target, the second sees what never started already gone.
                await services.Controller.ReconcileAsync(cancellationToken);
                foreach (var fault in (await services.Controller.ReconcileAsync(cancellationToken)).Faults) Terminal.Say($"asked, and not carried out yet: {fault}");
                foreach (var other in await ElsewhereAsync(services, asked, cancellationToken)) Terminal.Say($"asked, and carried out elsewhere: {other}");
                if (parsed.GetValue(json)) Json.Write(new ChangedView(asked), ViewJson.Default.ChangedView);
                else Terminal.Say(asked.Count == 0 ? "no run to cancel: they have all ended" : $"cancelling {Numbers.Count(asked.Count, "run")}: {string.Join(' ', asked.Take(8))}{(asked.Count > 8 ? " …" : "")}");
                return ExitCodes.Success;
            });
    }

    // Not of what can't be reached just now: the round has said that.
    private static async Task<IReadOnlyList<string>> ElsewhereAsync(Services services, IEnumerable<string> runs, CancellationToken cancellationToken)
    {
        var others = new List<string>();
        foreach (var group in runs.Select(RunNames.GroupOf).Distinct())
        {
            try
            {
                if (await services.Targets.OtherControllerAsync((await services.Ledger.GroupAsync(group, cancellationToken))!, cancellationToken) is { } other) others.Add(other);
            }
            catch (Exception e) when (e is TargetException or StoreException)
            {
                // It is asked for again with the next look.
            }
        }

        return [.. others.Distinct()];
    }
}
