using System.CommandLine;
using Tenfold.App;
using Tenfold.App.Fitting;
using Tenfold.Cli.Output;
using Tenfold.Core.Results;
using Tenfold.Numerics.Statistics;

namespace Tenfold.Cli.Commands;

/// <summary><c>tenfold compare</c>: is the difference real?</summary>
internal static class CompareCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create()
    {
        var ids = CommandOptions.Ids("groups", "The baseline's group, then one or more to compare with it", new ArgumentArity(2, 100));
        var alpha = new Option<double>("--alpha") { Description = "How often a difference may be claimed where there is none.", DefaultValueFactory = _ => 0.05 };
        var metric = new Option<string?>("--metric") { Description = "The metric: accuracy:maximize, loss:minimize. Default: the baseline's." };
        var json = CommandOptions.Json();
        alpha.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and < 0.5)) result.AddError("--alpha wants a number between 0 and 0.5, such as 0.05");
        });
        return new Command("compare", "Say whether groups differ from a baseline by more than luck.".WithExample("tenfold compare BASELINE CANDIDATE", "tenfold compare BASELINE CANDIDATE1 CANDIDATE2 --alpha 0.01")) { ids, alpha, metric, json }
            .Does(async (parsed, services, cancellationToken) =>
            {
                Terminal.WarnOutdated(await services.ReconcileAsync(cancellationToken));
                var groups = await LoadAsync(services, parsed.GetValue(ids)!, cancellationToken);
                if (!MetricChoice.TryChoose([.. groups.Select(group => group.Group)], parsed.GetValue(metric), out var chosen, out var refusal))
                    throw refusal.ToException();
                if (chosen is null)
                    throw new CommandException(ExitCodes.BadInput, $"{groups[0].Group.Id} names no metric to decide by; give one: --metric accuracy:maximize");
                var comparison = GroupComparison.Of(groups, chosen, new ComparisonOptions { Alpha = parsed.GetValue(alpha) });
                if (parsed.GetValue(json)) Json.Write(ComparisonText.ToView(comparison), ViewJson.Default.CompareView);
                else ComparisonText.Write(Console.Out, comparison);
                return comparison.Comparisons.Any(c => c.Method is null) ? ExitCodes.RunFailed : ExitCodes.Success;
            });
    }

    /// <summary>The groups that are meant, each once, with their runs.</summary>
    public static async Task<IReadOnlyList<GroupRuns>> LoadAsync(Services services, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var groups = new List<GroupRuns>();
        foreach (var id in ids)
        {
            var group = await services.Ids.GroupAsync(id, cancellationToken).OrFailAsync();
            if (groups.Any(other => other.Group.Id == group.Id)) throw new CommandException(ExitCodes.BadInput, $"{group.Id} is named twice; a group is not compared with itself");
            groups.Add(new GroupRuns(group, await services.Ledger.RunsOfAsync(group.Id, cancellationToken)));
        }

        return groups;
    }
}
